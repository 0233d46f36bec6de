"""What all tests share: where real data may lie, and a workspace that is thrown away."""

import os
from pathlib import Path

import pytest

from forecast.workspace import Workspace


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout; a test that needs it is skipped without."""
    folder = Path(os.environ.get("FORECAST_SHARED") or Path(__file__).parents[2] / "shared")
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder} (set FORECAST_SHARED to where they lie)")
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return Workspace(tmp_path / "workspace")
