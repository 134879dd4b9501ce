"""Tencent Cloud's SMS service (sms 2021-01-11): how it is called, what it answers, what it pushes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha1

from channels import phones
from channels.errors import Credential, Later, Never, OptedOut, WindowClosed
from channels.message import Address, Inbound, Kind, Receipt, Stage
from channels.payload import Payload
from channels.sms.arrival import moment, sms_text
from channels.sms.extension import about
from channels.sms.provider import Answer, Call, Message
from channels.sms.settings import HttpSettings
from channels.sms.signing import tc3
from channels.sms.verdicts import Verdict

_AGAIN = Verdict(error=Later)
_SECOND = Verdict(error=Later, after=1.0, whole_account=True)
_TOMORROW = Verdict(error=Later, tomorrow=True)
_NEVER = Verdict(error=Never)
_OPERATOR = Verdict(error=Credential)

# cloud.tencent.com/document/product/382/55981 and the error codes of tencentcloud-sdk-python-sms 3.1.153;
# checked 2026-11-24. LimitExceeded.* that is not about one phone is the account's own ceiling.
VERDICTS: Mapping[str, Verdict] = {
    "InternalError*": _AGAIN,
    "LimitExceeded.DeliveryFrequencyLimit": _SECOND,
    "LimitExceeded.GlobalSmsSendingRateLimit": _SECOND,
    "RequestLimitExceeded*": _SECOND,
    "LimitExceeded.PhoneNumberThirtySecondLimit": Verdict(error=Later, after=30.0),
    "LimitExceeded.PhoneNumberOneHourLimit": Verdict(error=Later, after=3600.0),
    "LimitExceeded.PhoneNumberDailyLimit": _TOMORROW,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": _TOMORROW,
    "LimitExceeded*": _OPERATOR,
    "FailedOperation.InsufficientBalanceInSmsPackage": _OPERATOR,
    "FailedOperation.SignatureIncorrectOrUnapproved": _OPERATOR,
    "FailedOperation.TemplateIncorrectOrUnapproved": _OPERATOR,
    "FailedOperation.TemplateUnapprovedOrNotExist": _OPERATOR,
    "FailedOperation.TemplateIdNotExist": _OPERATOR,
    "FailedOperation.ProhibitSubAccountUse": _OPERATOR,
    "FailedOperation.NotEnterpriseCertification": _OPERATOR,
    "UnauthorizedOperation*": _OPERATOR,
    "AuthFailure*": _OPERATOR,
    "InvalidParameterValue.SdkAppIdNotExist": _OPERATOR,
    "FailedOperation.PhoneNumberInBlacklist": Verdict(error=OptedOut),
    "FailedOperation.MarketingSendTimeConstraint": Verdict(error=WindowClosed),
    "FailedOperation.ContainSensitiveWord": _NEVER,
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": _NEVER,
    "FailedOperation*": _NEVER,
    "InvalidParameter*": _NEVER,
    "MissingParameter*": _NEVER,
    "UnsupportedOperation*": _NEVER,
}
_STAGES = {"SUCCESS": Stage.DELIVERED, "FAIL": Stage.FAILED}
_JSON = "application/json; charset=utf-8"


class Tencent:
    """One Tencent Cloud account (a :class:`channels.sms.provider.Provider`)."""

    accepted = "Ok"
    verdicts = VERDICTS
    probe = thanks = b'{"result":0,"errmsg":"OK"}'
    again = b'{"result":1,"errmsg":"push again"}'

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        self._base = settings.api_base or "https://sms.tencentcloudapi.com"

    def call(self, message: Message, *, now: datetime, nonce: str) -> Call:
        """A JSON body; TC3 needs no ``nonce``."""
        settings = self._settings
        content = {
            "PhoneNumberSet": [phones.international(message.phone)],
            "SmsSdkAppId": settings.app_id,
            "SignName": settings.sign_name,
            "TemplateId": message.template,
            "TemplateParamSet": list(message.variables.values()),
            "SessionContext": message.key,
        }
        if extension := message.extension or settings.reply_extension:
            content["ExtendCode"] = extension
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        host = self._base.partition("://")[2]
        proof = tc3(
            service="sms", host=host, content_type=_JSON, body=body, at=now,
            key_id=settings.access_key_id, secret=settings.access_key_secret.get_secret_value(),
        )  # fmt: skip
        headers = {
            "host": host,
            "content-type": _JSON,
            "x-tc-action": "SendSms",
            "x-tc-version": "2021-01-11",
            "x-tc-timestamp": str(int(now.timestamp())),
            "x-tc-region": settings.region,
            "authorization": proof,
        }
        return Call(url=f"{self._base}/", headers=headers, body=body)

    def answer(self, response: Payload) -> Answer:
        """``Response.Error`` for the whole call, else one status for the one phone, under HTTP 200 either way."""
        inner = response["Response"]
        status = inner.get("Error") or inner["SendStatusSet"][0]
        code = status["Code"].word(limit=128)
        return Answer(code=code, id=status["SerialNo"].word(limit=128) if code == self.accepted else "")

    def is_reply(self, item: Payload) -> bool:
        """A reply has "text", a report "sid"."""
        if item.has("text"):
            return True
        if item.has("sid"):
            return False
        raise item.refuse("is neither a reply nor a report")

    def inbound(self, item: Payload, *, account: str) -> Inbound:
        """A reply. It has no id: phone, second and words stand for one."""
        phone = _phone(item)
        text = sms_text(item["text"])
        time = item["time"]
        to = item.get("extend")
        extension = to.text(limit=32) if to else ""
        return Inbound(
            address=Address("sms", account, phone),
            id=f"{phone}:{time.word(limit=32)}:{sha1(text.encode(), usedforsecurity=False).hexdigest()}",
            sent_at=moment(time),
            kind=Kind.TEXT,
            text=text,
            verified_phone=phone,
            about=about(extension, self._settings),
            extra={"extension": extension} if extension else {},
        )

    def receipt(self, item: Payload, *, account: str) -> Receipt:
        """A report; ``sid`` is the SerialNo the send returned."""
        code = item.get("errmsg")
        at = item.get("user_receive_time")
        return Receipt(
            account=account,
            provider_id=item["sid"].word(limit=128),
            stage=item["report_status"].one_of(_STAGES),
            reason=code.text(limit=128) if code else "",
            at=moment(at) if at else None,
        )


def _phone(item: Payload) -> str:
    country = item.get("nationcode")
    return phones.read(item["mobile"], country=country.word(limit=6).lstrip("+") if country else "")
