"""The SMPP account of the tests."""

from __future__ import annotations

SMPP = {
    "provider": "smpp",
    "host": "127.0.0.1",
    "port": 2775,
    "user": "city",
    "password": "a-password",
    "sign_name": "示例市",
    "number": "1065712345",
    "timeout_seconds": 0.5,
    "silence_seconds": 0.3,
}
