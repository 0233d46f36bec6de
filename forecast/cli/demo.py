"""`forecast demo`: the whole way on the embedded data, to reports."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli._common import formats_of, seed_option
from forecast.workspace import Workspace

FOLDER = "forecast-demo"
BUDGET_YEAR = 2027  # the demonstration's day lies in May 2026


@click.command(name="demo")
@click.option("--municipality", default="Aarhus", show_default=True, metavar="M",
              help="Name or code of the budget report's")  # fmt: skip
@click.option(
    "--format",
    "formats",
    callback=formats_of,
    default="html,xlsx",
    show_default=True,
    metavar="F,F",
    help="html, xlsx, docx, pdf and data",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=FOLDER,
    metavar="DIR",
    show_default=True,
    help="Folder for the reports and the workspace",
)
@seed_option
def command(municipality: str, formats: tuple[str, ...], out: Path, seed: int) -> None:
    """Go the whole way on embedded synthetic data: load, train, project, report.

    Prints the paths of the reports. The data are made up and say so on every page.
    """
    from forecast import areas
    from forecast.api import DemoOrder, demo

    area = areas.find(municipality)
    if area.level != "municipality":
        raise click.UsageError(f"{areas.name(area.code)} is a {area.level}; name a municipality")
    workspace = Workspace.at(out / "workspace")
    order = DemoOrder(area.code, BUDGET_YEAR, formats, out)
    for path in demo(workspace, order, seed, say=lambda text: click.echo(text, err=True)):
        click.echo(path)
