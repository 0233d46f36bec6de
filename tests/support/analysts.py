"""Two analysts at one store at the same moment, each in a process of their own."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from forecast import registry
from forecast.workspace import Workspace
from support.small_model import SmallModel, small_record

ANALYSTS = 2
_SECONDS = 300


def together(roots: list[Path], server: str = "") -> list[str]:
    """Let each analyst train the same model in each workspace; return what went wrong.

    Args:
        roots: the workspace of each round; one that does not exist is made by both at once.
        server: address of an MLflow server, empty for the store in the workspace.
    """
    context = multiprocessing.get_context("spawn")
    said: Queue[str] = context.Queue()
    barrier = context.Barrier(ANALYSTS)
    workers = [
        context.Process(target=_analyst, args=(n, roots, server, barrier, said))
        for n in range(ANALYSTS)
    ]
    for worker in workers:
        worker.start()
    wrong = [text for _ in range(ANALYSTS * len(roots)) if (text := said.get(timeout=_SECONDS))]
    for worker in workers:
        worker.join(_SECONDS)
    return wrong


def _analyst(
    number: int, roots: list[Path], server: str, barrier: Barrier, said: Queue[str]
) -> None:
    if server:
        os.environ["MLFLOW_TRACKING_URI"] = server
    for round_, root in enumerate(roots):
        barrier.wait(_SECONDS)
        record = small_record(model=f"model_{root.name}", when=f"2026-05-01T09:{round_:02d}:00")
        try:
            registry.log(Workspace(root), SmallModel(), record)
            said.put("")
        except Exception as error:
            said.put(f"analyst {number}, round {round_}: {type(error).__name__}: {error}")
