"""How long MLflow takes of one full training of all models, a fresh store included.

Run: python -m benchmarks.versions_overhead
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from forecast import specs
from forecast.dataroom import intake
from forecast.registry import Made
from forecast.versions import training
from forecast.workspace import Workspace

LIMIT = (0.10, 20.0)  # share of the training time, or seconds, whichever is larger


def main() -> None:
    """Train all models on the embedded data and print seconds in engine and store by model."""
    with TemporaryDirectory() as name:
        workspace = Workspace(Path(name))
        intake.demo(workspace)
        made = Made("benchmark", "2026-05-01T00:00:00")
        trained, stored = 0.0, 0.0
        print(f"{'model':24} {'training':>9} {'store':>7}  seconds")
        for model in specs.names("models"):
            done = training.train(workspace, model, known_at=None, seed=1, made=made)
            print(f"{model:24} {done.seconds:9.1f} {done.stored:7.2f}")
            trained, stored = trained + done.seconds, stored + done.stored
        allowed = max(LIMIT[0] * trained, LIMIT[1])
        print(f"{'all':24} {trained:9.1f} {stored:7.2f}")
        print(
            f"MLflow: {stored:.1f} s, {stored / trained:.1%} of training; allowed {allowed:.1f} s"
        )
        if stored > allowed:
            raise SystemExit("too much time is spent in the store")


if __name__ == "__main__":
    main()
