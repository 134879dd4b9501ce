"""What citizens say of how a matter was handled, in their own words: solved or not, how good it was, and why it was not.

Irony and half answers are not guessed at: whoever may mean the opposite is asked once more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from tickets.appeal import Reason, Satisfaction, Solved

M = TypeVar("M")
Table = Sequence[tuple[M, re.Pattern[str]]]

VERDICT = re.compile(
    r"解决|修好|处理|满意|好了|还是|办好|弄好|搞好|搞定|还在|态度|恢复|清理|没用|老样|不行|不咋|一般|凑合|评"
)
"""Words of how a matter was handled, where the matter itself is named again."""

# The most particular first.
_SOLVED: Table[Solved] = (
    (
        Solved.PARTLY,
        re.compile(
            r"没有?(?:完全|彻底|全部|全)(?:解决|处理|修|弄|办|好)|不(?:完全|彻底)|部分|一半|好一?点|好些|好多了|"
            r"差不多|解决了一?些|基本(?:解决|好)|改善|有所|好转|暂时|勉强|算是(?:解决|处理)"
        ),
    ),
    (
        Solved.UNSOLVED,
        re.compile(
            r"没有?(?:得到|给|能|人)?(?:解决|处理|修|弄|办|搞|改|变|动静|动|反应|管|来|理)|没好|未(?:解决|处理)|没人|"
            r"还是(?:不|没|老样|那样|一样|漏|堵|坏|臭|吵|黑)|根本没|(?:问题|情况)(?:还|依旧|依然|仍)|依然|照旧|照样|"
            r"又(?:坏|漏|堵|犯|开始|来)|解决不了|解决个|没用|老样子|更(?:差|糟|严重|厉害)|(?:啥|什么|一点)(?:也|都)没|"
            r"白(?:跑|反映|投诉|打)|原样|不解决"
        ),
    ),
    (
        Solved.SOLVED,
        re.compile(
            r"解决|修好|修上|处理(?:好|完|了)|好了|弄好|搞好|搞定|办好|办妥|办完|可以了|不错|妥了|完事|恢复|清理(?:了|干净)|"
            r"(?:来|有)(?:水|电|暖|气)了|不(?:漏|堵|臭|吵|闹|响)了|通了|亮了|拆(?:了|掉)"
        ),
    ),
)
_UNCLEAR = re.compile(
    r"呵呵|哼+$|你们?可?真(?:行|棒|厉害|有本事|能|会)|真有你|(?:好|满意|快|棒)得很|太(?:好|棒|满意|快)了?[吧呢呐].*|才怪|"
    r"谈不上|说不上|说不好|不好说|难说|看情况|再看|过几天|不知道|不清楚|不确定|也许|可能吧|服了|无语|你说呢|自己看|"
    r"谢谢你们?(?:全家|八辈)|🙃|😅|🙄|😏"
)
_DISSATISFIED = re.compile(
    r"不(?:太|是|很|够|怎么|大|算|咋|多|特别|非常|十分|能)*(?:满意|理想|给力|像话|合格|负责|可以)|"
    r"(?:很|非常|特别|相当|极)(?:其)?(?:差|不满|糟|失望|生气|恶劣)|太(?:差|糟|烂|失望|气人|敷衍|坑)|"
    r"差评|差劲|真差|最差|失望|糟|敷衍|垃圾|恶心|气人|气死|不(?:太|怎么|大|是很|咋)?(?:行$|行[啊呀,，。!！])|不太行|"
    r"不咋|不怎么(?:样|好|的)|不(?:太|是很|够|大|算)?好(?!意思|说)|没一点好|满意(?:个|什么|啥)|有啥满意|哪里?满意|"
    r"态度.{0,3}(?:差|恶劣|不好|不行|坏|横|凶)|骂人|踢皮球|推诿|推来推去|糊弄|忽悠|应付|骗人|[零0]分|一星|👎|😡|🤬|💩"
)
_GRADES: Table[Satisfaction] = (
    (Satisfaction.SATISFIED, re.compile(r"没(?:有|什么|啥)*(?:不满|意见|毛病|的说)|无不满|没得挑")),
    (Satisfaction.DISSATISFIED, _DISSATISFIED),
    (
        Satisfaction.BASIC,
        re.compile(
            r"基本满意|还(?:算)?(?:行|可以|好(?!没)|凑合|过得去|满意|将就)|一般|凑合|马马虎虎|马虎|勉强|过得去|将就|"
            r"差不多|就那样|就这样吧|一半一半|说得过去|及格|中等|[行可][以]?吧|算可以|😐"
        ),
    ),
    (
        Satisfaction.VERY,
        re.compile(
            r"(?:很|非常|十分|特别|超级?|相当|太|万分|百分[之百]*)满意|太(?:好|棒|赞|给力|感谢)了?|非常(?:好|棒|感谢)|很(?:好|棒)|"
            r"特别(?:好|棒)|好极了|点[个]?赞|给力|完美|优秀|五星|满分|100分|一百分|超赞|棒|效率(?:真|很|太|挺)?高|没得说"
        ),
    ),
    (
        Satisfaction.SATISFIED,
        re.compile(r"满意|不错|挺好|蛮好|可以(?!了)|(?<!你|您)好$|好评|没问题|^ok|^okay|👍|👌|💯|🌹|❤|😊|^4星|四星"),
    ),
)
_REASONS: Table[Reason] = (
    (
        Reason.NOT_CONTACTED,
        re.compile(r"没(?:有)?(?:任何)?人(?:来|联系|找|理)|没(?:有)?联系|没(?:有)?(?:打|接到)过?电话"),
    ),
    (
        Reason.NOT_SOLVED,
        re.compile(r"(?<!是)没(?:有)?(?:解决|修|处理|改|弄)|还是(?:不|没|老样)|(?:问题|情况)(?:还|依)|没用"),
    ),
    (Reason.NOT_TRUE, re.compile(r"没(?:有)?来|不符|不属实|不真实|撒谎|说谎|骗人|胡说|造假|假的|糊弄|忽悠")),
    (Reason.ATTITUDE, re.compile(r"态度|骂人|不耐烦|凶|横|吼|敷衍|应付|踢皮球|推诿|推来推去")),
    (Reason.POLICY, re.compile(r"政策|规定不合理|标准不合理")),
)


def solved_in(said: str) -> Solved | None:
    """Whether folded words say that it is solved, None when they do not speak of it."""
    return _first(_SOLVED, said)


def grade_in(said: str) -> Satisfaction | None:
    """The grade folded words give, None where they give none, or might mean the opposite."""
    return None if unclear(said) else _first(_GRADES, said)


def unclear(said: str) -> bool:
    """Whether it sounds like a verdict, but nobody can tell which: irony, "hard to say"."""
    return bool(_UNCLEAR.search(said))


def reasons_in(said: str) -> tuple[Reason, ...]:
    """Why the citizen is dissatisfied, as far as folded words tell."""
    return tuple(reason for reason, pattern in _REASONS if pattern.search(said))


def _first(table: Table[M], said: str) -> M | None:
    return next((meaning for meaning, pattern in table if pattern.search(said)), None)
