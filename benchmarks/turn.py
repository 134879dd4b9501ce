"""CPU of one dialog turn, without the knowledge search: median over a mix of what citizens write."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from bot.city import load_city
from channels.message import Address, Inbound, Kind
from dialog.city import City
from dialog.knowledge.entry import Entry
from dialog.knowledge.policy import Outcome, Verdict
from dialog.manager import turn
from dialog.memory import Memory
from dialog.view import FreshNumber, View

ROUNDS = 300
NOW = datetime(2026, 9, 18, 12, 33, tzinfo=UTC)
CONSULT = ["请问今年几号开始供暖?", "公积金怎么提取", "孩子上小学需要什么材料", "身份证丢了怎么补办?", "你好", "查询"]
REPORT = [
    "楼下烧烤店天天晚上冒烟,呛得孩子睡不着,到底有没有人管!!",
    "天桥区明湖西路12号附近",
    "叫“老张烧烤”,半个多月了,晚上8点到12点",
    "保密",
    "提交",
]


@dataclass(frozen=True, slots=True)
class Silent:
    """A knowledge base that costs nothing."""

    def ask(self, question: str, *, today: date, district: str = "") -> Outcome:
        return Outcome(Verdict.NONE)

    def get(self, entry_id: str) -> Entry | None:
        return None


def spent(city: City, memory: Memory, text: str) -> tuple[float, Memory]:
    """Milliseconds of one turn, and the memory after it."""
    message = Inbound(address=Address("app", "city", "peer"), id="1", sent_at=NOW, kind=Kind.TEXT, text=text)
    view = View(fresh=FreshNumber("2609180002175", "4839201756"), media=True)
    started = time.process_time_ns()
    decided = turn(memory, message, view, city=city, now=NOW)
    return (time.process_time_ns() - started) / 1e6, decided.memory


def main() -> None:
    """Print median and 90th percentile of each kind of message."""
    city = replace(load_city(None, policy="cn-jinan-like", today=date(2026, 9, 18)).talk, knowledge=Silent())
    consult, report = [], []
    for _ in range(ROUNDS):
        consult.extend(spent(city, Memory(greeted=True), text)[0] for text in CONSULT)
        memory = Memory()
        for text in REPORT:
            cost, memory = spent(city, memory, text)
            report.append(cost)
    for name, costs in (("consult", consult), ("report", report), ("all", consult + report)):
        tenth = statistics.quantiles(costs, n=10)[-1]
        print(f"{name:8} median {statistics.median(costs):.3f} ms  p90 {tenth:.3f} ms  ({len(costs)} turns)")


if __name__ == "__main__":
    main()
