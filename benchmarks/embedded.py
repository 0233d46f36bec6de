"""Measure every model on the embedded data against what planners do, and check that sums add up.

    python -m benchmarks.embedded --date 2026-11-22 [--write docs/method.md]

The embedded data are synthetic: what is shown here is that the engine finds what was put in, and
that its intervals hold; the real panels are in `accuracy.py`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from benchmarks import tables
from benchmarks.speed import workspace_with_data
from benchmarks.tables import Check
from forecast.draws import Draws
from forecast.reporting import accuracy
from forecast.reporting.accuracy import Tried
from forecast.versions import plans, training
from forecast.workspace import Workspace

DRAWS = 200
DIFFERENCE = 1e-6


def rows(found: Tried) -> list[list[str]]:
    """Return a model's levels: skill over all horizons and at the longest, with intervals.

    A model that is too short to be judged has a row that says so.
    """
    scores = found.result.scores
    chosen = scores[(scores["method"] == "combination") & (scores["size_class"] == "all")]
    body = []
    for level, part in chosen.groupby("level", sort=False):
        whole = part[part["horizon"] == 0].set_index("metric")
        if "skill_vs_benchmark" not in whole.index:
            continue
        longest = int(part["horizon"].max())
        last = part[part["horizon"] == longest].set_index("metric")
        body.append(
            [
                found.model,
                found.level(str(level)),
                skill(whole),
                f"{longest}",
                skill(last),
                " · ".join(f"{100 * figure(whole, f'coverage{i}'):.0f}" for i in WIDTHS),
                f"{100 * figure(last, 'coverage80'):.0f}",
            ]
        )
    return body or [[found.model, "–", "no origin could be judged", "–", "–", "–", "–"]]


WIDTHS = (50, 80, 95)
HEAD = [
    "model",
    "level",
    "skill, all horizons",
    "longest",
    "skill there",
    "coverage 50 · 80 · 95",
    "80 there",
]


def figure(part: pd.DataFrame, metric: str, column: str = "value") -> float:
    """Return one figure of scores that are indexed by metric."""
    return float(part[column].to_numpy(dtype=np.float64)[part.index == metric][0])


def skill(part: pd.DataFrame) -> str:
    """Return the skill with its interval, and whether there is any."""
    if "skill_vs_benchmark" not in part.index:
        return "not judged"
    ends = ("value", "lower", "upper")
    value, low, high = (figure(part, "skill_vs_benchmark", column) for column in ends)
    if np.isnan(low):
        return f"{value:+.3f}, too few series for an interval"
    word = "better" if low > 0 else "worse" if high < 0 else "none beyond chance"
    return f"{value:+.3f} ({low:+.3f} to {high:+.3f}): {word}"


def coherence(workspace: Workspace, model: str) -> list[Check]:
    """Return the check that a model's totals equal their parts in all draws, if any add up."""
    from forecast.engine import training as engine

    plan = plans.plan(workspace, model, None)
    groups, levels = plan.options.groups, plan.options.levels
    if not levels:
        return []
    fitted, _ = engine.fit(plan.inputs.panel, plan.options, 1)
    draws = fitted.simulate(plan.options.horizon, DRAWS, 1)
    gap = difference(draws, groups, levels)
    return [Check(f"{model}: total − parts, relative", gap, None, DIFFERENCE)]


def difference(draws: Draws, groups: tuple[str, ...], levels: tuple[str, ...]) -> float:
    """Return the largest relative difference of the top from the sum of each level below it."""
    top = draws.sum(groups).values
    found = 0.0
    for depth in range(1, len(levels) + 1):
        middle = draws.sum((*groups, *levels[:depth])).sum(groups).values
        found = max(found, float((np.abs(middle - top) / np.maximum(np.abs(top), 1e-9)).max()))
    return found


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--date", required=True, help="of this run, for the heading")
    parser.add_argument("--write", type=Path, help="page whose bench:embedded part is replaced")
    return parser.parse_args()


def main() -> int:
    """Print skill by model and level, and the check of the sums."""
    asked = arguments()
    body: list[list[str]] = []
    found: list[Check] = []
    with tempfile.TemporaryDirectory() as name:
        workspace = Workspace.at(workspace_with_data(Path(name)))
        for model in tqdm(training.trainable(workspace)[0], disable=None):
            body += rows(accuracy.tried(workspace, model))
            found += coherence(workspace, model)
    text = [tables.markdown(HEAD, body), tables.verdicts(found)]
    return tables.told("embedded", asked, text, found)


if __name__ == "__main__":
    sys.exit(main())
