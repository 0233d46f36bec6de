"""Run the command as a person would: in a process of its own, in a folder."""

import os
import subprocess
import sys
from pathlib import Path


def forecast(*args: str, cwd: Path, now: str = "2026-05-01") -> "subprocess.CompletedProcess[str]":
    """Run `forecast` with a clock that stands still."""
    environment = {**os.environ, "FORECAST_NOW": now}
    return subprocess.run(
        [sys.executable, "-m", "forecast", *args],
        cwd=cwd, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
