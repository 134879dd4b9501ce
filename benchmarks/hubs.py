"""The hub as a benchmark runs it: one WeChat account in safe mode, a database of its own, as many entries as wanted."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.servers import ROOT, free_port
from benchmarks.workload import AES_KEY, APP_ID, TOKEN, entries

PATH = "/hooks/wechat/city"


def prepare(folder: Path, url: str, *, knowledge: int = 0) -> tuple[list[str], int, Mapping[str, str]]:
    """Write the settings, migrate, import ``knowledge`` made-up entries; the command, the port, the environment."""
    port = free_port()
    config = folder / f"minsheng-{port}.toml"
    config.write_text(
        f"""
[web]
port = {port}
[store]
url = "{url}"
[files]
folder = "{folder}/attachments"
[log]
level = "warning"
[channels.wechat.city]
app_id = "{APP_ID}"
app_secret = "benchmark"
token = "{TOKEN}"
aes_key = "{AES_KEY}"
api_base = "http://127.0.0.1:9"
""",
        "utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MINSHENG_CONFIG": str(config)}
    command = [sys.executable, "-m", "bot"]
    subprocess.run([*command, "migrate"], env=environment, cwd=folder, check=True, capture_output=True)
    if knowledge:
        sheet = folder / "kb.csv"
        with sheet.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["编号", "标题", "相似问", "答案", "依据", "责任单位", "分类", "核验日期"])
            for number, (question, similar, answer, source, unit, category) in enumerate(entries(knowledge)):
                writer.writerow([f"B-{number}", question, similar, answer, source, unit, category, "2026-01-01"])
        subprocess.run(
            [*command, "import", "kb", str(sheet)], env=environment, cwd=folder, check=True, capture_output=True
        )
    return [*command, "run"], port, environment
