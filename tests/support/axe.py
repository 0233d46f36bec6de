"""axe-core's script, where it is."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest


def source() -> str:
    """Return axe-core; a test that wants it is skipped where it is not there."""
    named = os.environ.get("FORECAST_AXE")
    if named:
        return Path(named).read_text(encoding="utf-8")
    for package in ("axe_playwright_python", "axe_core_python"):
        spec = importlib.util.find_spec(package)
        for place in (spec.submodule_search_locations or []) if spec else []:
            for path in Path(place).rglob("axe.min.js"):
                return path.read_text(encoding="utf-8")
    pytest.skip("no axe-core here (FORECAST_AXE names axe.min.js; make services)")
