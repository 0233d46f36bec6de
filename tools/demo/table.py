"""docs/demo-data.md: each published figure, its definition and tolerance, and what came out."""

from __future__ import annotations

from tools.demo.calibration import Folder, Target, achieved, within
from tools.demo.world import World

HEAD = """# The demonstration data

Written by `python -m tools.demo` from `data/demo/parameters.toml`; do not edit by hand.

The data in `data/demo` are **synthetic**: made by one seeded script for 98 municipalities with
their real names, codes, regions and sizes. No cell is a real observation except the sizes of 2014
and 2026. They are calibrated to the published figures below, and to how municipalities differ and
change in a real table (BU43), before any model was fitted to them. A method that does well here
*recovers* what was put in; it says nothing about its skill on real data. The demonstration's today
is {today}.

## Figures that the data are calibrated to

| figure | period | published | achieved | tolerance | kept | definition | source |
|---|---|---:|---:|---:|---|---|---|
"""

TAIL = """
## Published figures that are not calibrated, and why

| figure | why not |
|---|---|
| Recipients of social services 161,000 (2014), 178,000 (2016), 180,000 (2020) | counts persons over laws that the datasets do not cover together |
| Adults about DKK 30 bn (2017), children about 15 bn of which placements 9 bn (2018) | another delimitation than the 57.5 bn of 2018 used here, and prices of the year |
| Residential places in 21 municipalities 2018-2021: +14 % real, the dearest fifth half of the growth | needs single cases of those municipalities |
| Children with a diagnosis doubled in seven years; wards' stays fell 20 % in six | follows from the rates and days that are calibrated |

## What was put in on purpose

- **Breaks**: HAND complete from 2018Q1 (35 municipalities start late), benefits that begin
  mid-series (`not_applicable` before), the account plan of 2018, the hospital register of 2019,
  the new law for children of 2024.
- **Gaps**: missing reports (`not_reported`), suppressed cells, seven municipalities left out of
  ANBAAR12, blank cells in BU43, eight uneven counts of homelessness; Ishøj reports for Vallensbæk.
- **Flaws**: single wrong reports and lasting changes of practice, listed under `[flaws]`.
- **Links**: a region's lengths of stay push § 107 and § 85 residential a year later
  (`[driver]`); population projections miss mostly one way (`[projection]`); budgets are too low
  (`[budget]`).
- **Real**: thresholds of the refund for 2020-2022 and the lifts of the service frame; thresholds
  from 2023 are uprated and marked `synthetic` in their own column.
"""


def page(world: World, folder: Folder) -> str:
    """Return the page, one line a published figure."""
    targets: list[Target] = world.parameters["target"]
    lines = [
        line(target, period, float(wanted), achieved(folder, target, period))
        for target in targets
        for period, wanted in target["values"].items()
    ]
    return HEAD.format(today=world.parameters["today"]) + "\n".join(lines) + "\n" + TAIL


def line(target: Target, period: str, wanted: float, value: float) -> str:
    """Return one line of the table."""
    limit = f"{target['tolerance']:g}" if target.get("absolute") else f"{target['tolerance']:.1%}"
    kept = "yes" if within(target, value, wanted) else "**no**"
    cells = [target["id"], period, number(wanted), number(value), f"± {limit}", kept]
    return "| " + " | ".join([*cells, target["definition"], target["source"]]) + " |"


def number(value: float) -> str:
    """Return a figure with as many decimals as its size needs."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
