"""The forms of what is asked and decided (退单, 延期, 挂账, 会商, 督办 …), for the desk's list of orders."""

from __future__ import annotations

from bot.web.desk.forms import ACTING, BELOW, HELPERS, SUPERVISIONS, UNITS, Blank, Form, note
from bot.words import desk as w
from bot.words import supervision as supervision_words
from tickets.command import Command as C
from tickets.state import Role as R

_WHY = Blank("note", "理由", lines=2)
_CITIZEN_READS = "市民会看到这段话"
_SECOND = "须由申请人以外的两人先后签署。"
_RULES = {f"R{n}": f"R{n}" for n in range(1, 10)}
_GRADES = {level: supervision_words.LEVELS[level] for level in ("L3", "L4", "L5")}
_GROUNDS = {ground.value: supervision_words.GROUNDS[ground] for ground in supervision_words.BY_HAND}
_WHICH = Blank("number", "督办编号", SUPERVISIONS)

PETITIONS: tuple[Form, ...] = (
    Form(
        C.REFUSE,
        R.AGENT,
        (Blank("scope_rule", "不予受理条款"), Blank("text", "理由和反映渠道", lines=3)),
        hint=_CITIZEN_READS,
        weight="grave",
    ),
    Form(C.APPROVE_REFUSAL, R.REVIEWER, also=R.OFFICE_LEADER, weight="grave"),
    Form(C.REJECT_REFUSAL, R.REVIEWER, (note(),), also=R.OFFICE_LEADER),
    Form(
        C.TO_CONSULTATION,
        R.DISPATCHER,
        (
            Blank("reason", "原因", w.CONSULTED_FOR),
            Blank("candidates", "可能的承办单位（可多选）", UNITS, several=True),
        ),
    ),
    Form(
        C.DECIDE_LEAD,
        R.PANELIST,
        (
            Blank("lead", "裁定的承办单位", UNITS),
            Blank("co", "协办单位（可多选，可不选）", UNITS, required=False, several=True),
            Blank("minutes", "会商纪要", lines=3),
            Blank("members", "参会的其他评审员（可不填，以顿号分开）", required=False, several=True),
        ),
        hint="裁定即强制派单，并自动提请写入派单目录，由未参会的人审核。",
        also=R.OFFICE_LEADER,
        weight="main",
    ),
    Form(C.ESCALATE, R.DISPATCHER, also=R.OFFICE_LEADER),
    Form(
        C.REQUEST_RETURN,
        R.UNIT,
        (
            Blank("reason", "原因", w.RETURNS),
            Blank("clause", "职责依据"),
            Blank("suggested", "建议承办单位", UNITS),
            note(),
        ),
        hint="只能申请一次，须写明职责依据；驳回后不能再退。",
    ),
    Form(C.APPROVE_RETURN, R.DISPATCHER, (note(),), also=R.OFFICE_LEADER),
    Form(C.REJECT_RETURN, R.DISPATCHER, (_WHY,), also=R.OFFICE_LEADER, hint="驳回后该单位不能再退单。"),
    Form(
        C.DISPUTE,
        R.UNIT,
        (
            Blank("signer", "签发的主要负责人"),
            _WHY,
            Blank("candidates", "认为应当承办的单位（可多选，可不选）", UNITS, required=False, several=True),
        ),
        hint="异议期间先行办理。",
    ),
    Form(
        C.ADD_CO,
        R.DISPATCHER,
        (Blank("co", "协办单位（可多选）", UNITS, several=True), note("给协办单位的话（可不填）")),
    ),
    Form(C.REQUEST_CO, R.UNIT, (Blank("unit", "协办单位", UNITS), Blank("reason", "原因"))),
    Form(C.SUB_DISPATCH, R.UNIT, (Blank("unit", "下级单位", BELOW), note("给下级单位的话（可不填）"))),
    Form(C.CO_SIGN, R.UNIT, (Blank(ACTING, "签收单位", HELPERS),)),
    Form(C.CO_SUBMIT, R.UNIT, (Blank(ACTING, "提交单位", HELPERS), Blank("report", "协办结果", lines=3))),
    Form(C.APPROVE_CO, R.DISPATCHER, also=R.OFFICE_LEADER),
    Form(C.REJECT_CO, R.DISPATCHER, (note(),), also=R.OFFICE_LEADER),
    Form(
        C.REQUEST_EXTENSION,
        R.UNIT,
        (
            Blank("workdays", "延长的工作日数", example="1"),
            Blank("text", "原因", lines=2),
            Blank("citizen_informed", "已告知市民", w.CONFIRMED),
        ),
        hint="批准后市民会看到原因。",
    ),
    Form(C.APPROVE_EXTENSION, R.DISPATCHER, also=R.OFFICE_LEADER),
    Form(C.REJECT_EXTENSION, R.DISPATCHER, (note(),), also=R.OFFICE_LEADER),
    Form(
        C.REQUEST_SUSPEND,
        R.UNIT,
        (
            Blank("reason", "客观原因"),
            Blank("measures", "已采取的措施", lines=2),
            Blank("text", "工作计划", lines=2),
            Blank("until", "计划完成日期（例如 2027-06-30）", example="2999-12-31"),
        ),
        hint="批准后市民会看到工作计划。",
        also=R.REVIEWER,
    ),
    Form(C.APPROVE_SUSPEND, R.OFFICE_LEADER),
    Form(C.REJECT_SUSPEND, R.OFFICE_LEADER, (note(),)),
    Form(C.PROGRESS, R.UNIT, (Blank("text", "进展", lines=3),), hint=_CITIZEN_READS, weight="main"),
    Form(C.RESUME, R.UNIT, also=R.SUPERVISOR),
    Form(
        C.CLAIM_UNREASONABLE,
        R.UNIT,
        (Blank("evidence", "证据", lines=2), Blank("public_reply", "给市民的说明", lines=3)),
        hint=_SECOND,
        weight="grave",
        also=R.REVIEWER,
    ),
    Form(C.APPROVE_UNREASONABLE, R.REVIEWER, also=R.OFFICE_LEADER, weight="grave"),
    Form(C.REJECT_UNREASONABLE, R.REVIEWER, (note(),), also=R.OFFICE_LEADER),
    Form(C.NO_REACH, R.CALLBACK_OFFICER, (note(),)),
    Form(
        C.ACCEPT_CHANGE,
        R.REVIEWER,
        (Blank("text", "核查结论", lines=2),),
        hint="市民原来不满意，后来改了评价，且承办单位其间联系过他：核实出于本人意愿后办结。",
    ),
    Form(C.ADD_FINDING, R.REVIEWER, (Blank("text", "核查结论", lines=2),), hint="市民的评价不会改变。"),
    Form(
        C.PROPOSE_TERMINATE,
        R.REVIEWER,
        (
            Blank("text", "终结理由", lines=3),
            Blank("legal_check", "法制审核意见"),
            Blank("no_new_fact", "没有新的事实", w.CONFIRMED),
        ),
        hint=_SECOND,
        weight="grave",
    ),
    Form(C.APPROVE_TERMINATE, R.OFFICE_LEADER, weight="grave"),
    Form(C.REJECT_TERMINATE, R.OFFICE_LEADER, (note(),)),
    Form(
        C.SUPERVISE,
        R.SUPERVISOR,
        (Blank("level", "督办级别", _GRADES), Blank("ground", "事由", _GROUNDS), note()),
        hint="编号自动生成。通报由具名的负责人决定，系统从不自动作出。",
        also=R.OFFICE_LEADER,
    ),
    Form(C.ANSWER_SUPERVISION, R.UNIT, (_WHICH, Blank("text", "回复内容", lines=3)), weight="main"),
    Form(C.RETURN_SUPERVISION, R.UNIT, (_WHICH, Blank("text", "申请退回的理由", lines=2))),
    Form(C.PASS_SUPERVISION, R.SUPERVISOR, (_WHICH,), also=R.OFFICE_LEADER, weight="main"),
    Form(C.REJECT_SUPERVISION, R.SUPERVISOR, (_WHICH, _WHY), also=R.OFFICE_LEADER),
    Form(
        C.REQUEST_EXCLUSION,
        R.UNIT,
        (Blank("rule", "剔除条款", _RULES), Blank("evidence", "证据", lines=2)),
        hint=_SECOND,
    ),
    Form(C.APPROVE_EXCLUSION, R.REVIEWER, also=R.OFFICE_LEADER),
    Form(C.REJECT_EXCLUSION, R.REVIEWER, (_WHY,), also=R.OFFICE_LEADER),
    Form(
        C.SCORE_APPEAL, R.UNIT, (Blank("text", "申诉理由", lines=2), Blank("evidence", "证据", lines=2)), hint=_SECOND
    ),
    Form(C.APPROVE_SCORE_APPEAL, R.REVIEWER, also=R.OFFICE_LEADER),
    Form(C.REJECT_SCORE_APPEAL, R.REVIEWER, (_WHY,), also=R.OFFICE_LEADER),
)
