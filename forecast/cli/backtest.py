"""`forecast backtest`: how good a model has been, before anyone relies on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from forecast.cli import _telling
from forecast.cli._common import (
    json_option,
    known_at_option,
    print_json,
    seed_option,
    workspace_option,
)
from forecast.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from forecast.reporting import accuracy


@click.command("backtest")
@click.argument("model")
@click.option("--origins", type=click.IntRange(1, 40), help="Past origins  [default: the model's]")
@click.option(
    "--figure",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw past forecasts beside what happened into this SVG file",
)
@known_at_option
@seed_option
@json_option
@workspace_option
def command(
    model: str, workspace: Workspace, figure: Path | None, as_json: bool, **asked: object
) -> None:
    """Try MODEL from past origins, against naive and what planners do.

    Prints a table a level and method, one a horizon, what reconciling with sums does to the errors
    (their ratio to bottom_up), which drivers were tried, and whether the model is better than its
    benchmark, with the interval of that claim (resampled over series).
    """
    from forecast import files
    from forecast.reporting import accuracy

    found = accuracy.tried(workspace, model, **asked)  # type: ignore[arg-type]
    if figure is not None:
        files.write_text(figure, accuracy.origins_figure(found))
        click.echo(f"drawn in {figure}", err=True)
    if as_json:
        print_json(accuracy.plain(found))
        return
    known_at = asked["known_at"]
    seen = _telling.past_figures(None if known_at is None else str(known_at), found.real_time)
    click.echo(f"{model}: each past origin saw {seen}", err=True)
    for note in found.notes:
        click.echo(note, err=True)
    for table in _tables(found):
        click.echo(table.to_string(index=False, float_format=lambda v: f"{v:.3f}", na_rep=""))
        click.echo()
    click.echo(found.verdict().replace("; ", "\n"))


def _tables(found: accuracy.Tried) -> list[pd.DataFrame]:
    """Return the tables to print: the later ones only where there is something in them."""
    drivers = found.result.drivers
    beside = [table for table in (found.reconciled(), drivers) if len(table)]
    return [found.table(), found.by_horizon(), *beside]
