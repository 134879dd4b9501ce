"""Aliyun's SMS service (短信服务, dysmsapi 2017-05-25): how it is called, what it answers, what it pushes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha1, sha256
from urllib.parse import quote

from channels import phones
from channels.errors import Credential, Later, Never
from channels.message import Address, Inbound, Kind, Receipt, Stage
from channels.payload import Payload
from channels.sms.arrival import moment, sms_text
from channels.sms.extension import about
from channels.sms.provider import Answer, Call, Message
from channels.sms.settings import HttpSettings
from channels.sms.signing import acs3
from channels.sms.verdicts import Verdict

_AGAIN = Verdict(error=Later)
_NEVER = Verdict(error=Never)
_OPERATOR = Verdict(error=Credential)

# help.aliyun.com/zh/sms/developer-reference/api-error-codes and document_detail/101346; checked 2026-11-24.
VERDICTS: Mapping[str, Verdict] = {
    "isp.SYSTEM_ERROR": _AGAIN,
    "isp.GATEWAY_ERROR": _AGAIN,
    "InternalError": _AGAIN,
    "ServiceUnavailable": _AGAIN,
    "isv.BUSINESS_LIMIT_CONTROL": Verdict(error=Later, in_words=True),
    "Throttling*": Verdict(error=Later, after=1.0, whole_account=True),
    "isv.DAY_LIMIT_CONTROL": _OPERATOR,  # the limit the operator set for the account, per day and per month
    "isv.MONTH_LIMIT_CONTROL": _OPERATOR,
    "isv.AMOUNT_NOT_ENOUGH": _OPERATOR,
    "isv.OUT_OF_SERVICE": _OPERATOR,
    "isv.PRODUCT_UN_SUBSCRIPT": _OPERATOR,
    "isv.ACCOUNT_*": _OPERATOR,
    "isp.RAM_PERMISSION_DENY": _OPERATOR,
    "SignatureDoesNotMatch": _OPERATOR,
    "IncompleteSignature": _OPERATOR,
    "InvalidTimeStamp*": _OPERATOR,
    "InvalidAccessKeyId*": _OPERATOR,
    "Forbidden*": _OPERATOR,
    "isv.SMS_SIGNATURE_ILLEGAL": _OPERATOR,
    "isv.SMS_TEMPLATE_ILLEGAL": _OPERATOR,
    "isv.MOBILE_NUMBER_ILLEGAL": _NEVER,
    "isv.INVALID_PARAMETERS": _NEVER,
    "isv.TEMPLATE_MISSING_PARAMETERS": _NEVER,
    "isv.PARAM_LENGTH_LIMIT": _NEVER,
    "isv.BLACK_KEY_CONTROL_LIMIT": _NEVER,
    "isv.PARAM_NOT_SUPPORT_URL": _NEVER,
    "isv.INVALID_JSON_PARAM": _NEVER,
}


class Aliyun:
    """One Aliyun account (a :class:`channels.sms.provider.Provider`)."""

    accepted = "OK"
    verdicts = VERDICTS
    probe = '{"code":0,"msg":"成功"}'.encode()
    thanks = '{"code":0,"msg":"接收成功"}'.encode()
    again = '{"code":1,"msg":"请重新推送"}'.encode()

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        self._base = settings.api_base or "https://dysmsapi.aliyuncs.com"

    def call(self, message: Message, *, now: datetime, nonce: str) -> Call:
        """RPC style: everything in the query, no body."""
        settings = self._settings
        params = {
            "PhoneNumbers": message.phone.removeprefix("+"),
            "SignName": settings.sign_name,
            "TemplateCode": message.template,
            "TemplateParam": json.dumps(dict(message.variables), ensure_ascii=False, separators=(",", ":")),
            "OutId": message.key,
        }
        if extension := message.extension or settings.reply_extension:
            params["SmsUpExtendCode"] = extension
        query = "&".join(f"{_quoted(name)}={_quoted(params[name])}" for name in sorted(params))
        headers = {
            "host": self._base.partition("://")[2],
            "x-acs-action": "SendSms",
            "x-acs-content-sha256": sha256(b"").hexdigest(),
            "x-acs-date": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": nonce,
            "x-acs-version": "2017-05-25",
        }
        secret = settings.access_key_secret.get_secret_value()
        proof = acs3(
            method="POST", query=query, headers=headers, body=b"", key_id=settings.access_key_id, secret=secret
        )
        return Call(url=f"{self._base}/?{query}", headers={**headers, "authorization": proof}, body=b"")

    def answer(self, response: Payload) -> Answer:
        """``{"Code":"OK","Message":"OK","BizId":"…"}``."""
        code = response["Code"].word(limit=128)
        words = response.get("Message")
        return Answer(
            code=code,
            id=response["BizId"].word(limit=128) if code == self.accepted else "",
            words=words.text(limit=2000) if words else "",
        )

    def is_reply(self, item: Payload) -> bool:
        """SmsUp has "content", SmsReport "biz_id"."""
        if item.has("content"):
            return True
        if item.has("biz_id"):
            return False
        raise item.refuse("is neither a reply nor a report")

    def inbound(self, item: Payload, *, account: str) -> Inbound:
        """SmsUp; its sequence_id, a text or a number, is the dedupe key."""
        phone = phones.read(item["phone_number"])
        text = sms_text(item["content"])
        sent = item["send_time"]
        serial = item.get("sequence_id")
        fallback = f"{phone}:{sent.word(limit=32)}:{sha1(text.encode(), usedforsecurity=False).hexdigest()}"
        to = item.get("dest_code")
        extension = to.word(limit=32) if to else ""
        return Inbound(
            address=Address("sms", account, phone),
            id=serial.word(limit=64) if serial else fallback,
            sent_at=moment(sent),
            kind=Kind.TEXT,
            text=text,
            verified_phone=phone,
            about=about(extension, self._settings),
            extra={"extension": extension} if extension else {},
        )

    def receipt(self, item: Payload, *, account: str) -> Receipt:
        """SmsReport; ``biz_id`` is what the send returned."""
        arrived = item["success"].flag()
        code = item.get("err_code")
        at = item.get("report_time")
        return Receipt(
            account=account,
            provider_id=item["biz_id"].word(limit=128),
            stage=Stage.DELIVERED if arrived else Stage.FAILED,
            reason=code.text(limit=128) if code else "",
            at=moment(at) if at else None,
        )


def _quoted(text: str) -> str:
    return quote(text, safe="~")
