"""Measure 98 budget reports in four formats from one projection: wall time, processor, memory.

    python -m benchmarks.reports [--workspace DIR] [--jobs 2] [--date 2026-11-22] [--write PAGE]

Without a workspace the demonstration is made first, which is not measured. The wall time counts
only on a machine that does nothing else, so the processor time stands beside it.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from pathlib import Path

from benchmarks import tables
from benchmarks.processes import Run, python, timed
from benchmarks.tables import Check

FORMATS = ("html", "xlsx", "pdf", "docx")
MINUTES, GIB = 3.0, 3.0


def written(workspace: Path, out: Path, jobs: int) -> tuple[Run, float]:
    """Write the reports of all municipalities; return the run and its processor seconds."""
    command = python("forecast", "report", "budget", "--all-municipalities", "--bundle", "latest")
    command += ["--format", ",".join(FORMATS), "--jobs", str(jobs)]
    command += ["--workspace", str(workspace), "--out", str(out)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = timed(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return run, used


def measured(workspace: Path, jobs: int) -> tuple[list[str], list[Check]]:
    """Return the table and the checks on it."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        run, used = written(workspace, out, jobs)
        counts = {f: len(list(out.glob(f"budget-???-*.{f}"))) for f in FORMATS}
        size = sum(path.stat().st_size for path in out.iterdir()) / 2**20
    number = sum(counts.values())
    body = [
        [
            f"{number} files, {size:.0f} MiB",
            f"{run.seconds:.0f}",
            f"{used:.0f}",
            f"{used / max(counts['html'], 1):.2f}",
            f"{run.gib:.2f}",
        ]
    ]
    head = ["98 budget reports", "seconds", "processor seconds", "a report", "peak GiB"]
    found = [
        Check("files written", float(number), 98.0 * len(FORMATS), 98.0 * len(FORMATS)),
        Check("minutes", run.seconds / 60, None, MINUTES),
        Check("peak memory of all processes, GiB", run.gib, None, GIB),
    ]
    return [tables.markdown(head, body), f"{jobs} processes."], found


def demonstration(folder: Path) -> Path:
    """Make the demonstration in a folder and return its workspace."""
    timed(python("forecast", "demo", "--out", str(folder)), {"FORECAST_NOW": "2026-05-01"})
    return folder / "workspace"


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--workspace", type=Path, help="one that holds a projection")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--date", default="", help="of this run, for the heading")
    parser.add_argument("--write", type=Path, help="page whose bench:reports part is replaced")
    return parser.parse_args()


def main() -> int:
    """Print the table; return 1 when a promise is not kept."""
    asked = arguments()
    with tempfile.TemporaryDirectory() as name:
        workspace = asked.workspace or demonstration(Path(name))
        text, found = measured(workspace, asked.jobs)
    text.append(tables.verdicts(found))
    return tables.told("reports", asked, text, found)


if __name__ == "__main__":
    sys.exit(main())
