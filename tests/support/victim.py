"""A process that trains, promotes and rolls back without end, to be killed at any moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

from forecast import registry
from forecast.errors import RegistryError
from forecast.registry import Decision, Made
from forecast.workspace import Workspace
from support.small_model import SmallModel, small_record

MODEL = "recipients_adults"
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["support.warm"])
_TESTS = str(Path(__file__).parents[1])


def kill_after(root: Path, first: int, seconds: float) -> None:
    """Let a victim work, beginning with one of its three acts, and SIGKILL it."""
    ours, theirs = _CONTEXT.Pipe()
    victim = _CONTEXT.Process(target=_work, args=(root, first, theirs))
    # The process that victims are forked from does not know pytest's path.
    os.environ["PYTHONPATH"] = _TESTS
    victim.start()
    del os.environ["PYTHONPATH"]
    ours.recv()
    time.sleep(seconds)
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    victim.join()
    assert victim.exitcode == -signal.SIGKILL, victim.exitcode


def _work(root: Path, first: int, ready: Connection) -> None:
    workspace = Workspace(root)
    why = Decision(Made("a victim", "2026-05-01T09:00:00"), "to be killed")
    ready.send(True)
    for act in range(first, first + 1000):
        if act % 3 == 0:
            registry.log(workspace, SmallModel(), small_record())
        else:
            try:
                if act % 3 == 1:
                    registry.promote(workspace, MODEL, "challenger", why)
                else:
                    registry.rollback(workspace, MODEL, why)
            except RegistryError:  # there may be no challenger, or no earlier champion, just now
                pass
