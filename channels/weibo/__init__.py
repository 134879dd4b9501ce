"""Weibo: citizens write private messages to the city's account and are answered there; public remarks are invited to."""

from channels.adapter import Channel
from channels.weibo.adapter import build
from channels.weibo.capabilities import CAPABILITIES
from channels.weibo.settings import WeiboSettings, ends, missing

CHANNEL = Channel(
    name="weibo",
    title="微博",
    capabilities=CAPABILITIES,
    settings=WeiboSettings,
    build=build,
    missing=missing,
    ends=ends,
)
