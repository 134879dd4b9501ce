"""One CMPP account: what its packets mean, and ours for it."""

from __future__ import annotations

from datetime import datetime

from channels import phones
from channels.errors import Malformed, Never, Unknown
from channels.message import Receipt, Stage
from channels.sms.cmpp import pdu
from channels.sms.cmpp.pdu import Command, Submit, Version
from channels.sms.cmpp.verdicts import ADMISSION, AGAIN, NEVER, VERDICTS
from channels.sms.line import coding
from channels.sms.line.concat import marked
from channels.sms.line.dialect import Answer, Frame, Piece, Role, Text
from channels.sms.provider import BEIJING
from channels.sms.settings import CmppSettings
from channels.sms.verdicts import refused

_ROLES = {
    Command.CONNECT | pdu.RESPONSE: Role.ADMISSION,
    Command.SUBMIT | pdu.RESPONSE: Role.VERDICT,
    Command.ACTIVE_TEST: Role.PING,
    Command.ACTIVE_TEST | pdu.RESPONSE: Role.PONG,
    Command.DELIVER: Role.ARRIVAL,
    Command.TERMINATE: Role.LEAVING,
    Command.TERMINATE | pdu.RESPONSE: Role.FAREWELL,
}
_VERSIONS = {"2.0": Version.V2, "3.0": Version.V3}
_CODINGS = {0: coding.ASCII, 8: coding.UCS2, 15: coding.GBK}
_RESULTS = {Answer.TAKEN: 0, Answer.AGAIN: AGAIN, Answer.NEVER: NEVER}
_MSG_ID = 8
# Any other Stat ("MA:0001", "DB:0141") names the node and the error that kept it from the phone.
_STAGES = {"DELIVRD": Stage.DELIVERED, "ACCEPTD": Stage.ACCEPTED, "UNKNOWN": Stage.ACCEPTED}


class Cmpp:
    """A :class:`channels.sms.line.dialect.Dialect`."""

    head = pdu.HEAD
    last_sequence = pdu.LAST_SEQUENCE
    ends: frozenset[str] = frozenset()

    def __init__(self, settings: CmppSettings) -> None:
        self._settings = settings
        self._version = _VERSIONS[settings.version]

    def size(self, head: bytes) -> int:
        """Total_Length."""
        return pdu.head(head)[0]

    def frame(self, raw: bytes) -> Frame:
        """Any packet."""
        size, command, sequence = pdu.head(raw)
        if size != len(raw):
            raise Malformed("Total_Length is not the length")
        return Frame(_ROLES.get(command, Role.OTHER), command, sequence, body=raw[pdu.HEAD :])

    def hello(self, sequence: int, now: datetime) -> bytes:
        """CONNECT."""
        stamp = now.astimezone(BEIJING).strftime("%m%d%H%M%S")
        secret = self._settings.password.get_secret_value()
        body = pdu.connect(self._settings.user, secret, stamp=stamp, version=self._version)
        return pdu.packet(Command.CONNECT, sequence, body)

    def admitted(self, frame: Frame) -> None:
        """CONNECT_RESP. AuthenticatorISMG is not looked at: many gateways fill it with anything."""
        if status := pdu.result(frame.body, behind=0):
            raise refused(f"connect.{status}", ADMISSION)

    def ping(self, sequence: int) -> bytes:
        """ACTIVE_TEST."""
        return pdu.packet(Command.ACTIVE_TEST, sequence)

    def bye(self, sequence: int) -> bytes:
        """TERMINATE."""
        return pdu.packet(Command.TERMINATE, sequence)

    def answer(self, frame: Frame, answer: Answer) -> bytes:
        """The response. CMPP has no word for a command we do not know."""
        body = b""
        if frame.role is Role.ARRIVAL:
            width = 4 if self._version is Version.V3 else 1
            body = frame.body[:_MSG_ID].ljust(_MSG_ID, b"\x00") + _RESULTS[answer].to_bytes(width, "big")
        elif frame.role is Role.PING:
            body = b"\x00"
        elif frame.role is not Role.LEAVING:
            return b""
        return pdu.packet(frame.command | pdu.RESPONSE, frame.sequence, body)

    def submit(self, sequence: int, text: Text) -> bytes:
        """SUBMIT, in UCS-2. Raises Never for a phone no field of it can hold."""
        settings, place = self._settings, text.place
        one = Submit(
            service_id=settings.service_id,
            sp_id=settings.user,
            fee_type=settings.fee_type,
            fee_code=settings.fee_code,
            source=text.sender or settings.sender,
            phone=text.phone.removeprefix("+"),
            content=text.units if place is None else place.mark() + text.units,
            total=place.total if place else 1,
            number=place.number if place else 1,
            report=text.report,
            udhi=place is not None,
        )
        try:
            return pdu.packet(Command.SUBMIT, sequence, pdu.submit(one, self._version))
        except ValueError:
            raise Never("the address does not fit the protocol") from None

    def verdict(self, frame: Frame) -> str:
        """SUBMIT_RESP."""
        try:
            result = pdu.result(frame.body, behind=_MSG_ID)
        except Malformed:
            raise Unknown("the gateway's answer cannot be read") from None
        if result:
            raise refused(f"submit.{result}", VERDICTS)
        return frame.body[:_MSG_ID].hex()

    def arrival(self, frame: Frame, *, account: str) -> Piece | Receipt | None:
        """DELIVER."""
        one = pdu.deliver(frame.body, self._version)
        if one.report:
            report = pdu.report(one.content)
            stage = _STAGES.get(report.stat, Stage.FAILED)
            return Receipt(account=account, provider_id=report.id, stage=stage, reason=report.stat)
        phone = phones.normal(one.phone)
        if phone is None:
            raise Malformed("the sender is no phone number")
        place, octets = marked(one.content) if one.udhi else (None, one.content)
        kind = _CODINGS.get(one.coding, coding.BINARY)
        return Piece(phone=phone, to=one.to, coding=kind, octets=octets, place=place, id=one.id)
