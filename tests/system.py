"""Finds what the tests need beyond Python, and installs what is missing where it may (Debian, as root).

A thing that is neither here nor installable is named loudly; the tests that need it skip with the same words, or fail
where CI is set.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

NEEDED: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    # what: (any of these paths or programs, Debian packages)
    "Chromium": (("chromium", "chromium-browser", "google-chrome"), ("chromium",)),
    "Chinese fonts": (
        ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",),
        ("fonts-noto-cjk", "fonts-noto-color-emoji"),
    ),
    "Dovecot": (("/usr/sbin/dovecot",), ("dovecot-imapd", "dovecot-lmtpd")),
    "Postfix": (("/usr/sbin/postfix",), ("postfix",)),
    "Node.js": (("node",), ("nodejs",)),
    "npm": (("npm",), ("npm",)),
}


def there(names: Sequence[str]) -> bool:
    """Whether any of these programs or files is here."""
    return any(Path(name).exists() if name.startswith("/") else shutil.which(name) for name in names)


def main() -> int:
    """Install what is missing; never fails: a test that cannot run says so itself."""
    missing = {what: packages for what, (names, packages) in NEEDED.items() if not there(names)}
    if not missing:
        return 0
    packages = [package for some in missing.values() for package in some]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        _no_daemons()
        for command in (
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-yq", "--no-install-recommends", *packages],
        ):
            subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)
    for what, (names, _) in NEEDED.items():
        if not there(names):
            print(
                f"NOT HERE AND NOT INSTALLABLE: {what}; the tests that need it skip, or fail under CI", file=sys.stderr
            )
    return 0


def _no_daemons() -> None:
    """Debian starts what it installs unless it is told not to: the tests start their own."""
    told = Path("/usr/sbin/policy-rc.d")
    if not told.exists():
        told.write_text("#!/bin/sh\nexit 101\n")
        told.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
