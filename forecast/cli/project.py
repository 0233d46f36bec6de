"""`forecast project`: demand and cost of all areas, stored as one bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli._common import (
    Command,
    adjust_option,
    budget_year_option,
    json_option,
    known_at_option,
    models_option,
    print_json,
    seed_option,
    versions_of,
    workspace_option,
)
from forecast.workspace import Workspace


def projection_options(function: Command) -> Command:
    """Add the options that every projection takes, also inside a scenario."""
    for option in (
        click.option("--draws", "size", type=click.IntRange(20, 20_000), default=1000,
                     show_default=True, help="Number of simulated futures"),
        click.option("--lift", type=float, metavar="KKR",
                     help="Lift of the budget year's service frame, DKK 1,000  "
                     "[default: the last agreed]"),
        click.option("--uprate-refunds", "uprate", is_flag=True,
                     help="Carry refund thresholds forward by the price index"),
        click.option("--price-estimate", default="", metavar="DATE",
                     help="Date of the price estimate  [default: the newest]"),
        models_option,
        budget_year_option,
    ):  # fmt: skip
        function = option(function)
    return known_at_option(seed_option(function))


def wishes(options: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return the budget year, and what `projection.project` is asked for."""
    from forecast import clock

    asked = dict(options)
    today = clock.today()
    year = asked.pop("budget_year") or int(today[:4]) + 1
    return int(year), {**asked, "today": today, "versions": versions_of(asked.pop("models"))}


@click.command("project")
@adjust_option
@projection_options
@json_option
@workspace_option
def command(workspace: Workspace, adjust: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Project demand and cost of all areas to three years after the budget year.

    Uses the champion of every trained model, applies the adjustments in the order given, and
    stores one bundle that reports are rendered from. Prints the bundle's id.
    """
    from forecast.projection import project

    year, asked = wishes(options)
    click.echo(f"projecting all areas to {year + 3} …", err=True)
    bundle = project(workspace, year, adjustments=adjust, **asked)
    _tell(bundle.meta, asked["known_at"])
    if as_json:
        from forecast.bundle import summary

        print_json(summary(bundle.meta))
        return
    click.echo(bundle.id)


def _tell(meta: dict[str, Any], known_at: str | None) -> None:
    """Say on stderr what a user must know before using the figures."""
    if meta["cost_reason"]:
        click.echo(meta["cost_reason"]["text"], err=True)
    _tell_missing(meta["missing_models"], known_at)
    for note in meta["notes"]:
        if note["code"] == "refund_left_out":
            years = ", ".join(str(year) for year in note["params"]["years"])
            click.echo(
                f"refund of expensive single cases is left out in {years}: no thresholds", err=True
            )
        if note["code"] == "people_unknown":
            for age, why in zip(note["params"]["ages"], note["params"]["reasons"], strict=True):
                click.echo(
                    f"reports will show no share of the ages {age}: {why}; "
                    "pull or import folk1a, and project again",
                    err=True,
                )
    if meta["synthetic"]:
        click.echo(f"synthetic inputs: {', '.join(meta['synthetic_inputs'])}", err=True)


def _tell_missing(missing: list[dict[str, Any]], known_at: str | None) -> None:
    """Say which models took no part, and of what was known on a date how they would."""
    on = f" on what was known on {known_at}" if known_at else ""
    for entry in missing:
        lost = f"; it leaves out {entry['leaves_out']}" if entry["leaves_out"] else ""
        click.echo(f"{entry['model']} is not trained{on}{lost}", err=True)
    if missing and known_at:
        click.echo(f"run `forecast train --known-at {known_at}`, and project again", err=True)
