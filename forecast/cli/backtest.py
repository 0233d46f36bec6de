"""`forecast backtest`: how good a model has been, before anyone relies on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from forecast.cli import _scores, _tables, _telling
from forecast.cli._common import (
    ends_in,
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


METHODS = ("mase", "wape", "bias", "pinball", "msis", "coverage50", "coverage80", "coverage95")
SKILL = ("skill_vs_benchmark", "skill_lower", "skill_upper")
SLICES = (*METHODS, *SKILL, "ratio_vs_bottom_up")


@click.command("backtest")
@click.argument("model")
@click.option("--origins", type=click.IntRange(1, 40), help="Past origins  [default: the model's]")
@click.option(
    "--figure",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=ends_in(".svg"),
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

    Prints a table of methods for each level (each method with the intervals that its own past
    errors give), of horizons and of small, medium and large series, what reconciling with sums
    does to the errors (their ratio to bottom_up), which drivers were tried, and whether the
    model is better than its benchmark, with the interval of that claim (resampled over
    municipalities, with all their series).
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
    for title, rows in _shown(found):
        click.echo(f"\n{title}:")
        _tables.printed(rows, indent=2)
    click.echo(f"\n{found.verdict()}".replace("; ", "\n"))
    for warning in found.warnings():
        click.echo(warning)


def _shown(found: accuracy.Tried) -> Iterator[tuple[str, list[_tables.Cells]]]:
    """Yield the tables to print and what each is of; none where there is nothing in it."""
    by_level = found.table()
    for name, rows in by_level.groupby("level", sort=False):
        yield found.level(str(name)), _scored(rows, "method", METHODS)
    for first, rows in (("horizon", found.by_horizon()), ("size", found.by_size())):
        for name, part in rows.groupby("level", sort=False):
            title = f"combination, {found.level(str(name))}, by {first}"
            yield title, _scored(part, first, SLICES)
    reconciled = found.reconciled()
    if len(reconciled):
        named = reconciled.assign(level=[found.level(str(n)) for n in reconciled["level"]])
        yield "error ÷ that of bottom_up, all horizons", _tables.of_frame(named, "{:.3f}".format)
    if len(drivers := found.result.drivers):
        yield "drivers tried", _tables.of_frame(drivers, "{:.3f}".format)


def _scored(rows: pd.DataFrame, first: str, names: tuple[str, ...]) -> list[_tables.Cells]:
    """Return scores, one row a method or horizon; a column only where some row has its score."""
    some = [name for name in names if name in rows and rows[name].notna().any()]
    body = [
        [f"{row[first]:g}" if first == "horizon" else str(row[first]), *_scores.cells(row, some)]
        for row in rows.to_dict("records")
    ]
    return [[first, *_scores.headings(some)], *body]
