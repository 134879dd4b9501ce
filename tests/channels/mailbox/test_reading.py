"""What is read out of a mail: charsets as real Chinese mail has them, quotes cut, machines told apart, and any bytes."""

from __future__ import annotations

import base64
import contextlib
import email.header
import zlib
from datetime import UTC, datetime
from encodings import aliases

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.errors import Malformed
from channels.mailbox import drafts, quotes
from channels.mailbox.charsets import decode
from channels.mailbox.cursor import Cursor, Old, begin, read
from channels.mailbox.files import refusal
from channels.mailbox.headers import address, ids, words
from channels.mailbox.hypertext import as_text
from channels.mailbox.parse import NOBODY, Reader
from channels.mailbox.parts import File
from channels.mailbox.threads import answered, dedupe_key, message_id, ours
from channels.mailbox.written import Written
from channels.message import Inbound, Kind
from tests.channels.contract.cases import ROOT

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
READER = Reader("city", "hotline@city.test", ("mayor@city.test",))
SAMPLES = sorted((ROOT / "mailbox" / "samples").glob("*.eml"))


def one(raw: bytes) -> Inbound:
    (message,) = READER.read(raw, at=NOW).messages
    return message


@pytest.mark.parametrize(
    ("raw", "label", "text"),
    [
        ("朱镕基 囧 喆 €".encode("gb18030"), "gb2312", "朱镕基 囧 喆 €"),
        ("路灯不亮".encode("gbk"), "", "路灯不亮"),
        ("路灯不亮".encode("gbk"), "us-ascii", "路灯不亮"),
        ("路灯不亮".encode("gbk"), "iso-8859-1", "路灯不亮"),
        ("路灯不亮".encode("gbk"), 'charset="gb2312', "路灯不亮"),
        ("路灯不亮".encode("gbk"), "gb2312_charset", "路灯不亮"),
        ("路灯不亮".encode("gbk"), "utf-8", "路灯不亮"),
        ("路灯不亮".encode(), "gb2312", "路灯不亮"),
        ("路灯不亮".encode(), "x-unknown", "路灯不亮"),
        ("路燈不亮".encode("big5"), "big5", "路燈不亮"),
        ("路灯不亮".encode("hz"), "hz-gb-2312", "路灯不亮"),
        ("José à Paris".encode("latin-1"), "iso-8859-1", "José à Paris"),
        ("路灯".encode("gbk")[:-1], "gb2312", "路\ufffd"),
        (b"plain", "no such thing \x00", "plain"),
        (b"", "", ""),
    ],
)
def test_bytes_are_read_as_the_chinese_they_are(raw: bytes, label: str, text: str) -> None:
    assert decode(raw, label) == text


def test_a_bounce_whose_lines_are_torn_is_still_a_bounce() -> None:
    """The library reads a form feed in a header and then refuses to write it."""
    whole = (ROOT / "mailbox" / "samples" / "bounce_failed.eml").read_bytes()
    torn = whole.replace(b"Arrival-Date: Thu,  1 Jan 2026 ", b"Arrival-Date: Thu,  1 Jan 2026\x0c")
    assert torn != whole
    assert READER.read(torn, at=NOW) == READER.read(whole, at=NOW)


def test_no_label_there_is_makes_bytes_unreadable() -> None:
    """A mail that fails to be read would be met again at every look into the box, and nothing behind it be taken."""
    for label in {*aliases.aliases, *aliases.aliases.values(), "idna", "punycode", "undefined"}:
        for raw in (b"\x80\xff\\q", b"\xfe\xff\xd8", b"+/v8-\x1b$B\xff", bytes(range(256)), b"=?", "路灯".encode()):
            assert isinstance(decode(raw, label), str), label


@given(text=st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=80))
def test_a_subject_split_anywhere_is_whole_again(text: str) -> None:
    raw = text.encode()
    cut = len(raw) // 2
    halves = " ".join(f"=?utf-8?B?{base64.b64encode(part).decode()}?=" for part in (raw[:cut], raw[cut:]) if part)
    assert words(halves) == text
    assert words(str(email.header.Header(text, "utf-8"))) == text


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("李明 <li.ming@Citizen.TEST>", "li.ming@citizen.test"),
        ('"a@b.test" <real@c.test>', "real@c.test"),
        ("li.ming@citizen.test", "li.ming@citizen.test"),
        ("<postmaster>", ""),
        ("undisclosed-recipients:;", ""),
        ("", ""),
        ("<a@b@c.test>, second@d.test", "second@d.test"),
    ],
)
def test_the_sender_is_an_address_or_nobody(raw: str, found: str) -> None:
    assert address(raw) == found


QUOTED = {
    "qq": '新的话\n\n------------------&nbsp;原始邮件&nbsp;------------------\n发件人: "a"<a@b.test&gt;;',
    "qq mobile": "新的话\n发自我的iPhone\n\n\n------------------ Original ------------------\nFrom: a",
    "163": '新的话\n\n\n在 2026-01-01 08:00:00，"热线" <a@b.test> 写道：\n旧的话',
    "163 app": "新的话\n\n---- 回复的原邮件 ----\n| 发件人 | a |",
    "netease master": "新的话\n发自网易邮箱大师\n---- 转发的原邮件 ----",
    "outlook": "新的话\n\n发件人: 热线 <a@b.test>\n发送时间: 2026年1月1日 8:00\n收件人: c\n主题: d\n\n旧的话",
    "gmail": "新的话\n\n热线 <a@b.test> 于2026年1月1日周四 08:00写道：\n\n> 旧的话",
    "iphone": "新的话\n\n发自我的 iPhone\n\n> 在 2026年1月1日，08:00，热线 <a@b.test> 写道：\n> 旧的话",
    "foxmail": "新的话\n\n________________________________\n \n发件人： 热线\n日期： 2026-01-01 08:00\n收件人： c\n旧的话",
    "aliyun": "新的话\n------------------------------------------------------------------\n发件人：热线 <a@b.test>\n发送时间：2026年\n",
    "english": "新的话\n\nOn Thu, Jan 1, 2026 at 8:00 AM Hotline <a@b.test> wrote:\n> old",
    "plain quote": "新的话\n\n> 旧的话\n> 旧的话\n",
    "no quote": "新的话",
}


@pytest.mark.parametrize("client", QUOTED)
def test_the_answered_letter_is_cut_off(client: str) -> None:
    new, quoted = quotes.split(QUOTED[client])
    assert new == "新的话"
    assert bool(quoted) is (client != "no quote")


def test_a_letter_that_is_all_quote_stays_whole() -> None:
    text = "> 我的话写在引用里\n> 第二行"
    assert quotes.split(text) == (text, "")


@pytest.mark.parametrize(
    "text", ["发件人:" * 20_000, "-" * 60_000, "> " * 30_000, "在 2026-" + "a" * 60_000, "a@b " * 20_000]
)
def test_quotes_take_no_endless_time(text: str) -> None:
    new, quoted = quotes.split(text)
    assert new or quoted


def test_html_becomes_text_and_nothing_that_runs() -> None:
    html = (
        "<style>x</style><p>第一行<br>第二行</p><script>alert(1)</script><img src=x onerror=alert(1)><div>第三行</div>"
    )
    assert as_text(html) == "第一行\n第二行\n第三行"
    assert as_text("<div>" * 20_000 + "深处") == "深处"
    assert as_text("<p>新</p><blockquote>旧</blockquote>") == "新"
    assert "旧" in as_text("<p>新</p><blockquote>旧</blockquote>", quoted=True)


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: auto-generated", "Precedence: bulk", "List-Unsubscribe: <mailto:x@y>", "X-Autoreply: yes",
        "Return-Path: <>", "X-Auto-Response-Suppress: All", "X-Spam-Flag: YES", "X-Loop: hotline@city.test",
        "Subject: 自动回复：出差", "From: no-reply@shop.test", "From: MAILER-DAEMON@x.test", "From: mayor@city.test",
    ],
)  # fmt: skip
def test_a_machines_mail_is_known(line: str) -> None:
    others = [one for one in ("From: li@x.test", "Subject: 路灯") if one.partition(":")[0] != line.partition(":")[0]]
    found = one("\r\n".join([line, *others, "", "着火了"]).encode())
    assert found.kind is Kind.AUTOMATIC
    assert found.extra["why"]


@pytest.mark.parametrize(
    "line", ["Auto-Submitted: no", "X-Auto-Response-Suppress: DR, RN", "Precedence: normal", "X-Spam-Flag: NO"]
)
def test_a_persons_mail_is_not_taken_for_a_machines(line: str) -> None:
    assert one(f"From: li@x.test\r\nSubject: 路灯\r\n{line}\r\n\r\n路灯不亮".encode()).kind is Kind.TEXT


def test_the_same_mail_over_another_way_is_the_same_letter() -> None:
    raw = b"From: li@x.test\r\nMessage-ID: <1@x.test>\r\nSubject: a\r\n\r\nwords"
    other = b"Received: from b\r\n" + raw
    changed = raw.replace(b"words", b"other words")
    assert one(raw).id == one(other).id
    assert one(raw).id != one(changed).id, "an id alone must not let one letter hide another"
    assert one(raw.replace(b"<1@x.test>", b"")).id.startswith("sha256:")


def test_our_ids_are_ours_and_cannot_be_guessed() -> None:
    mine = message_id("r:1", address="hotline@city.test", secret=b"s")
    assert mine == message_id("r:1", address="hotline@city.test", secret=b"s")
    assert mine != message_id("r:1", address="hotline@city.test", secret=b"t")
    assert ours([mine, "<x@city.test>", mine.replace("city", "other")], address="hotline@city.test") == (mine,)
    assert answered(dedupe_key("<1@x.test>", b"")) == "<1@x.test>"
    assert answered("form:abc") == answered("sha256:" + "0" * 32) == ""
    assert ids("<1@x> <1@x>\r\n <2@x>") == ("<1@x>", "<2@x>")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.jpg", b"MZ\x90", "executable"),
        ("a.docm", b"anything", "executable"),
        ("a.zip", b"PK\x03\x04 broken", "broken archive"),
        ("a.jpg", b"x" * 101, "too large"),
        ("a.jpg", b"\xff\xd8\xff", ""),
    ],
)
def test_files_are_judged_by_their_bytes(name: str, content: bytes, why: str) -> None:
    assert refusal(File(name, "image/jpeg", content), most_bytes=100) == why


def test_a_cursor_survives_and_a_new_numbering_begins_anew() -> None:
    first = begin(None, validity=7, next_uid=100)
    assert first == Cursor(7, 0, 100, Old.UNSEEN)
    later = first.after(42)
    assert read(str(later)) == later
    assert begin(later, validity=7, next_uid=200) == later
    assert begin(later, validity=8, next_uid=50) == Cursor(8, 0, 50, Old.ALL)
    assert read("") is read("nonsense") is read("1:2:3:x") is None


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["From", "Subject", "Content-Type", "Content-Transfer-Encoding", "Date", "Message-ID",
                         "References", "Content-Disposition", "Auto-Submitted"]),
        st.one_of(
            st.binary(max_size=60),
            st.sampled_from([
                b"multipart/mixed; boundary=b", b"multipart/report; report-type=delivery-status; boundary=b",
                b"message/rfc822", b"message/delivery-status", b"text/html; charset*=utf-8''x",
                b"text/plain; charset=\"x\x00y\"", b"base64", b"quoted-printable", b"x-uuencode", b"7bit",
                b"=?gb2312?B?wrc=?= <a@b.test>", b"=?utf-8?Q?=E4=B8?=", b"<[abc]@x>", b"attachment; filename*0*=a",
            ]),
        ),
    ),
    max_size=8,
)  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from([b"--b", b"--b--", b"Content-Type: text/html", b"", b"Action: failed", b"<p>x",
                              b"begin 644 x", b"\xc2\xb7", b"=", b"Content-Transfer-Encoding: base64"]),
             max_size=20).map(b"\r\n".join),
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(headers=HEADERS, body=BODIES)
def test_any_mail_is_read_or_malformed(headers: list[tuple[str, bytes]], body: bytes) -> None:
    raw = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in headers) + b"\r\n" + body
    _read(raw)


@settings(max_examples=300, deadline=None)
@given(raw=st.binary(max_size=400))
def test_any_bytes_are_read_or_malformed(raw: bytes) -> None:
    _read(raw)


@settings(max_examples=200, deadline=None)
@given(sample=st.sampled_from(SAMPLES), at=st.integers(0, 3000), junk=st.binary(max_size=30), drop=st.integers(0, 50))
def test_a_spoiled_real_mail_is_read_or_malformed(sample: object, at: int, junk: bytes, drop: int) -> None:
    raw = sample.read_bytes()  # type: ignore[attr-defined]
    _read(raw[:at] + junk + raw[at + drop :])


def _read(raw: bytes) -> None:
    with contextlib.suppress(Malformed):
        for found in READER.read(raw, at=NOW).messages:
            assert found.address.peer == NOBODY or "@" in found.address.peer
            assert len(found.address.peer) <= 128
            assert 0 < len(found.id) <= 255
            (found.text + found.id + found.address.peer).encode()


def test_a_draft_comes_back_and_whatever_else_the_cookie_holds_is_an_empty_form() -> None:
    kept = Written(title="路灯不亮", body="明湖西路", phone="13800138000")
    assert drafts.read(drafts.write(kept)) == kept
    nested = base64.urlsafe_b64encode(zlib.compress(b"[" * 60_000)).decode()
    for cookie in ("", "x", "%", nested):
        assert drafts.read(cookie) == Written()


def test_what_is_nested_without_end_is_malformed_or_read() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    _read(b"From: a@b.test\r\n" + deep)
    _read(b"From: a@b.test\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000)
