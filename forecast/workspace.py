"""Workspace: the one folder that holds everything a user makes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from forecast.errors import ForecastError

VARIABLE = "FORECAST_WORKSPACE"
DEFAULT = "forecast-workspace"


@dataclass(frozen=True)
class Workspace:
    """Paths below a workspace's root; nothing is written outside it but what `--out` names."""

    root: Path

    @classmethod
    def at(cls, path: str | Path | None = None) -> Workspace:
        """Return the workspace that was named, else that of the environment, else the default.

        Raises:
            ForecastError: the path is a file.
        """
        root = Path(path or os.environ.get(VARIABLE) or DEFAULT).expanduser().absolute()
        if root.exists() and not root.is_dir():
            raise ForecastError(
                f"the workspace {root} is a file; name a folder with --workspace or {VARIABLE}"
            )
        return cls(root)

    @property
    def vintages(self) -> Path:
        """Immutable snapshots of datasets."""
        return self.root / "vintages"

    @property
    def store(self) -> Path:
        """The embedded MLflow store."""
        return self.root / "mlflow.db"

    @property
    def artifacts(self) -> Path:
        """Files of MLflow's runs."""
        return self.root / "artifacts"

    @property
    def bundles(self) -> Path:
        """Projection bundles."""
        return self.root / "bundles"

    @property
    def output(self) -> Path:
        """Reports, unless --out says otherwise."""
        return self.root / "output"

    @property
    def specs(self) -> Path:
        """TOML that adds to or overrides what ships: specs/{models,data,reports}/."""
        return self.root / "specs"
