"""WeChat official account: citizens write to the city's 公众号 and are answered there."""

from channels.adapter import Channel
from channels.wechat.adapter import build
from channels.wechat.capabilities import CAPABILITIES
from channels.wechat.settings import WeChatSettings, missing

CHANNEL = Channel(
    name="wechat",
    title="微信公众号",
    capabilities=CAPABILITIES,
    settings=WeChatSettings,
    build=build,
    missing=missing,
)
