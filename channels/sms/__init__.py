"""SMS: over a provider's HTTP interface by registered templates, or over a line to a gateway in any words."""

from channels.adapter import Channel
from channels.capabilities import Capabilities, Rate, Route, Unit
from channels.sms.building import build
from channels.sms.settings import SmsSettings, missing

CHANNEL = Channel(
    name="sms",
    title="短信",
    capabilities=Capabilities(
        text_limit=500,  # signature and template included; a template's variable is much shorter: its ``limit``
        text_unit=Unit.UTF16_UNITS,
        routes=(Route.DIRECT, Route.TEMPLATE),  # DIRECT needs templates.reply; ``missing`` says so
        segments=True,
        receipts=True,
        idempotent=False,  # OutId and SessionContext are echoed, a repeat is sent again
        rate=Rate(per_second=20.0, burst=20),  # ours, far below either provider's ceiling
        phone_addressed=True,
        checked="2026-11-24",
        source="help.aliyun.com/zh/sms 短信模板规范; cloud.tencent.com/document/product/382",
    ),
    settings=SmsSettings,
    build=build,
    missing=missing,
)
