"""Which module makes which dataset, and the files that come out: Parquet, manifest, table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from forecast import files
from tools.demo import accounts, adults, cases, children, frames, people, prices, psychiatry
from tools.demo.world import World

Maker = Callable[[World], dict[str, pd.DataFrame]]
MAKERS: dict[Maker, tuple[str, ...]] = {
    adults.hand: ("hand01", "hand07"),
    adults.hand02a: ("hand02a",),
    children.anbaar: ("anbaar9", "anbaar12", "anbaar14"),
    children.supported: ("isbu02", "bu43", "und1"),
    children.shelters: ("krise1", "smdbv001", "herfor1"),
    children.homelessness: ("homelessness",),
    psychiatry.diagnoses: ("diagnoses",),
    psychiatry.length_of_stay: ("length_of_stay",),
    people.folk1a: ("folk1a",),
    people.frkm: ("frkm",),
    accounts.accounts: ("regk31", "bu28"),
    accounts.budgets: ("budk32",),
    prices.price_estimate: ("price_estimate",),
    prices.indices: ("pris111", "sblon1"),
    prices.refund_thresholds: ("refund_thresholds",),
    prices.service_frame: ("service_frame",),
    cases.own_cases: ("own_cases",),
}
NAMES = sorted(name for names in MAKERS.values() for name in names)


def make(world: World, names: list[str], folder: Path) -> list[Path]:
    """Write the named datasets as Parquet and return their paths."""
    out = []
    for maker, made in MAKERS.items():
        if not set(made) & set(names):
            continue
        for name, frame in maker(world).items():
            if name in names:
                out.append(folder / f"{name}.parquet")
                frames.write(frame, out[-1])
    return sorted(out)


def manifest(world: World, paths: list[Path]) -> str:
    """Return the manifest: what the files are, that they are synthetic, and their hashes."""
    head = [
        "# Written by `python -m tools.demo`; do not edit.",
        "synthetic = true",
        f'today = "{world.parameters["today"]}"',
        f"seed = {world.parameters['seed']}",
        'publisher = "synthetic demonstration"',
        'licence = "CC0-1.0"',
        'note = "Made-up data, calibrated to published national figures; see docs/demo-data.md"',
    ]
    return "\n".join(head + [entry(path) for path in paths]) + "\n"


def entry(path: Path) -> str:
    """Return the manifest's lines for one file."""
    import pyarrow.parquet as pq

    rows = pq.read_metadata(path).num_rows
    columns = ", ".join(f'"{name}"' for name in pq.read_schema(path).names)
    lines = [
        f"\n[datasets.{path.stem}]",
        f'file = "{path.name}"',
        f'sha256 = "{files.digest(path)}"',
        f"rows = {rows}",
        f"columns = [{columns}]",
    ]
    return "\n".join(lines)
