"""`forecast show`: one series opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from forecast.cli import _tables, _telling
from forecast.cli._common import json_option, print_json, workspace_option
from forecast.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd


MEAN = (
    "note: the mean is that of the middle half of a distribution, as in `forecast series`; what a "
    "projection and its reports expect is the mean of all its simulated futures"
)


@click.command("show")
@click.argument("model")
@click.option(
    "--municipality",
    required=True,
    metavar="M",
    help="Name or code, such as Aarhus or 751; a region where only regions are known",
)
@click.option("--service", default="", metavar="S", help="Only this service, such as s107")
@click.option("--age", default="", metavar="A", help="Only this age group, such as 0-17")
@json_option
@workspace_option
def command(
    model: str, municipality: str, workspace: Workspace, as_json: bool, **which: str
) -> None:
    """Open one area's series in MODEL: history, members, weights, share of its own history."""
    from forecast.series import onseries

    found = onseries.opened(workspace, model, municipality=municipality, **which)
    if as_json:
        print_json([series.plain() for series in found])
        return
    for series in found:
        click.echo(f"{series.model}: {_telling.series(series.key)}")
        if series.inherited:
            click.echo(f"known by region only: the series of {series.inherited}, as inherited")
        click.echo(f"share of its own history in the forecast: {100 * series.own_share:.0f} %")
        for table in (series.history, series.ahead):
            _tables.printed(_tables.of_frame(table, "{:.4g}".format))
            click.echo()
        click.echo("weights of the members by horizon")
        _tables.printed(_tables.of_frame(_by_band(series.weights), "{:.2f}".format))
        click.echo()
    click.echo(MEAN, err=True)


def _by_band(weights: pd.DataFrame) -> pd.DataFrame:
    """Return weights with a row a horizon band, in order of time, and a column a member."""
    wide = weights.pivot(index="band", columns="method", values="weight")
    order = sorted(wide.index, key=lambda band: int(str(band).split("-")[0]))
    return wide.loc[order].reset_index()
