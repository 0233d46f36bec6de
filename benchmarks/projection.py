"""How long a projection of all of Denmark takes, and how much memory it needs.

98 municipalities, all services, budget year and three out-years, 1,000 draws, with cost and
bridge; under 60 s and 4 GiB is wanted on 2 cores. Training is not counted: the models are made
first, or taken from a workspace that has them.

Run: python benchmarks/projection.py [--workspace DIR] [--draws N]
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

from forecast import projection, specs
from forecast.dataroom import intake
from forecast.registry import Made, champions
from forecast.versions import training
from forecast.workspace import Workspace

SECONDS, BYTES = 60.0, 4 * 2**30
SEED, BUDGET_YEAR, TODAY = 20260501, 2027, "2026-05-01"


def trained(workspace: Workspace) -> Workspace:
    """Load the demonstration's data and train every model that has no version yet."""
    intake.demo(workspace)
    held = champions(workspace)
    for name in specs.names("models"):
        if name not in held:
            made = Made("benchmark", f"{TODAY}T00:00:00")
            training.train(workspace, name, known_at=None, seed=SEED, made=made)
            print(f"trained {name}", file=sys.stderr)
    return workspace


def main() -> None:
    """Print wall time, CPU time and peak memory; fail above the limits."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--trained", action="store_true", help="do not train what is missing")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Workspace.at(asked.workspace or Path(scratch) / "workspace")
        if not asked.trained:
            trained(workspace)
        start, cpu = time.perf_counter(), time.process_time()
        bundle = projection.project(
            workspace, BUDGET_YEAR, size=asked.draws, seed=SEED, today=TODAY
        )
        seconds, busy = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    rows = {name: len(bundle.frames[name]) for name in ("demand", "cost", "bridge")}
    print(f"98 municipalities, {len(bundle.meta['functions'])} functions, {asked.draws} draws, "
          f"years {bundle.meta['years'][0]}-{bundle.meta['years'][-1]}; rows {rows}")  # fmt: skip
    print(f"wall {seconds:.1f} s (limit {SECONDS:.0f}), CPU {busy:.1f} s")
    print(f"peak memory {peak / 2**30:.2f} GiB (limit {BYTES / 2**30:.0f})")
    if seconds > SECONDS or peak > BYTES:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
