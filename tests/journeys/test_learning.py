"""From a question nobody could answer to the citizen who is told, and an expert in the conversation (S9, S15)."""

from __future__ import annotations

from datetime import timedelta

from bot.experts import duty
from bot.experts.outcome import draft_answers
from bot.jobs import drafts, experts, gaps
from bot.store.lists import desk_lists
from bot.store.tables import (
    call_task,
    consultation_answer,
    conversation,
    handover,
    knowledge_task,
    knowledge_version,
    three_way,
    ticket,
    unanswered,
)
from bot.talks.duty import look
from bot.words.desk import handed_over
from dialog.knowledge.life import Deed, Hand
from tests.journeys.scripts import heard
from tests.journeys.town import Town, until

UNKNOWN = "请问残疾人去市游泳馆办健身卡能打几折？"
ANSWER = "凭残疾人证办卡五折。"
MEDICAL = "请问异地就医先天性心脏病手术需要谁同意？"


async def answered(town: Town, entry: str, by: str = "李编辑") -> None:
    """The unit's editor submits, another officer approves."""
    keep = town.services.learning.upkeep
    await keep.order(entry, Deed.SUBMIT, hand=Hand.EDITOR, by=by)
    await keep.order(entry, Deed.APPROVE, hand=Hand.REVIEWER, by="王审核")


async def on_duty(town: Town, name: str, unit: str = "") -> None:
    """An officer sits down at his desk, for a unit or for the hotline."""
    now, services = town.clock.now(), town.services
    await desk_lists.seen(services.database, name, now=now)
    await duty.stand_by(services.database, name, unit, now=now)
    await look(services.database, services.hub.batching.duty, services.metrics, now=now)


async def test_a_question_becomes_a_gap_a_draft_an_answer_and_a_message(town: Town) -> None:
    keeper, keep = town.services.learning.keeper, town.services.learning.upkeep
    town.clock.set(2026, 9, 18, 10, 0)
    assert "回复“要”或“不用”" in await town.wechat.say(UNKNOWN)
    assert "有了答案会在这里通知您" in await town.wechat.say("要")
    other = town.wechat_citizen("oOTHER234567890abcdefghijklm")
    assert "回复“要”或“不用”" in await other.say("请问残疾人去市游泳馆办健身卡能打几折呢？谢谢")
    await other.say("不用")
    assert await gaps.gather_gaps(keeper) == 2
    (task,) = await town.rows(knowledge_task)
    assert (task["kind"], task["asked"], task["suggested"]) == ("gap", 2, "M09")
    assert task["due_at"].astimezone(town.clock.now().tzinfo).date().isoformat() == "2026-09-22"  # 20 is worked
    await keep.name_owner(task["id"], "M21", by="李编辑")
    given = {"question": UNKNOWN, "answer": ANSWER, "owner_unit": "M21", "source": "《泉城市残疾人优待办法》"}
    entry = await keep.draft(given, by="李编辑", task=task["id"])
    await answered(town, entry)
    (task,) = await town.rows(knowledge_task)
    assert (task["outcome"], task["entry"], task["done_by"]) == ("published", entry, "王审核")
    assert await gaps.tell_askers(keeper) == 1
    assert await gaps.tell_askers(keeper) == 0
    await until(lambda: bool(town.wechat.pushed))
    (told,) = town.wechat.pushed
    for words in (UNKNOWN, ANSWER, "《泉城市残疾人优待办法》", entry, "2026-09-18"):
        assert words in told
    assert other.pushed == []
    assert ANSWER in await other.say(UNKNOWN)


async def test_nobody_is_told_at_night(town: Town) -> None:
    keeper, keep = town.services.learning.keeper, town.services.learning.upkeep
    await town.wechat.say(UNKNOWN)
    await town.wechat.say("要")
    await gaps.gather_gaps(keeper)
    town.clock.set(2026, 9, 18, 22, 30)
    (task,) = await town.rows(knowledge_task)
    entry = await keep.draft({"question": UNKNOWN, "answer": ANSWER, "owner_unit": "M21"}, by="李编辑", task=task["id"])
    await answered(town, entry)
    assert await gaps.tell_askers(keeper) == 1
    assert town.wechat.pushed == []
    town.clock.set(2026, 9, 19, 7, 1)
    town.services.outbox.wake()
    await until(lambda: bool(town.wechat.pushed))


async def test_what_did_not_help_is_a_gap_too(town: Town) -> None:
    await town.wechat.say("请问今年几号开始供暖")
    assert "没能解决" in await town.wechat.say("2")
    (asked,) = await town.rows(unanswered)
    assert (asked["entry"], asked["wants"]) == ("KB-0412", False)
    await gaps.gather_gaps(town.services.learning.keeper)
    (task,) = await town.rows(knowledge_task)
    assert (task["suggested"], task["why"]) == ("E02", "条目 KB-0412")
    assert [row["solved"] for row in await town.rows(consultation_answer)] == [None, "unsolved"]


async def test_s15_the_bot_invites_an_expert_who_answers(town: Town) -> None:
    sessions, keep = town.services.learning.sessions, town.services.learning.upkeep
    town.clock.set(2026, 9, 18, 10, 0)
    await on_duty(town, "赵专家", "M11")
    told = await town.wechat.say(MEDICAL)
    for words in ("需要市医保局确认", "邀请市医保局专家", "约2分钟"):
        assert words in told
    assert await town.wechat.say("我叫王小明，电话13800138000") == ""  # the bot is silent
    (session,) = await duty.sessions_of(town.services.database, "M11")
    await sessions.join(session["id"], "赵专家")
    await sessions.say(session["id"], "赵专家", "异地备案后按参保地政策报销。", key="k1")
    await sessions.say(session["id"], "赵专家", "异地备案后按参保地政策报销。", key="k1")
    assert await town.wechat.say("要先备案吗") == ""
    await sessions.end(session["id"], "赵专家", answer="先备案，再按参保地政策报销。")
    await until(lambda: len(town.wechat.pushed) == 3)
    joined, said, left = town.wechat.pushed
    assert "市医保局专家已加入对话" in joined
    assert said == "【市医保局 专家】异地备案后按参保地政策报销。"
    assert "已结束对话" in left
    row = await town.ticket()
    assert (row["state"], row["type"], row["public_reply"]) == ("answered", "consult", "先备案，再按参保地政策报销。")
    (session,) = await town.rows(three_way)
    assert (session["outcome"], session["ticket"], session["expert"]) == ("answered", row["number"], "赵专家")
    for words in ("13800138000", "王小明"):
        assert words not in session["transcript"]
    assert "市民：要先备案吗" in session["transcript"]
    (mine,) = await town.rows(conversation)
    assert (mine["owner"], mine["agent"]) == ("bot", "")
    assert await draft_answers(keep) == 1
    (draft,) = await town.rows(knowledge_version)
    assert (draft["state"], draft["owner_unit"], draft["editor"]) == ("draft", "M11", "赵专家")
    await answered(town, draft["entry"], by="赵专家")
    assert "先备案" in await town.wechat_citizen("oTHIRD234567890abcdefghijklm").say(MEDICAL)


async def test_s15_nobody_comes_and_the_question_becomes_a_ticket(town: Town) -> None:
    sessions = town.services.learning.sessions
    town.clock.set(2026, 9, 18, 10, 0)
    await on_duty(town, "赵专家", "M11")
    assert "邀请" in await town.wechat.say(MEDICAL)
    assert await experts.end_waits(sessions) == 0
    town.clock.advance(timedelta(minutes=2))
    assert await experts.end_waits(sessions) == 1
    assert await experts.end_waits(sessions) == 0
    await until(lambda: len(town.wechat.pushed) == 2)
    sorry, registered = town.wechat.pushed
    assert "市医保局专家暂时无法加入" in sorry
    row = await town.ticket()
    assert (row["state"], row["type"], row["content"]) == ("to_dispatch", "consult", MEDICAL)
    assert row["number"] in registered
    assert "9月21日" not in registered  # one working day: Sunday the 20th is worked
    assert "9月20日" in registered
    (session,) = await town.rows(three_way)
    assert session["outcome"] == "nobody"
    assert "您好" in await town.wechat.say("你好")  # the bot is back


async def test_an_agent_invites_an_expert_and_stays(town: Town) -> None:
    services, sessions = town.services, town.services.learning.sessions
    await town.wechat.say("转人工")
    await services.takeover.take(1, "王敏")
    await sessions.invite(1, "M11", "", by="王敏")
    (session,) = await town.rows(three_way)
    assert session["question"] == "转人工"  # the citizen's last words, where the agent gave none
    await sessions.join(session["id"], "赵专家")
    await services.takeover.say(1, "王敏", "专家来了。", key="k")
    await sessions.end(session["id"], "赵专家", answer="")
    row = await town.ticket()
    assert row["state"] == "to_dispatch"
    (mine,) = await town.rows(conversation)
    assert (mine["owner"], mine["agent"]) == ("agent", "王敏")
    assert await town.wechat.say("好的") == ""


async def test_s9_the_agent_knows_what_was_said_and_the_wait_is_told(town: Town) -> None:
    await on_duty(town, "王敏")
    for openid in ("oFIRST234567890abcdefghijklm", "oSECND234567890abcdefghijklm"):
        await town.wechat_citizen(openid).say("转人工")
    await look(town.services.database, town.services.hub.batching.duty, town.services.metrics, now=town.clock.now())
    await town.wechat.say("楼下烧烤店天天晚上冒烟,呛得孩子睡不着,到底有没有人管!!")
    told = await town.wechat.say("我跟你说不清楚,气死我了,找个活人")
    assert "前面还有2位，预计3分钟" in told
    *_, packet = await town.rows(handover)
    shown = handed_over(packet["summary"], town.services.city.categories)
    for words in ("投诉", "楼下烧烤店天天晚上冒烟", "情绪", "找个活人"):
        assert words in shown
    assert await town.wechat.say("在吗") == ""


async def test_s9_nobody_is_there_and_the_citizen_is_called_back(town: Town) -> None:
    told = await heard(town, "人工")
    assert "30分钟内给您回电（尾号8217），方便吗" in told
    (task,) = await town.rows(call_task)
    assert (task["reason"], task["due_at"] - task["created_at"]) == ("missed", timedelta(minutes=30))
    assert "请保持电话畅通" in await heard(town, "方便")
    assert (await town.rows(call_task))[0]["done_at"] is None
    await town.services.takeover.take(task["conversation_id"], "王敏")
    assert (await town.rows(call_task))[0]["done_by"] == "王敏"


async def test_s9_who_does_not_want_the_call_is_answered_in_writing(town: Town) -> None:
    await heard(town, "人工")
    assert "不给您打电话" in await heard(town, "不方便")
    (task,) = await town.rows(call_task)
    assert task["result"] == "市民表示不用回电"
    (mine,) = await town.rows(conversation)
    assert mine["owner"] == "queue"


async def test_a_half_filled_report_is_reminded_put_aside_and_taken_up_again(town: Town) -> None:
    keeper = town.services.learning.keeper
    care = keeper.conversing, keeper.rules
    town.clock.set(2026, 9, 18, 10, 0)
    asked = await town.wechat.say("天桥区明湖西路12号门口的路灯不亮了")
    town.clock.advance(timedelta(minutes=29))
    assert await drafts.remind(*care) == 0
    town.clock.advance(timedelta(minutes=2))
    assert await drafts.remind(*care) == 1
    assert await drafts.remind(*care) == 0
    await until(lambda: len(town.wechat.pushed) == 1)
    assert "回复“继续”" in town.wechat.pushed[0]
    assert asked.rpartition("请问")[2] in await town.wechat.say("继续")
    town.clock.advance(timedelta(hours=23))
    assert await drafts.expire(*care) == 0  # he wrote again meanwhile
    town.clock.advance(timedelta(hours=2))
    assert await drafts.expire(*care) == 1
    assert await drafts.expire(*care) == 0
    await until(lambda: len(town.wechat.pushed) == 2)
    assert "尚未提交，已暂存。7日内回复“继续”" in town.wechat.pushed[1]
    assert "11月15日" in await town.wechat.say("请问今年几号开始供暖")  # life goes on
    town.clock.advance(timedelta(days=6))
    await town.wechat.say("继续")
    assert "路灯" in await town.wechat.say("三天了")
    await town.wechat.say("提交")
    row = await town.ticket()
    assert "明湖西路12号" in row["place"]


async def test_a_draft_is_kept_for_a_week_and_not_reminded_at_night_or_with_an_agent(town: Town) -> None:
    keeper = town.services.learning.keeper
    care = keeper.conversing, keeper.rules
    town.clock.set(2026, 9, 18, 21, 40)
    await town.wechat.say("天桥区明湖西路12号门口的路灯不亮了")
    town.clock.set(2026, 9, 18, 22, 20)
    assert await drafts.remind(*care) == 0
    town.clock.set(2026, 9, 19, 7, 0)
    assert await drafts.remind(*care) == 1
    town.clock.set(2026, 9, 19, 21, 41)
    assert await drafts.expire(*care) == 1
    town.clock.advance(timedelta(days=8))
    assert "没有待提交的登记" in await town.wechat.say("继续")
    await town.wechat.say("天桥区明湖西路12号门口的路灯又不亮了")
    await town.wechat.say("转人工")
    town.clock.advance(timedelta(hours=30))
    assert await drafts.remind(*care) == await drafts.expire(*care) == 0
    assert await town.rows(ticket) == []
