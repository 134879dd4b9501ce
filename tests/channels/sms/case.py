"""What the contract suite asks with: an account at each provider, their way of calling, and their error codes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from channels.adapter import Pollable, Request
from channels.errors import Credential, Later, Never, OptedOut, SendError, WindowClosed
from channels.message import Address, Notice, Outbound, Say
from channels.sms import aliyun, tencent
from channels.sms.cmpp import verdicts as cmpp
from channels.sms.smpp import verdicts as smpp
from tests.channels.contract.case import NOW, Case, Proof
from tests.channels.sms.gateway import CMPP, peers
from tests.channels.sms.peer import KEY_ID, SECRET, AliyunPeer, TencentPeer, playing
from tests.channels.sms.smsc import centre
from tests.channels.sms.smsc_settings import SMPP

HOOK_SECRET = "kR7wq2_Zt9-mB4xY8vN3cL6p"
ALIYUN = {
    "provider": "aliyun",
    "access_key_id": KEY_ID,
    "access_key_secret": SECRET,
    "sign_name": "示例市",
    "hook_secret": HOOK_SECRET,
    "reply_extension": "12",
    "templates": {
        "ticket.accepted": {"id": "SMS_123456789", "params": {"no": "number", "unit": "unit"}},
        "reply": {"id": "SMS_987654321", "params": {"content": "text"}},
    },
}
TENCENT = {
    **ALIYUN,
    "provider": "tencent",
    "app_id": "1400006666",
    "templates": {
        "ticket.accepted": {"id": "1110", "params": {"1": "number", "2": "unit"}},
        "reply": {"id": "1111", "params": {"1": "text"}},
    },
}
ACCEPTED = Outbound(
    key="hub-msg-1",
    address=Address("sms", "city", "13800138000"),
    body=Notice("ticket.accepted", {"number": "26010100001", "unit": "市城市管理局"}),
    route="template",
)

# The error lists of help.aliyun.com and of tencentcloud-sdk-python-sms, and what protocols ask to do about each.
_ALIYUN_CODES: Mapping[type[SendError], str] = {
    Later: "isp.SYSTEM_ERROR isp.GATEWAY_ERROR InternalError ServiceUnavailable isv.BUSINESS_LIMIT_CONTROL Throttling "
    "Throttling.User Throttling.Api",
    Credential: "isv.AMOUNT_NOT_ENOUGH isv.OUT_OF_SERVICE isv.PRODUCT_UN_SUBSCRIPT isv.ACCOUNT_NOT_EXISTS isv.ACCOUNT_ABNORMAL "
    "isp.RAM_PERMISSION_DENY SignatureDoesNotMatch IncompleteSignature InvalidAccessKeyId InvalidAccessKeyId.NotFound "
    "InvalidTimeStamp.Expired Forbidden.RAM isv.SMS_SIGNATURE_ILLEGAL isv.SMS_TEMPLATE_ILLEGAL isv.DAY_LIMIT_CONTROL "
    "isv.MONTH_LIMIT_CONTROL",
    Never: "isv.MOBILE_NUMBER_ILLEGAL isv.INVALID_PARAMETERS isv.TEMPLATE_MISSING_PARAMETERS isv.PARAM_LENGTH_LIMIT "
    "isv.BLACK_KEY_CONTROL_LIMIT isv.PARAM_NOT_SUPPORT_URL isv.INVALID_JSON_PARAM isv.SOMETHING_NEW",
}
_TENCENT_CODES: Mapping[type[SendError], str] = {
    Later: "InternalError.OtherError InternalError.Timeout InternalError RequestLimitExceeded "
    "RequestLimitExceeded.UinLimitExceeded LimitExceeded.DeliveryFrequencyLimit LimitExceeded.GlobalSmsSendingRateLimit "
    "LimitExceeded.PhoneNumberThirtySecondLimit LimitExceeded.PhoneNumberOneHourLimit "
    "LimitExceeded.PhoneNumberDailyLimit LimitExceeded.PhoneNumberSameContentDailyLimit",
    Credential: "LimitExceeded.AppDailyLimit LimitExceeded.AppMainlandChinaDailyLimit LimitExceeded.DailyLimit "
    "FailedOperation.InsufficientBalanceInSmsPackage FailedOperation.SignatureIncorrectOrUnapproved "
    "FailedOperation.TemplateIncorrectOrUnapproved FailedOperation.TemplateUnapprovedOrNotExist "
    "FailedOperation.TemplateIdNotExist FailedOperation.ProhibitSubAccountUse FailedOperation.NotEnterpriseCertification "
    "UnauthorizedOperation.RequestIpNotInWhitelist UnauthorizedOperation.ServiceSuspendDueToArrears "
    "AuthFailure.SignatureFailure AuthFailure.SecretIdNotFound InvalidParameterValue.SdkAppIdNotExist",
    OptedOut: "FailedOperation.PhoneNumberInBlacklist",
    WindowClosed: "FailedOperation.MarketingSendTimeConstraint",
    Never: "FailedOperation.ContainSensitiveWord FailedOperation.TemplateParamSetNotMatchApprovedTemplate "
    "FailedOperation.FailResolvePacket InvalidParameterValue.IncorrectPhoneNumber InvalidParameterValue.ContentLengthLimit "
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter InvalidParameterValue.MarketingTemplateWithoutUnsubscribe "
    "MissingParameter.EmptyPhoneNumberSet UnsupportedOperation.ContainDomesticPhoneNumber Something.New",
}
# SMPP v3.4 issue 1.2, table 5-2; the last is a status of one centre's own.
_SMPP_CODES: Mapping[type[SendError], str] = {
    Later: "ESME_RTHROTTLED ESME_RMSGQFUL ESME_RSYSERR ESME_RSUBMITFAIL ESME_RX_T_APPN ESME_RUNKNOWNERR ESME_RINVBNDSTS "
    "ESME_RALYBND",
    Credential: "ESME_RBINDFAIL ESME_RINVPASWD ESME_RINVSYSID ESME_RINVSYSTYP ESME_RINVSERTYP ESME_RINVSRCADR "
    "ESME_RINVSRCTON ESME_RINVSRCNPI",
    Never: "ESME_RINVDSTADR ESME_RINVDSTTON ESME_RINVDSTNPI ESME_RINVMSGLEN ESME_RINVCMDLEN ESME_RINVCMDID "
    "ESME_RINVESMCLASS ESME_RX_P_APPN ESME_RX_R_APPN ESME_RMISSINGOPTPARAM ESME_RINVOPTPARAMVAL "
    "ESME_RDELIVERYFAILURE 0x00000409",
}
# QB-GF-028-2003, table of SUBMIT_RESP; the last is a result of one gateway's own.
_CMPP_CODES: Mapping[type[SendError], str] = {
    Later: "submit.3 submit.8",
    Credential: "submit.5 submit.7 submit.9 submit.10 submit.11 submit.12",
    Never: "submit.1 submit.2 submit.4 submit.6 submit.13 submit.27",
}
SPOKEN = Outbound(key="hub-msg-2", address=Address("sms", "city", "13800138000"), body=Say("您的诉求已受理"))


def pushed(name: str, body: bytes) -> Request:
    """A push to our secret address: "reply…" or "report…", as the sample is named."""
    kind = "report" if name.startswith("report") else "reply"
    return Request(
        method="POST",
        query={},
        headers={},
        body=body,
        received_at=NOW,
        tail=f"{HOOK_SECRET}/{kind}",
        remote="127.0.0.1",
    )


def _by_code(codes: Mapping[type[SendError], str]) -> dict[str, type[SendError]]:
    return {code: error for error, listed in codes.items() for code in listed.split()}


_COMMON = {"access_key_id", "access_key_secret", "sign_name", "hook_secret", "provider"}

CASES = (
    Case(
        name="aliyun",
        settings=ALIYUN,
        secrets={"access_key_secret", "hook_secret"},
        required=_COMMON,
        samples="aliyun",
        signed=pushed,
        proof=Proof.SECRET_PATH,
        outbound=ACCEPTED,
        peer=partial(playing, AliyunPeer),
        codes=_by_code(_ALIYUN_CODES),
        error_table=aliyun.VERDICTS,
    ),
    Case(
        name="tencent",
        settings=TENCENT,
        secrets={"access_key_secret", "hook_secret"},
        required=_COMMON | {"app_id"},
        samples="tencent",
        signed=pushed,
        proof=Proof.SECRET_PATH,
        outbound=ACCEPTED,
        peer=partial(playing, TencentPeer),
        codes=_by_code(_TENCENT_CODES),
        error_table=tencent.VERDICTS,
    ),
    Case(
        name="smpp",
        settings=SMPP,
        secrets={"password"},
        required={"provider", "host", "port", "user", "password", "sign_name", "number"},
        speaks=(Pollable,),
        samples="smpp",
        outbound=SPOKEN,
        peer=centre,
        away=lambda port: {"port": port},
        codes=_by_code(_SMPP_CODES),
        error_table=smpp.VERDICTS,
    ),
    *(
        Case(
            name=f"cmpp-{version}",
            settings={**CMPP, "version": version},
            secrets={"password"},
            required={"provider", "host", "port", "user", "password", "sign_name", "number"},
            speaks=(Pollable,),
            samples=f"cmpp-{version}",
            outbound=SPOKEN,
            peer=peer,
            away=lambda port: {"port": port},
            codes=_by_code(_CMPP_CODES),
            error_table=cmpp.VERDICTS,
        )
        for version, peer in peers.items()
    ),
)
