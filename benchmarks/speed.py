"""Measure time and memory of whole processes with warm caches, beside statsforecast's.

    python -m benchmarks.speed --date 2026-11-22 [--write docs/method.md] [--jobs 2]

Training all models on the embedded national data, version store included, against statsforecast
cross-validating AutoETS and DynamicOptimizedTheta on the same series and origins; then `forecast
series` on 2,000 and on 20,000 series of 20 points.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import tables
from benchmarks.processes import Run, python, timed
from benchmarks.tables import Check

LEAST = 3  # points that the peer is given before its first origin
ORIGINS = 5
SIZES = (2_000, 20_000)
POINTS, HORIZON = 20, 6


def workspace_with_data(folder: Path) -> Path:
    """Load the embedded data into a new workspace."""
    from forecast.dataroom import intake
    from forecast.workspace import Workspace

    intake.demo(Workspace.at(folder))
    return folder


def export(workspace: Path, folder: Path) -> tuple[int, int]:
    """Write every model's panel for the peer; return how many series it has, and are left out.

    A series gets as many of the five origins as leave it three points; one with none is left out
    on the peer's side only.
    """
    from forecast import inputs, specs
    from forecast.versions import training
    from forecast.workspace import Workspace

    folder.mkdir()
    opened = Workspace.at(workspace)
    kept = dropped = 0
    for name in training.trainable(opened)[0]:
        panel = inputs.build(specs.model(name), opened).panel
        step = 4 if panel.frequency == "Q" else 1
        frame = long(panel.values)
        size = frame.groupby("unique_id")["y"].transform("size")
        windows = ((size - LEAST) // step).clip(0, ORIGINS)
        for count, part in frame.groupby(windows):
            series = int(part["unique_id"].nunique())
            if count == 0:
                dropped += series
                continue
            kept += series
            part.to_parquet(folder / f"{name}-{step}-{step}-{count}.parquet", index=False)
    return kept, dropped


def long(values: np.ndarray) -> pd.DataFrame:
    """Return the observed cells of a panel as unique_id, ds, y."""
    row, column = np.nonzero(np.isfinite(values))
    return pd.DataFrame(
        {"unique_id": [f"{r:05d}" for r in row], "ds": column + 1, "y": values[row, column]}
    )


def training(jobs: int) -> tuple[list[str], list[Check]]:
    """Return the table of both whole processes, and the checks on it."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        workspace = workspace_with_data(root / "workspace")
        kept, dropped = export(workspace, root / "panels")
        place = {"FORECAST_WORKSPACE": str(workspace), "MLFLOW_DISABLE_TELEMETRY": "true"}
        ours = [timed(python("forecast", "train"), place) for _ in range(2)]
        peer = python("benchmarks.peer_cv", str(root / "panels"), "--jobs", str(jobs))
        theirs = [timed(peer) for _ in range(2)]
    mine, other = ours[1], theirs[1]  # the first of each warms the caches
    body = [
        ["forecast train, all models", f"{mine.seconds:.1f}", f"{mine.gib:.2f}"],
        ["statsforecast cross-validation", f"{other.seconds:.1f}", f"{other.gib:.2f}"],
        ["ratio", f"{mine.seconds / other.seconds:.2f}", ""],
    ]
    note = (
        f"{kept} series on both sides; {dropped} more, too short for any origin, on ours only. "
        f"The peer has {jobs} processes."
    )
    found = [
        Check("training ÷ statsforecast", mine.seconds / other.seconds, None, 0.7),
        Check("peak memory of training, GiB", mine.gib, None, 4.0),
    ]
    return [tables.markdown(["process", "seconds", "peak GiB"], body), note], found


def panel_file(size: int, folder: Path) -> Path:
    """Write a panel of random walks with drift, 20 points each."""
    rng = np.random.default_rng(20_26)
    level = rng.lognormal(5, 1, size=(size, 1))
    steps = rng.normal(0.01, 0.08, size=(size, POINTS))
    frame = long(level * np.exp(steps.cumsum(axis=1)))
    file = folder / f"{size}.parquet"
    frame.to_parquet(file, index=False)
    return file


def series_run(size: int, folder: Path) -> Run:
    """Run `forecast series` on a panel of some size, the second of two runs."""
    file, out = panel_file(size, folder), folder / f"{size}-out.parquet"
    command = python("forecast", "series", str(file), "--horizon", str(HORIZON), "--out", str(out))
    return [timed(command) for _ in range(2)][1]


def series() -> tuple[list[str], list[Check]]:
    """Return the table of `forecast series` by size, and the checks on it."""
    with tempfile.TemporaryDirectory() as name:
        runs = {size: series_run(size, Path(name)) for size in (1, *SIZES)}
    start = runs[1].seconds
    net = {size: 1000 * (runs[size].seconds - start) / size for size in SIZES}
    body = [
        [
            f"{size:,}",
            f"{run.seconds:.1f}",
            f"{1000 * run.seconds / size:.2f}",
            f"{net[size]:.2f}" if size in net else "",
            f"{run.gib:.2f}",
        ]
        for size, run in runs.items()
    ]
    ratio = max(net.values()) / min(net.values())
    found = [
        Check("ms a series, larger ÷ smaller, start of the process deducted", ratio, None, 1.3),
        Check("peak memory at 20,000 series, GiB", runs[SIZES[1]].gib, None, 4.0),
    ]
    head = ["series", "seconds", "ms a series", "without start", "peak GiB"]
    return [tables.markdown(head, body)], found


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--date", required=True, help="of this run, for the heading")
    parser.add_argument("--write", type=Path, help="page whose bench:speed part is replaced")
    parser.add_argument("--jobs", type=int, default=2, help="processes of the peer")
    parser.add_argument("--only", choices=["training", "series"], help="one part")
    return parser.parse_args()


def main() -> int:
    """Print both tables; return 1 when a promise is not kept."""
    asked = arguments()
    text: list[str] = []
    found: list[Check] = []
    if asked.only != "series":
        part, checks = training(asked.jobs)
        text, found = [*text, *part], [*found, *checks]
    if asked.only != "training":
        part, checks = series()
        text, found = [*text, *part], [*found, *checks]
    text.append(tables.verdicts(found))
    return tables.told("speed", asked, text, found)


if __name__ == "__main__":
    sys.exit(main())
