"""The hub's signature is the published one."""

from channels.signature import signature


def test_the_published_vector() -> None:
    """``hub_webhook`` of the protocol facts."""
    body = '{"id":"evt_1","text":"路灯坏了"}'.encode()
    made = signature("hub-secret", ts="1767225600", body=body)
    assert made == "v1=6dfb41cc95573b6febcd810c396f8f60eb79f56dfa1c92e07e33abb360c76c60"
