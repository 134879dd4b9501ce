"""Signatures against published samples and the providers' own SDKs."""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from channels.sms.aliyun import Aliyun
from channels.sms.provider import Message
from channels.sms.settings import HttpSettings
from channels.sms.signing import acs3, tc3
from channels.sms.tencent import Tencent

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from alibabacloud_tea_openapi.utils import Utils

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
NONCE = "3156853299f313e23d1673dc12e1703d"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ALIYUN = HttpSettings.model_validate(
    {
        "provider": "aliyun",
        "access_key_id": "testAccessKeyId",
        "access_key_secret": "testAccessKeySecret",
        "sign_name": "示例市",
        "hook_secret": "x" * 24,
    }
)
TENCENT = HttpSettings.model_validate(
    {
        "provider": "tencent",
        "access_key_id": "AKIDEXAMPLE",
        "access_key_secret": "SKEXAMPLE",
        "app_id": "1400006666",
        "sign_name": "示例市",
        "hook_secret": "x" * 24,
    }
)


def message(template: str, **variables: str) -> Message:
    return Message(key="hub-msg-1", phone="13800138000", template=template, variables=variables)


def test_acs3_gives_the_published_sample() -> None:
    """RunInstances, of Aliyun's page on the signature."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": EMPTY,
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": NONCE,
        "x-acs-version": "2014-05-26",
    }
    query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"
    proof = acs3(
        method="POST", query=query, headers=headers, body=b"", key_id="YourAccessKeyId", secret="YourAccessKeySecret"
    )
    assert proof.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_aliyun_call_is_the_recorded_one() -> None:
    call = Aliyun(ALIYUN).call(message("SMS_123456789", no="HUB-2026-000001"), now=NEW_YEAR, nonce=NONCE)
    assert call.url == (
        "https://dysmsapi.aliyuncs.com/?OutId=hub-msg-1&PhoneNumbers=13800138000&SignName=%E7%A4%BA%E4%BE%8B%E5%B8%82"
        "&TemplateCode=SMS_123456789&TemplateParam=%7B%22no%22%3A%22HUB-2026-000001%22%7D"
    )
    assert call.body == b""
    assert call.headers["authorization"] == (
        "ACS3-HMAC-SHA256 Credential=testAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,Signature=a2496aa578beab451e75faec40ce9e462d2bbe807fabd5d952bf91d20feb5bb3"
    )


@given(words=st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_aliyun_signs_as_its_sdk_does(words: str) -> None:
    call = Aliyun(ALIYUN).call(message("SMS_1", text=words), now=NEW_YEAR, nonce=NONCE)
    sdk = SimpleNamespace(
        pathname="/",
        method="POST",
        headers={name: value for name, value in call.headers.items() if name != "authorization"},
        query={
            "PhoneNumbers": "13800138000",
            "SignName": "示例市",
            "TemplateCode": "SMS_1",
            "TemplateParam": json.dumps({"text": words}, ensure_ascii=False, separators=(",", ":")),
            "OutId": "hub-msg-1",
        },
    )
    secret = "testAccessKeySecret"
    wanted = Utils.get_authorization(sdk, "ACS3-HMAC-SHA256", EMPTY, "testAccessKeyId", secret)
    assert call.headers["authorization"] == wanted


def test_tc3_gives_the_published_sample() -> None:
    """DescribeInstances, of Tencent Cloud's page on the signature."""
    body = b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    proof = tc3(
        service="cvm",
        host="cvm.tencentcloudapi.com",
        content_type="application/json; charset=utf-8",
        body=body,
        at=datetime.fromtimestamp(1551113065, UTC),
        key_id="AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        secret="Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    )
    assert proof.endswith("Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168")
    assert "Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, " in proof


def test_tencent_call_is_the_recorded_one() -> None:
    call = Tencent(TENCENT).call(message("1110", **{"1": "HUB-2026-000001"}), now=NEW_YEAR, nonce="")
    assert call.body.decode() == (
        '{"PhoneNumberSet":["+8613800138000"],"SmsSdkAppId":"1400006666","SignName":"示例市","TemplateId":"1110",'
        '"TemplateParamSet":["HUB-2026-000001"],"SessionContext":"hub-msg-1"}'
    )
    assert call.headers["authorization"].endswith(
        "Signature=9525ada30b5e38ebe2201ed220df76c883662e349480913ad5a2152f79f49b96"
    )
    assert call.headers["x-tc-timestamp"] == "1767225600"


def test_tencent_signs_with_the_day_of_utc() -> None:
    beijing_morning = datetime.fromisoformat("2026-01-02T07:59:59+08:00")
    call = Tencent(TENCENT).call(message("1110"), now=beijing_morning, nonce="")
    assert "/2026-01-01/sms/tc3_request" in call.headers["authorization"]
