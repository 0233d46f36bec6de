"""Measure what groups, levels and exposure bring, and whether national sums keep their promise.

    python -m benchmarks.levels --shared DIR --date 2026-11-22 [--write docs/method.md]

The future's exposure is projected from what was known at the origin, never taken from the test
years. The national sums are the engine's own, from coherent draws.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import datasets, metrics, own, scoring, tables
from benchmarks.datasets import Task
from benchmarks.metrics import INTERVALS, LEVELS, Floats
from benchmarks.peers import PEERS, Answer
from benchmarks.tables import Check


def compared(tasks: list[Task]) -> list[str]:
    """Return the table of the engine's variants, each with its ratio to the one told nothing."""
    function = own.entry()
    answers: dict[str, list[Answer]] = {"naive": [PEERS["naive"](task, 1) for task in tasks]}
    for variant in own.variants(tasks[0]):
        answers[variant.name] = [own.answer(task, variant, function) for task in tasks]
    judged = scoring.scored(tasks, answers)
    body = []
    for name in list(answers)[1:]:
        low, high = judged.ratio_interval(name, scoring.OURS, "pinball")
        ratio = judged.ratio(name, scoring.OURS, "pinball")
        body.append(
            [
                name,
                f"{judged.owa(name):.3f}",
                f"{judged.owa(name, '_median'):.3f}",
                f"{ratio:.3f} ({low:.3f}–{high:.3f})",
                f"{judged.ratio(name, scoring.OURS, 'msis'):.3f}",
                " · ".join(f"{100 * judged.mean(name, f'cover{i}'):.0f}" for i in INTERVALS),
            ]
        )
    head = ["variant", "OWA", "OWA of the median", "pinball ÷ plain", "MSIS ÷ plain", "coverage"]
    return [tables.markdown(head, body)]


def sums(task: Task, variant: own.Variant) -> pd.DataFrame:
    """Return category, horizon, actual, and the quantiles of the engine's sums over all areas."""
    out = own.asked(task, variant, own.entry())
    group = task.source.groups[0]
    first = task.history.drop_duplicates("unique_id").set_index("unique_id").loc[list(task.ids)]
    rows = []
    for category, members in first.groupby(group).groups.items():
        row = pd.Index(task.ids).get_indexer(pd.Index(members))
        total = out[out["unique_id"] == f"{group}={category}"]
        last = int(task.last[row].max())
        for step in range(1, task.horizon + 1):
            cells = total[total["ds"].astype(int) == last + step]
            found = {round(q, 3): v for q, v in zip(cells["quantile"], cells["value"], strict=True)}
            rows.append(
                {
                    "category": category,
                    "horizon": step,
                    "actual": task.actual[row, step - 1].sum(),
                    **{str(level): found[level] for level in LEVELS},
                }
            )
    return pd.DataFrame(rows)


def covered(frame: pd.DataFrame, interval: int) -> Floats:
    """Return 1 where the interval of a sum held what happened (n,)."""
    low, high = (frame[str(level)].to_numpy(dtype=np.float64) for level in INTERVALS[interval])
    actual = frame["actual"].to_numpy(dtype=np.float64)
    return np.where((actual >= low) & (actual <= high), 1.0, 0.0)


def pooled_interval(inside: Floats, clusters: list[str]) -> tuple[float, float]:
    """Return the bootstrap interval of a share, whole clusters resampled."""
    return metrics.bootstrap(lambda w: float((w * inside).sum() / w.sum()), clusters, seed=1)


def national(tasks: list[Task]) -> tuple[list[str], list[Check]]:
    """Return the coverage of national sums by category, pooled, with its uncertainty."""
    parts = [sums(task, own.LEVELLED).assign(origin=str(task.back)) for task in tasks]
    frame = pd.concat(parts, ignore_index=True)
    body, found = [], []
    for interval in INTERVALS:
        inside = covered(frame, interval)
        bands = [pooled_interval(inside, list(frame[by])) for by in ("category", "origin")]
        low, high = min(b[0] for b in bands), max(b[1] for b in bands)
        by_step = " · ".join(
            f"{100 * inside[frame['horizon'] == h].mean():.0f}" for h in range(1, 4)
        )
        body.append(
            [
                f"{interval} %",
                f"{100 * inside.mean():.0f} ({100 * low:.0f}–{100 * high:.0f})",
                by_step,
                str(len(inside)),
            ]
        )
        if interval == 80:
            found.append(Check("lower end of the 80 % interval's coverage", 100 * low, None, 80))
            found.append(Check("its upper end", 100 * high, 80, 100))
    head = ["interval of national sums", "coverage (95 % interval)", "by horizon", "cells"]
    note = (
        "The coverage's own interval resamples whole categories and whole origins; the wider of "
        "the two is shown, since categories of one year share its shocks."
    )
    return [tables.markdown(head, body), note, tables.verdicts(found)], found


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, help="folder with benchmark/")
    parser.add_argument("--date", required=True, help="of this run, for the heading")
    parser.add_argument("--write", type=Path, help="page whose bench:levels part is replaced")
    parser.add_argument("--development", action="store_true", help="earlier origins only")
    return parser.parse_args()


def main() -> int:
    """Print both tables; return 1 when the promise is not kept."""
    asked = arguments()
    if asked.shared is None or not (asked.shared / "benchmark").is_dir():
        print("levels: skipped, no benchmark panels (give --shared DIR)", file=sys.stderr)
        return 0
    if asked.development:
        every = datasets.development_tasks(asked.shared)
        tasks = [task for task in every if task.source.name == "placements"]
    else:
        tasks = datasets.final_tasks(datasets.placements(asked.shared))
    pooled, found = national(tasks)
    text = [*compared(tasks), *pooled]
    return tables.told("levels", asked, text, found)


if __name__ == "__main__":
    sys.exit(main())
