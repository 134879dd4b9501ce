"""The two providers' request signatures: Aliyun's ACS3 and Tencent Cloud's TC3, over the bytes that are sent."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256


def acs3(
    *, method: str, query: str, headers: Mapping[str, str], body: bytes, key_id: str, secret: str, path: str = "/"
) -> str:
    """The ``Authorization`` header of ACS3-HMAC-SHA256 (help.aliyun.com, "V3 版本请求体&签名机制").

    ``query`` is sorted and RFC 3986 encoded, as sent; ``headers`` are those to sign, names in lower case.
    """
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    canonical = f"{method}\n{path}\n{query}\n{lines}\n{names}\n{_digest(body)}"
    to_sign = f"ACS3-HMAC-SHA256\n{_digest(canonical.encode())}"
    signature = _hmac(secret.encode(), to_sign).hex()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}"


def tc3(*, service: str, host: str, content_type: str, body: bytes, at: datetime, key_id: str, secret: str) -> str:
    """The ``Authorization`` header of TC3-HMAC-SHA256 (cloud.tencent.com/document/api/382/52072), POST to ``/``.

    ``content_type`` must be the header's value to the letter. A clock more than five minutes off is refused.
    """
    day = at.astimezone(UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{service}/tc3_request"
    canonical = f"POST\n/\n\ncontent-type:{content_type}\nhost:{host}\n\ncontent-type;host\n{_digest(body)}"
    to_sign = f"TC3-HMAC-SHA256\n{int(at.timestamp())}\n{scope}\n{_digest(canonical.encode())}"
    key = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        key = _hmac(key, part)
    signature = _hmac(key, to_sign).hex()
    return f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders=content-type;host, Signature={signature}"


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
