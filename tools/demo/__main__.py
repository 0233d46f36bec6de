"""`python -m tools.demo [DATASET…]`: make the demonstration data again, all or some."""

from __future__ import annotations

import argparse

import pandas as pd

from forecast import files
from tools.demo import build, table
from tools.demo.calibration import Folder
from tools.demo.world import FOLDER, ROOT, World


def main() -> None:
    """Make the named datasets (all, without names), then manifest and table from all files."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("dataset", nargs="*", choices=[[], *build.NAMES], default=[])
    names = parser.parse_args().dataset or build.NAMES
    world = World.read()
    for path in build.make(world, list(names), FOLDER):
        print(path.relative_to(ROOT), path.stat().st_size)
    paths = sorted(FOLDER.glob("*.parquet"))
    files.write_text(FOLDER / "manifest.toml", build.manifest(world, paths))
    areas = pd.read_csv(ROOT / "data/geography/areas.csv", dtype=str, keep_default_na=False)
    page = table.page(world, Folder(FOLDER, areas))
    files.write_text(ROOT / "docs" / "demo-data.md", page)


if __name__ == "__main__":
    main()
