"""Turns WeChat's events (followed, menu tapped, template delivered) into the house's own; one row an event."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from channels.message import Batch, Event, Inbound, Kind, Receipt, Stage, Trigger
from channels.wechat.arrival import Arrival
from channels.wechat.fields import Fields

_SCENE = "qrscene_"
_MOST_EXTRA = 2048


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What an event is to us, what it does to the reply window, and which element holds its details."""

    event: Event
    trigger: Trigger = Trigger.NONE
    details: str = ""


_OTHER = _Meaning(Event.OTHER)
# Only CLICK and the two scan entries buy a window (customer-service message rules, 2023-06); the photo and location
# entries are followed by an ordinary message that does, and that says all there is to answer.
_MEANINGS: Mapping[str, _Meaning] = MappingProxyType(
    {
        "subscribe": _Meaning(Event.FOLLOWED, Trigger.FOLLOW),
        "unsubscribe": _Meaning(Event.UNFOLLOWED),
        "SCAN": _Meaning(Event.SCANNED, Trigger.SCAN),
        "CLICK": _Meaning(Event.MENU, Trigger.MENU),
        "scancode_push": _Meaning(Event.MENU, Trigger.MENU, "ScanCodeInfo"),
        "scancode_waitmsg": _Meaning(Event.MENU, Trigger.MENU, "ScanCodeInfo"),
        "pic_sysphoto": _OTHER,
        "pic_photo_or_album": _OTHER,
        "pic_weixin": _OTHER,
        "location_select": _Meaning(Event.OTHER, details="SendLocationInfo"),
        "user_enter_session_from_card": _Meaning(Event.OPENED),
        "VIEW": _OTHER,
        "view_miniprogram": _OTHER,
        "user_info_modified": _OTHER,
        "user_authorization_revoke": _OTHER,
        "kf_create_session": _OTHER,
        "kf_close_session": _Meaning(Event.GIVEN_BACK),
        "kf_switch_session": _OTHER,
    }
)
_DETAILS = (
    "MenuId",
    "Ticket",
    "OpenID",
    "RevokeInfo",
    "KfAccount",
    "FromKfAccount",
    "ToKfAccount",
    "ScanType",
    "ScanResult",
    "Location_X",
    "Location_Y",
    "Label",
    "Poiname",
)


_LONGEST_KEY, _KEPT = 200, 120


def read_event(call: Arrival) -> Batch:
    """Read an event of any name; an unknown one is kept as ``Event.OTHER``. Raises :class:`Malformed`."""
    name = call.fields.need("Event")
    return _SPECIAL.get(name, _happening)(call, name)


def _key(call: Arrival, name: str, about: str) -> str:
    """Sender and second, as WeChat advises, and the event and its subject: two events can share a second."""
    key = f"evt:{call.address.peer}:{call.created}:{name}:{about}"
    # A URL as the subject can be longer than any store's key: then its fingerprint stands for it.
    return key if len(key) <= _LONGEST_KEY else f"{key[:_KEPT]}:{hashlib.sha256(key.encode()).hexdigest()}"


def _happening(call: Arrival, name: str) -> Batch:
    meaning = _MEANINGS.get(name, _OTHER)
    subject = call.fields.get("EventKey")
    extra = {"event": name}
    for source in (call.fields, *call.fields.inside(meaning.details)):
        extra |= {detail: source.get(detail)[:_MOST_EXTRA] for detail in _DETAILS if source.get(detail)}
    message = call.inbound(
        Kind.EVENT,
        _key(call, name, subject or call.fields.get("MsgID")),
        text=subject.removeprefix(_SCENE),
        event=meaning.event,
        trigger=meaning.trigger,
        extra=extra,
    )
    return Batch(messages=(message,))


def _ignored(_call: Arrival, name: str) -> Batch:
    return Batch(ignored=(name,))


def _template_sent(call: Arrival, _name: str) -> Batch:
    """The fate of a template message: "success", "failed:user block" or "failed: system failed"."""
    status = call.fields.get("Status")
    stage = Stage.DELIVERED if status == "success" else Stage.FAILED
    reason = "" if stage is Stage.DELIVERED else status[:64]
    message_id = call.fields.need("MsgID")
    return Batch(receipts=(Receipt(call.address.account, message_id, stage, reason, call.sent_at),))


def _subscription_sent(call: Arrival, _name: str) -> Batch:
    """The fate of subscription notices, one list entry each; ErrorCode 0 is delivered."""
    return Batch(
        receipts=tuple(
            _subscription_receipt(call, entry) for entry in call.fields.inside("SubscribeMsgSentEvent", "List")
        )
    )


def _subscription_receipt(call: Arrival, entry: Fields) -> Receipt:
    code = entry.need("ErrorCode")
    stage = Stage.DELIVERED if code == "0" else Stage.FAILED
    reason = "" if stage is Stage.DELIVERED else f"{code} {entry.get('ErrorStatus')}".strip()[:64]
    return Receipt(call.address.account, entry.need("MsgID"), stage, reason, call.sent_at)


_ASKED, _CHANGED = "subscribe_msg_popup_event", "subscribe_msg_change_event"
# Switched on again in the settings gives no send by itself, and an unknown word none either.
_CONSENTS = {
    (_ASKED, "accept"): Event.GRANTED,
    (_ASKED, "reject"): Event.DECLINED,
    (_CHANGED, "reject"): Event.REVOKED,
}
_LISTS = {_ASKED: "SubscribeMsgPopupEvent", _CHANGED: "SubscribeMsgChangeEvent"}


def _consent(call: Arrival, name: str) -> Batch:
    """The citizen gave leave for templates, or none, one list entry each; ``text`` holds the template's id."""
    return Batch(
        messages=tuple(_consent_to_one(call, name, entry) for entry in call.fields.inside(_LISTS[name], "List"))
    )


def _consent_to_one(call: Arrival, name: str, entry: Fields) -> Inbound:
    template, status = entry.need("TemplateId"), entry.get("SubscribeStatusString")
    return call.inbound(
        Kind.EVENT,
        _key(call, name, template),
        text=template,
        event=_CONSENTS.get((name, status), Event.OTHER),
        trigger=Trigger.NONE,
        extra={"event": name, "template_id": template, "status": status[:16]},
    )


_SPECIAL: Mapping[str, Callable[[Arrival, str], Batch]] = MappingProxyType(
    {
        "LOCATION": _ignored,  # where the citizen is, every five seconds while the chat is open: nobody asked for it
        "TEMPLATESENDJOBFINISH": _template_sent,
        "subscribe_msg_sent_event": _subscription_sent,
        _ASKED: _consent,
        _CHANGED: _consent,
    }
)
