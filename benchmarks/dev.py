"""Measure the engine on development origins beside peers, in seconds.

Every held-out year is dropped before anything is cut, so that choices made by these figures leave
the published tables untouched. The peers do not change from run to run: their answers are kept
under --cache, by panel, origin and data hash, and the table says so.

    python -m benchmarks.dev --shared DIR [--panels m1,placements] [--entry FILE.py:FUNCTION]
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import datasets, holdout_sets, metrics, own, peers, scoring
from benchmarks.datasets import Task
from benchmarks.peers import Answer

CACHE = Path.home() / ".cache" / "social-forecast-bench"


def cached(task: Task, name: str, folder: Path) -> Answer:
    """Return a peer's answer from the cache, or compute and keep it."""
    key = f"{task.name}-{task.source.sha256[:12]}-{len(task.ids)}-{name.replace(' ', '_')}"
    file = folder / f"{key}.npz"
    if file.exists():
        with np.load(file, allow_pickle=False) as kept:
            return Answer(kept["values"], float(kept["seconds"]), int(kept["failed"]))
    result = peers.PEERS[name](task, 1)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(file, values=result.values, seconds=result.seconds, failed=result.failed)
    return result


def sampled(task: Task, size: int) -> Task:
    """Return the task with at most `size` series, evenly spread, for slow peers."""
    step = max(1, -(-len(task.ids) // size))
    keep = np.arange(0, len(task.ids), step)
    ids = tuple(task.ids[i] for i in keep)
    return replace(
        task,
        ids=ids,
        history=task.history[task.history["unique_id"].isin(ids)].reset_index(drop=True),
        actual=task.actual[keep],
        last=task.last[keep],
        scale=task.scale[keep],
        lengths=task.lengths[keep],
        clusters=tuple(task.clusters[i] for i in keep),
    )


def table(panel: list[Task], answers: dict[str, list[Answer]]) -> pd.DataFrame:
    """Return one row a method: scores over all of a panel's origins, relative to peers."""
    judged = scoring.scored(panel, answers)
    best = judged.best_peer("pinball")
    rows = {
        name: {
            "owa": judged.owa(name),
            "owa_median": judged.owa(name, "_median"),
            "pinball/best": judged.ratio(name, best, "pinball"),
            "msis/AutoETS": judged.ratio(name, "AutoETS", "msis"),
            **{f"c{i}": 100 * judged.mean(name, f"cover{i}") for i in metrics.INTERVALS},
            "smape": judged.mean(name, "smape"),
            "mase": judged.mean(name, "mase"),
            "ms": judged.milliseconds[name],
        }
        for name in answers
    }
    return pd.DataFrame(rows).T


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--shared", type=Path, required=True, help="folder with benchmark/, panels/"
    )
    parser.add_argument("--panels", default="", help="names to measure, separated by commas")
    parser.add_argument("--entry", default="", help="FILE.py:FUNCTION instead of the engine")
    parser.add_argument("--peers", default=",".join(peers.QUICK))
    parser.add_argument("--cache", type=Path, default=CACHE, help="where peers' answers are kept")
    parser.add_argument("--sample", type=int, default=10**9, help="series a panel and origin")
    parser.add_argument("--plain", action="store_true", help="without groups, levels, exposure")
    parser.add_argument("--no-engine", action="store_true", help="only the peers")
    return parser.parse_args()


def main() -> None:
    """Print one table a panel."""
    asked = arguments()
    tasks = datasets.development_tasks(asked.shared) + holdout_sets.development_tasks()
    tasks = [sampled(task, asked.sample) for task in tasks]
    names = list(dict.fromkeys(task.source.name for task in tasks))
    wanted = asked.panels.split(",") if asked.panels else names
    function = None if asked.no_engine else own.entry(asked.entry)
    print(f"peers from {asked.cache} where kept there; development origins only")
    for name in (n for n in names if n in wanted):
        panel = [task for task in tasks if task.source.name == name]
        answers = {p: [cached(t, p, asked.cache) for t in panel] for p in asked.peers.split(",")}
        if function is not None:
            for variant in own.variants(panel[0])[: 1 if asked.plain else None]:
                answers[variant.name] = [own.answer(t, variant, function) for t in panel]
        sizes = " + ".join(str(len(task.ids)) for task in panel)
        print(f"\n{name}: {sizes} series, horizons {[task.horizon for task in panel]}")
        print(table(panel, answers).round(3).to_string(), flush=True)


if __name__ == "__main__":
    main()
