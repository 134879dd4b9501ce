"""The flows: one file for each thing a citizen can do with us."""

from dialog.flow import Flow
from dialog.flows import consult, greet, own_data, progress, rate, report, supplement, urge, urgent, withdraw

FLOWS: tuple[Flow, ...] = (
    greet.FLOW,
    consult.FLOW,
    report.FLOW,
    progress.FLOW,
    urge.FLOW,
    supplement.FLOW,
    withdraw.FLOW,
    rate.FLOW,
    urgent.FLOW,
    own_data.FLOW,
)
