"""`forecast series`: the engine on anyone's own panel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli._common import seed_option

QUANTILES = "0.025,0.05,0.1,0.25,0.5,0.75,0.9,0.95,0.975"


def _columns(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


def _levels(_: click.Context, __: click.Parameter, value: str) -> tuple[float, ...]:
    try:
        return tuple(sorted({float(part) for part in value.split(",") if part.strip()}))
    except ValueError:
        raise click.BadParameter(f"{value!r}: expected numbers such as 0.1,0.5,0.9") from None


@click.command("series")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--horizon", type=click.IntRange(1, 400), required=True, help="Periods ahead")
@click.option(
    "--groups",
    callback=_columns,
    metavar="COL,COL",
    help="Series alike in these share strength; with --levels sums stay inside a group",
)
@click.option(
    "--levels",
    callback=_columns,
    metavar="COL,COL",
    help="Columns over which series add up, from the top down",
)
@click.option(
    "--exposure",
    metavar="COL",
    help="Population that y is counted in (y stays a count, not a rate); rows with empty y give "
    "the future's, and beyond them its growth goes on and fades",
)
@click.option(
    "--frequency", type=click.Choice(["Y", "Q"]), help="Years or quarters  [default: told from ds]"
)
@click.option(
    "--quantiles",
    callback=_levels,
    metavar="Q,Q",
    show_default=True,
    default=QUANTILES,
    help="Levels between 0 and 1, separated by commas",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV or Parquet file; without it CSV goes to the screen",
)
@seed_option
def command(file: Path, horizon: int, out: Path | None, seed: int, **asked: Any) -> None:
    """Forecast the panel in FILE (CSV or Parquet: unique_id, ds, y).

    Writes unique_id, ds, quantile, value; the mean has an empty quantile. The point forecast is
    quantile 0.5, at which absolute errors are smallest; the mean is what adds up. With --levels
    every coherent sum is there too, named such as category=a|region=b; one that is another by
    construction (a region that is the whole) has the same numbers and is named on stderr.
    """
    from forecast import series
    from forecast.series import seriesfile

    if out is not None:
        seriesfile.check_name(out, file)
    frame = seriesfile.read(file, ("unique_id", *asked["groups"], *asked["levels"]))
    table = series.forecast_frame(frame, horizon=horizon, seed=seed, **asked)
    _tell(series.repeated_sums(frame, groups=asked["groups"], levels=asked["levels"]))
    _tell_bare(asked["exposure"], series.without_exposure(frame, asked["exposure"]))
    if out is None:
        click.echo(table.to_csv(index=False), nl=False)
        return
    seriesfile.write(table, out)
    click.echo(out)


def _tell(repeated: list[tuple[str, str]]) -> None:
    """Say which sums a reader would otherwise take for two."""
    if not repeated:
        return
    (name, other), more = repeated[0], len(repeated) - 1
    same = "the others likewise repeat a sum or a series" if more else "it stands under both names"
    click.echo(
        f"note: {name} is {other} by construction; {same}"
        + (f" ({more + 1} such sums, each under a name of its own)" if more else ""),
        err=True,
    )


def _tell_bare(exposure: str | None, bare: list[str]) -> None:
    """Say which series are forecast without the population that was asked for."""
    if not bare:
        return
    from forecast.series.numbers import said

    more = f" and {len(bare) - 1} more" if len(bare) > 1 else ""
    click.echo(
        f"note: {exposure} is empty or zero in every row of {said(bare[0])}{more}; forecast "
        "without it",
        err=True,
    )
