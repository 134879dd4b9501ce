"""Real mail servers on loopback: Debian's Dovecot and Postfix in private folders, on free ports, stopped by their ids.

Mail for ``@city.test`` goes to boxes here; everything else is refused by Postfix with a bounce. Nothing can leave.
"""

from __future__ import annotations

import imaplib
import os
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from tests.absent import absent
from tests.mail_config import DOVECOT, MAIN, MASTER

PATHS = os.environ.get("PATH", "") + ":/usr/sbin:/usr/lib/dovecot"
PASSWORD = "secret"
HOTLINE, CITIZEN = "hotline@city.test", "li.ming@city.test"


@dataclass(frozen=True)
class MailServers:
    """The running pair."""

    folder: Path
    ports: dict[str, int]

    @property
    def account(self) -> dict[str, Any]:
        """``[channels.mailbox.mayor]`` for the hotline's box."""
        return {
            "address": HOTLINE,
            "name": "泉城市长信箱",
            "user": HOTLINE,
            "password": PASSWORD,
            "imap": {"host": "localhost", "port": self.ports["imaps"], "timeout_seconds": 10},
            "smtp": {
                "host": "localhost",
                "port": self.ports["submission"],
                "tls": "starttls",
                "timeout_seconds": 10,
            },
            "ca_file": str(self.folder / "cert.pem"),
            "poll_seconds": 1,
        }

    def deliver(self, mail: EmailMessage | bytes, *, to: str = HOTLINE, sender: str = CITIZEN) -> None:
        """Hand a mail to Postfix as another server would, and wait until it lies in the box."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes(policy=SMTP)
        before = self._lying(to)
        with smtplib.SMTP("localhost", self.ports["smtp"], timeout=10) as server:
            server.sendmail(sender, [to], raw)
        until = time.monotonic() + 20
        while self._lying(to) == before:
            assert time.monotonic() < until, "Postfix did not deliver"
            time.sleep(0.02)

    def _lying(self, user: str) -> set[str]:
        box = self.folder / "mail" / user.partition("@")[0]
        return {path.name.partition(":")[0] for part in ("new", "cur") for path in (box / part).glob("*")}

    @contextmanager
    def box(self, user: str = HOTLINE) -> Iterator[imaplib.IMAP4_SSL]:
        """A person's own look into a box."""
        context = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
        with imaplib.IMAP4_SSL("localhost", self.ports["imaps"], ssl_context=context) as box:
            box.login(user, PASSWORD)
            box.select("INBOX")
            yield box

    def mails(self, user: str) -> list[bytes]:
        """Every mail in a box, oldest first."""
        with self.box(user) as box:
            _, found = box.search(None, "ALL")
            return [box.fetch(one, "(RFC822)")[1][0][1] for one in found[0].split()]  # type: ignore[index, misc]

    def flags(self, user: str = HOTLINE) -> list[bytes]:
        """The flags of every mail in a box."""
        with self.box(user) as box:
            _, found = box.fetch("1:*", "(FLAGS)")
            return [one for one in found if isinstance(one, bytes)]

    def put(self, mails: Iterable[bytes], user: str = HOTLINE) -> None:
        """Lay mails straight into a box's folder: thousands in a second."""
        box = self.folder / "mail" / user.partition("@")[0]
        for part in ("tmp", "new", "cur"):
            (box / part).mkdir(parents=True, exist_ok=True)
            shutil.chown(box / part, "mail", "mail")
        shutil.chown(box, "mail", "mail")
        for n, raw in enumerate(mails):
            draft = box / "tmp" / f"{time.time_ns()}.M{n}P1.test"
            draft.write_bytes(raw)
            shutil.chown(draft, "mail", "mail")
            draft.rename(box / "new" / draft.name)  # whole, or not there: the server looks at any moment

    def renumber(self, user: str = HOTLINE) -> None:
        """Give every mail of a box a new UID under a new UIDVALIDITY, as a restored or migrated server does."""
        box = self.folder / "mail" / user.partition("@")[0]
        for file in box.glob("dovecot*"):
            file.unlink()
        (box / "dovecot-uidlist").write_text(f"3 V{int(time.time()) + 1000} N1 G{os.urandom(16).hex()}\n")
        self._own(box)

    def clear(self) -> None:
        """Empty every box."""
        self.kick()
        for user in (HOTLINE, CITIZEN):
            with self.box(user) as box:
                box.uid("STORE", "1:*", "+FLAGS", "\\Deleted")
                box.expunge()
                for line in box.list()[1]:
                    name = line.decode().rpartition(" ")[2] if isinstance(line, bytes) else ""
                    if name not in ("", "INBOX"):
                        box.delete(name)

    def kick(self) -> None:
        """End every session of every reader, as a server that restarts does."""
        self._doveadm("kick", "*")

    def _doveadm(self, *command: str) -> None:
        subprocess.run(
            ["doveadm", "-c", str(self.folder / "dovecot.conf"), *command],
            env={"PATH": PATHS}, capture_output=True, check=False, timeout=10,
        )  # fmt: skip

    def _own(self, folder: Path) -> None:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "mail", "mail")


def start(folder: Path) -> MailServers:
    """Start both; skips, or fails under CI, where they cannot be had."""
    if os.geteuid() != 0 or not all(Path(name).exists() for name in ("/usr/sbin/dovecot", "/usr/sbin/postfix")):
        absent(
            "NO DOVECOT AND POSTFIX: the mailbox was not tried against real servers (python -m tests.system, as root)"
        )
    folder.chmod(0o755)
    for name in ("run", "mail", "postfix", "queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "mail", "mail", "mail")
    shutil.chown(folder / "data", "postfix")
    names = ("imap", "imaps", "lmtp", "sasl", "smtp", "submission")
    servers = MailServers(folder, dict(zip(names, _free_ports(len(names)), strict=True)))
    values = {"folder": folder, "password": PASSWORD, **servers.ports}
    _certificate(folder)
    (folder / "dovecot.conf").write_text(DOVECOT.format_map(values))
    (folder / "postfix" / "main.cf").write_text(MAIN.format_map(values))
    (folder / "postfix" / "master.cf").write_text(MASTER.format_map(values))
    for command in (["dovecot", "-c", f"{folder}/dovecot.conf"], ["postfix", "-c", f"{folder}/postfix", "start"]):
        # A file and no pipe: the daemons keep what they are given.
        with (folder / "start.log").open("ab") as told:
            done = subprocess.run(command, env={"PATH": PATHS}, stdout=told, stderr=told, check=False, timeout=60)
        assert done.returncode == 0, "\n".join(log.read_text() for log in folder.glob("*.log"))
    for port in servers.ports.values():
        _listening(port)
    return servers


def stop(servers: MailServers) -> None:
    """End both by the ids they wrote down."""
    subprocess.run(
        ["postfix", "-c", f"{servers.folder}/postfix", "stop"],
        env={"PATH": PATHS}, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int((servers.folder / "run" / "master.pid").read_text()), signal.SIGTERM)


def _certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-keyout", f"{folder}/key.pem",
         "-out", f"{folder}/cert.pem", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-addext", "basicConstraints=critical,CA:TRUE"],
        capture_output=True, check=True,
    )  # fmt: skip


def _free_ports(count: int) -> list[int]:
    taken = [socket.socket() for _ in range(count)]
    try:
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]
    finally:
        for one in taken:
            one.close()


def _listening(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < until, f"nobody listens on {port}"
            time.sleep(0.05)
