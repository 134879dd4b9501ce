"""Talks IMAP over one connection: what is new, its bytes, the mark that it was taken, and waiting for more.

Everything here blocks; :mod:`channels.mailbox.polling` runs it in a thread of its own.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError, MailboxStarttlsError
from imap_tools.utils import encode_folder

from channels.errors import Credential, Later
from channels.mailbox.cursor import Cursor, Old, begin
from channels.mailbox.settings import MailboxSettings

BATCH_MAILS, BATCH_BYTES = 50, 4 * 1024 * 1024
"""What one batch holds at most (but a mail larger than that alone): twenty thousand mails must fit in small memory."""
_SIZES_AT_ONCE = 200
_BEGINNING = 256 * 1024
"""Bytes taken of a mail that is too large: its words stand before its files."""
_UID = re.compile(rb"UID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
BROKEN = (imaplib.IMAP4.error, ImapToolsError, OSError, EOFError, ValueError)
_SEEN = r"\Seen"
_NAME = '("name" "minsheng" "version" "1" "vendor" "minsheng")'
_SERVER_IS_AWAY = re.compile(
    r"unavailable|serverbug|internal error|inuse|in use|limit|try again|temporar|too many", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as it lies there: the whole of it, or its beginning where ``size`` is too large."""

    uid: int
    raw: bytes = field(repr=False)
    size: int


class IdleBroken(Exception):
    """The server promised to call and does not keep to it."""


class Session:
    """One open connection, logged in, its folder selected."""

    def __init__(self, settings: MailboxSettings, box: BaseMailBox, *, validity: int, next_uid: int) -> None:
        self._settings = settings
        self._box = box
        self._validity = validity
        self._next_uid = next_uid
        self._ended = Event()
        self.can_idle = "IDLE" in box.client.capabilities

    def begin(self, before: Cursor | None) -> Cursor:
        """The cursor to go on from in the mailbox as it is numbered now."""
        return begin(before, validity=self._validity, next_uid=self._next_uid)

    def batches(self, cursor: Cursor) -> Iterator[list[Fetched]]:
        """What came after ``cursor``, oldest first, a few mails at a time."""
        uids = self._new(cursor)
        for start in range(0, len(uids), _SIZES_AT_ONCE):
            batch: list[tuple[int, int]] = []
            weight = 0
            for uid, size in self._sizes(uids[start : start + _SIZES_AT_ONCE]):
                bytes_ = min(size, self._settings.largest_mail)
                if batch and (len(batch) >= BATCH_MAILS or weight + bytes_ > BATCH_BYTES):
                    yield self._fetch(batch)
                    batch, weight = [], 0
                batch.append((uid, size))
                weight += bytes_
            if batch:
                yield self._fetch(batch)

    def taken(self, uids: Sequence[int]) -> None:
        """Tell the mailbox that these are safely with us."""
        if not uids:
            return
        listed = ",".join(map(str, uids))
        # The library's own flag() and move() expunge: what people marked as deleted would be gone for good.
        self._told("STORE", listed, "+FLAGS.SILENT", f"({_SEEN})")
        if not (folder := self._settings.done_folder):
            return
        if "MOVE" in self._box.client.capabilities:
            self._told("MOVE", listed, encode_folder(folder).decode())
        else:
            self._told("COPY", listed, encode_folder(folder).decode())
            self._told("STORE", listed, "+FLAGS.SILENT", r"(\Deleted)")

    def _told(self, command: str, *words: str) -> None:
        state, _ = self._box.client.uid(command, *words)
        if state != "OK":
            raise Later(f"the mailbox refuses {command}", code=command.lower())

    def wait(self, seconds: float) -> None:
        """Return when the server says that something came, at the latest after ``seconds``. Raises IdleBroken."""
        try:
            self._box.idle.start()  # type: ignore[no-untyped-call]
        except BROKEN as problem:
            raise IdleBroken(type(problem).__name__) from None
        self._box.idle.poll(timeout=seconds)
        self._box.idle.stop()  # type: ignore[no-untyped-call]

    def rest(self, seconds: float) -> None:
        """Wait without asking the server anything; ends early when the connection is ended from outside."""
        self._ended.wait(seconds)

    def check(self) -> None:
        """Make the server look for new mail (NOOP)."""
        self._box.client.noop()

    def abort(self) -> None:
        """End the connection from outside, also while another thread waits on it."""
        self._ended.set()
        with suppress(OSError):
            self._box.client.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let the connection go; by the thread that used it, after :meth:`abort`."""
        with suppress(*BROKEN):
            self._box.client.shutdown()

    def _new(self, cursor: Cursor) -> list[int]:
        # "n:*" names the last mail even where nothing is newer: the answer is looked through again.
        found = [uid for uid in self._search(f"UID {cursor.last + 1}:*") if uid > cursor.last]
        if cursor.old is Old.UNSEEN and found and found[0] < cursor.boundary:
            unseen = set(self._search(f"UID {cursor.last + 1}:{cursor.boundary} UNSEEN"))
            found = [uid for uid in found if uid >= cursor.boundary or uid in unseen]
        return found

    def _search(self, criteria: str) -> list[int]:
        return sorted(int(uid) for uid in self._box.uids(criteria, charset=None))

    def _sizes(self, uids: Sequence[int]) -> list[tuple[int, int]]:
        answer = self._asked(uids, "(UID RFC822.SIZE)")
        found: dict[int, int] = {}
        for line in answer:
            text = line if isinstance(line, bytes) else line[0]
            uid, size = _UID.search(text), _SIZE.search(text)
            if uid and size:
                found[int(uid[1])] = int(size[1])
        return [(uid, found[uid]) for uid in uids if uid in found]  # one that is gone meanwhile is nobody's letter

    def _fetch(self, wanted: Sequence[tuple[int, int]]) -> list[Fetched]:
        largest = self._settings.largest_mail
        fetched: dict[int, bytes] = {}
        for which, what in (
            ([uid for uid, size in wanted if size <= largest], "(UID BODY.PEEK[])"),
            ([uid for uid, size in wanted if size > largest], f"(UID BODY.PEEK[]<0.{_BEGINNING}>)"),
        ):
            for line in self._asked(which, what) if which else ():
                if isinstance(line, tuple) and (uid := _UID.search(line[0])):
                    fetched[int(uid[1])] = line[1]
        return [Fetched(uid, fetched[uid], size) for uid, size in wanted if uid in fetched]

    def _asked(self, uids: Sequence[int], what: str) -> list[bytes | tuple[bytes, bytes]]:
        state, answer = self._box.client.uid("FETCH", ",".join(map(str, uids)), what)
        if state != "OK":
            raise Later(f"the mailbox does not hand out its mails: {state}")
        return _with_late_uids(answer)


def _with_late_uids(answer: Sequence[bytes | tuple[bytes, bytes] | None]) -> list[bytes | tuple[bytes, bytes]]:
    """Some servers name the UID behind the mail's bytes: it is put where it is looked for."""
    lines: list[bytes | tuple[bytes, bytes]] = []
    for line in answer:
        last = lines[-1] if lines else b""
        if isinstance(line, bytes) and isinstance(last, tuple) and not _UID.search(last[0]) and _UID.search(line):
            lines[-1] = (last[0] + line, last[1])
        elif line is not None:
            lines.append(line)
    return lines


def connect(settings: MailboxSettings, *, password: str, token: str, tls: ssl.SSLContext) -> Session:
    """Open the mailbox. Raises Credential where an operator must act, Later where it is away for a while."""
    try:
        box = _open(settings, tls)
    except MailboxStarttlsError as problem:
        raise Credential(f"the mail server refuses STARTTLS: {type(problem).__name__}", code="starttls") from None
    except ssl.SSLCertVerificationError:
        raise Credential(
            "the mail server's certificate is not to be trusted; see ca_file", code="certificate"
        ) from None
    except BROKEN as problem:
        raise Later(f"the mail server cannot be reached: {type(problem).__name__}") from None
    try:
        _log_in(box, settings.user, password=password, token=token)
        _introduce(box)
        return _select(settings, box)
    except BaseException:
        with suppress(*BROKEN):
            box.client.shutdown()
        raise


def _open(settings: MailboxSettings, tls: ssl.SSLContext) -> BaseMailBox:
    server = settings.imap
    if server.tls == "implicit":
        return MailBox(server.host, server.port, server.timeout_seconds, ssl_context=tls)
    if server.tls == "starttls":
        return MailBoxStartTls(server.host, server.port, server.timeout_seconds, ssl_context=tls)
    return MailBoxUnencrypted(server.host, server.port, server.timeout_seconds)


def _log_in(box: BaseMailBox, user: str, *, password: str, token: str) -> None:
    try:
        if token:
            box.xoauth2(user, token, initial_folder=None)
        elif user.isascii() and password.isascii():
            box.login(user, password, initial_folder=None)
        else:
            box.login_utf8(user, password, initial_folder=None)
    except (MailboxLoginError, imaplib.IMAP4.error) as refused:
        if isinstance(refused, imaplib.IMAP4.abort) or _SERVER_IS_AWAY.search(str(refused)):
            raise Later("the mail server lets nobody in now", code="login") from None
        raise Credential("the mail server refused our user or password", code="login") from None
    except (OSError, EOFError) as problem:
        raise Later(f"the mail server cannot be reached: {type(problem).__name__}") from None


def _introduce(box: BaseMailBox) -> None:
    """RFC 2971. NetEase (163, 126, 188) opens no folder to a client that has not said who it is."""
    with suppress(imaplib.IMAP4.error):
        box.client._get_capabilities()  # more is offered after the login
    if "ID" in box.client.capabilities:
        with suppress(imaplib.IMAP4.error):
            box.client.xatom("ID", _NAME)


def _select(settings: MailboxSettings, box: BaseMailBox) -> Session:
    try:
        box.folder.set(settings.folder)
        status = box.folder.status(settings.folder, ["UIDVALIDITY", "UIDNEXT"])
    except ImapToolsError as refused:
        if "unsafe login" in str(refused).lower():
            raise Credential(
                "the mail provider calls our login unsafe: see the quirks in README.md", code="unsafe"
            ) from None
        if _SERVER_IS_AWAY.search(str(refused)):
            raise Later("the mail server does not open the folder now", code="folder") from None
        raise Credential("the mail server does not open the folder", code="folder") from None
    except BROKEN as problem:
        raise Later(f"the mail server cannot be reached: {type(problem).__name__}") from None
    return Session(settings, box, validity=int(status["UIDVALIDITY"]), next_uid=int(status["UIDNEXT"]))
