"""`forecast backtest`: how good a model has been, before anyone relies on it."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli._common import (
    json_option,
    known_at_option,
    print_json,
    seed_option,
    workspace_option,
)
from forecast.workspace import Workspace


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

    Prints a table a level and method, one a horizon, and whether the model is better than its
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
    pseudo = "" if found.real_time else "pseudo-"
    click.echo(f"{model}: {pseudo}real-time data", err=True)
    for table in (found.table(), found.by_horizon()):
        click.echo(table.to_string(index=False, float_format=lambda v: f"{v:.3f}", na_rep=""))
        click.echo()
    click.echo(found.verdict())
