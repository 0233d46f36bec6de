"""Whole processes, timed, with the most memory that they or any of their children held."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
EVERY = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True)
class Run:
    """What a process took.

    Attributes:
        seconds: wall clock, from start to exit.
        peak: bytes that it and its children held together at the worst look.
    """

    seconds: float
    peak: int

    @property
    def gib(self) -> float:
        """The peak in GiB."""
        return self.peak / 2**30


def timed(command: list[str], environment: dict[str, str] | None = None) -> Run:
    """Run a command to its end and measure it.

    Raises:
        SystemExit: the command failed; its last words are shown.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    worst = [0]
    watch = threading.Thread(target=_watch, args=(process, worst), daemon=True)
    watch.start()
    said, _ = process.communicate()
    seconds = time.perf_counter() - start
    watch.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{said[-2000:]}")
    return Run(seconds, worst[0])


def python(*arguments: str) -> list[str]:
    """Return the command line of a Python module in this environment."""
    return [sys.executable, "-m", *arguments]


def _watch(process: subprocess.Popen[str], worst: list[int]) -> None:
    while process.poll() is None:
        worst[0] = max(worst[0], sum(_resident(pid) for pid in _family(process.pid)))
        time.sleep(EVERY)


def _family(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    found = [root]
    for pid in found:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:  # it ended between two looks
                continue
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):  # it ended between two looks
        return 0
