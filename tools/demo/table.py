"""docs/demo-data.md: each published figure, its definition and tolerance, and what came out."""

from __future__ import annotations

from pathlib import Path

from tools.demo.calibration import Folder, Target, achieved, within
from tools.demo.world import World


def page(world: World, folder: Folder) -> str:
    """Return the page, one line a published figure."""
    targets: list[Target] = world.parameters["target"]
    lines = [
        line(target, period, float(wanted), achieved(folder, target, period))
        for target in targets
        for period, wanted in target["values"].items()
    ]
    template = Path(__file__).with_name("page.md").read_text(encoding="utf-8")
    return template.format(today=world.parameters["today"], table="\n".join(lines))


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
