"""The flows: one file for each thing a citizen can do with us."""

from dialog.flow import Flow
from dialog.flows import (
    consult,
    drafts,
    family,
    greet,
    linking,
    objection,
    own_data,
    progress,
    rate,
    report,
    rerate,
    supplement,
    urge,
    urgent,
    withdraw,
)

FLOWS: tuple[Flow, ...] = (
    greet.FLOW,
    consult.FLOW,
    report.FLOW,
    drafts.FLOW,
    progress.FLOW,
    urge.FLOW,
    supplement.FLOW,
    withdraw.FLOW,
    objection.FLOW,
    rate.FLOW,
    rerate.FLOW,
    family.FLOW,
    urgent.FLOW,
    own_data.FLOW,
    linking.FLOW,
)
