"""The peer's whole process: statsforecast's cross-validation of AutoETS and DOTM on every panel.

    python -m benchmarks.peer_cv FOLDER --jobs 2

FOLDER holds one Parquet a panel (unique_id, ds, y) named `MODEL-SEASON-STEP-WINDOWS.parquet`.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path

import pandas as pd


def validated(file: Path, jobs: int) -> int:
    """Cross-validate one panel at its origins; return how many forecasts were made."""
    from statsforecast import StatsForecast
    from statsforecast.models import AutoETS, DynamicOptimizedTheta, Naive

    _, season, step, windows = file.stem.rsplit("-", 3)
    models = [AutoETS(season_length=int(season)), DynamicOptimizedTheta(season_length=int(season))]
    engine = StatsForecast(models, freq=1, n_jobs=jobs, fallback_model=Naive())
    out = engine.cross_validation(
        df=pd.read_parquet(file),
        h=int(step),
        step_size=int(step),
        n_windows=int(windows),
        level=[80, 95],
    )
    return len(out)


def main() -> None:
    """Cross-validate every panel of a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    for file in sorted(asked.folder.glob("*.parquet")):
        print(f"{file.stem}: {validated(file, asked.jobs)} rows")


if __name__ == "__main__":
    main()
