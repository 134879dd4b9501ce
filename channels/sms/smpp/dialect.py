"""One SMPP 3.4 account: what its PDUs mean, and ours for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from channels import phones
from channels.errors import Malformed, Never, Unknown
from channels.message import Receipt
from channels.sms.line import coding
from channels.sms.line.concat import Place, marked, placed
from channels.sms.line.dialect import Answer, Frame, Piece, Role, Text
from channels.sms.settings import SmppSettings
from channels.sms.smpp import pdu
from channels.sms.smpp.pdu import Command, Sms, Tag
from channels.sms.smpp.receipts import receipt
from channels.sms.smpp.verdicts import PERMANENT, TEMPORARY, VERDICTS, code_of
from channels.sms.verdicts import refused

_ROLES = {
    Command.BIND_TRANSCEIVER | pdu.RESPONSE: Role.ADMISSION,
    Command.SUBMIT_SM | pdu.RESPONSE: Role.VERDICT,
    Command.ENQUIRE_LINK: Role.PING,
    Command.ENQUIRE_LINK | pdu.RESPONSE: Role.PONG,
    Command.DELIVER_SM: Role.ARRIVAL,
    Command.UNBIND: Role.LEAVING,
    Command.UNBIND | pdu.RESPONSE: Role.FAREWELL,
    Command.GENERIC_NACK: Role.REFUSAL,
}
_STATUSES = {Answer.TAKEN: 0, Answer.AGAIN: TEMPORARY, Answer.NEVER: PERMANENT}
_CODINGS = {1: coding.ASCII, 3: coding.LATIN1, 8: coding.UCS2, 15: coding.GBK}
_INTERNATIONAL, _ISDN, _UNKNOWN_TON = 1, 1, 0
_UCS2 = 8
_KIND_OF_MESSAGE = 0x3C
_RECEIPT = 0x04
_INVALID_COMMAND = 0x03


class Smpp:
    """A :class:`channels.sms.line.dialect.Dialect`."""

    head = pdu.HEAD
    last_sequence = pdu.LAST_SEQUENCE
    ends = frozenset({"ESME_RINVBNDSTS"})

    def __init__(self, settings: SmppSettings) -> None:
        self._settings = settings

    def size(self, head: bytes) -> int:
        """command_length."""
        return pdu.head(head)[0]

    def frame(self, raw: bytes) -> Frame:
        """Any PDU."""
        size, command, status, sequence = pdu.head(raw)
        if size != len(raw):
            raise Malformed("command_length is not the length")
        return Frame(_ROLES.get(command, Role.OTHER), command, sequence, status, raw[pdu.HEAD :])

    def hello(self, sequence: int, now: datetime) -> bytes:
        """bind_transceiver."""
        settings = self._settings
        body = pdu.bind(settings.user, settings.password.get_secret_value(), settings.system_type)
        return pdu.pdu(Command.BIND_TRANSCEIVER, sequence, body)

    def admitted(self, frame: Frame) -> None:
        """bind_transceiver_resp."""
        self._refused(frame)

    def ping(self, sequence: int) -> bytes:
        """enquire_link."""
        return pdu.pdu(Command.ENQUIRE_LINK, sequence)

    def bye(self, sequence: int) -> bytes:
        """unbind."""
        return pdu.pdu(Command.UNBIND, sequence)

    def answer(self, frame: Frame, answer: Answer) -> bytes:
        """The response; a request we do not know is refused, a response nobody waits for is let be."""
        if frame.command & pdu.RESPONSE:
            return b""
        if frame.role is Role.OTHER:
            return pdu.pdu(Command.GENERIC_NACK, frame.sequence, status=_INVALID_COMMAND)
        body = b"\x00" if frame.role is Role.ARRIVAL else b""
        return pdu.pdu(frame.command | pdu.RESPONSE, frame.sequence, body, status=_STATUSES[answer])

    def submit(self, sequence: int, text: Text) -> bytes:
        """submit_sm, in UCS-2. Raises Never for a phone no field of it can hold."""
        international = self._settings.numbers == "international"
        destination = phones.international(text.phone).removeprefix("+") if international else text.phone
        sms = Sms(
            source=text.sender or self._settings.sender,
            source_ton=self._settings.sender_ton,
            source_npi=self._settings.sender_npi,
            destination=destination,
            destination_ton=_INTERNATIONAL if international else _UNKNOWN_TON,
            destination_npi=_ISDN,
            registered_delivery=int(text.report),
            data_coding=_UCS2,
            short_message=text.units,
        )
        try:
            return pdu.pdu(Command.SUBMIT_SM, sequence, pdu.write(self._placed(sms, text.place)))
        except ValueError:
            raise Never("the address does not fit the protocol") from None

    def _placed(self, sms: Sms, place: Place | None) -> Sms:
        """One of two ways, as the centre wants it, never both."""
        if place is None:
            return sms
        if self._settings.parts == "sar":
            tlvs: dict[int, bytes] = {
                Tag.SAR_MSG_REF_NUM: place.ref.to_bytes(2, "big"),
                Tag.SAR_TOTAL_SEGMENTS: bytes((place.total,)),
                Tag.SAR_SEGMENT_SEQNUM: bytes((place.number,)),
            }
            return replace(sms, tlvs=tlvs)
        return replace(sms, esm_class=pdu.UDHI, short_message=place.mark() + sms.short_message)

    def verdict(self, frame: Frame) -> str:
        """submit_sm_resp."""
        self._refused(frame)
        try:
            id = pdu.message_id(frame.body)
        except Malformed:
            raise Unknown("the centre took it and gave an id that cannot be read") from None
        return _decimal(id, 16) if self._settings.message_ids == "hex" else id

    def _refused(self, frame: Frame) -> None:
        status = frame.status or (_INVALID_COMMAND if frame.role is Role.REFUSAL else 0)
        if status:
            raise refused(code_of(status), VERDICTS)

    def arrival(self, frame: Frame, *, account: str) -> Piece | Receipt | None:
        """deliver_sm."""
        sms = pdu.read(frame.body)
        kind = sms.esm_class & _KIND_OF_MESSAGE
        if kind == _RECEIPT:
            said = receipt(sms, account=account)
            by_number = self._settings.message_ids == "hex"
            return replace(said, provider_id=_decimal(said.provider_id, 10)) if by_number else said
        if kind:
            return None  # an acknowledgement by the phone or by its user, an intermediate notification
        phone = phones.normal(_with_plus(sms.source) if sms.source_ton == _INTERNATIONAL else sms.source)
        if phone is None:
            raise Malformed("the sender is no phone number")
        octets, place = sms.octets, _sar(sms)
        if sms.esm_class & pdu.UDHI:
            place, octets = marked(octets)
        return Piece(phone=phone, to=sms.destination, coding=self._coding(sms.data_coding), octets=octets, place=place)

    def _coding(self, data_coding: int) -> str:
        if data_coding == 0:
            return self._settings.default_coding
        return _CODINGS.get(data_coding, coding.BINARY)


def _sar(sms: Sms) -> Place | None:
    ref, total, number = (
        int.from_bytes(sms.tlvs.get(tag, b""), "big")
        for tag in (Tag.SAR_MSG_REF_NUM, Tag.SAR_TOTAL_SEGMENTS, Tag.SAR_SEGMENT_SEQNUM)
    )
    return placed(ref, total, number) if total or number else None


def _with_plus(number: str) -> str:
    return number if number.startswith(("+", "00")) else f"+{number}"


def _decimal(id: str, radix: int) -> str:
    """An id as a decimal number without padding; as it is where it is no number."""
    try:
        return str(int(id, radix))
    except ValueError:
        return id
