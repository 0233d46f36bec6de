"""`forecast scenario`: scenario files made, checked, compared and searched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from forecast.cli import _tables
from forecast.cli._common import json_option, print_json, seed_option, workspace_option
from forecast.cli.project import projection_options, wishes
from forecast.workspace import Workspace

if TYPE_CHECKING:
    from forecast.costs.adjustments import AdjustmentFile

FILES = click.Path(path_type=Path, dir_okay=False)


@click.group("scenario")
def command() -> None:
    """Change a lever and see what it does to cost."""


@command.command("new")
@click.argument("path", metavar="FILE", type=FILES)
@click.option(
    "--lever",
    default="rate",
    show_default=True,
    metavar="LEVER",
    help="rate, inflow, service_mix, length_of_stay, unit_cost, takst, population, price_vintage, "
    "known_case, closure, new_offer, saving or law",
)
@click.option("--author", default="", metavar="NAME", help="Who makes it")
def new(path: Path, lever: str, author: str) -> None:
    """Write FILE as a scenario with one lever, to be filled in."""
    from forecast import files
    from forecast.errors import ForecastError
    from forecast.projection import scenariofiles

    if path.exists():
        raise ForecastError(f"{path} is there already; choose another name or remove it")
    files.write_text(path, scenariofiles.template(lever, author))
    click.echo(path)


@command.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="FILE...", type=FILES)
def check(paths: tuple[Path, ...]) -> None:
    """Check FILEs: every key, lever, area, service, function, share and date."""
    from forecast.costs import adjustments
    from forecast.errors import ForecastError

    wrong = []
    for path in paths:
        try:
            found = adjustments.read(path)
        except ForecastError as error:
            wrong.append(str(error))
        else:
            click.echo(f"{path}: {_counted(found)} in order")
    if wrong:
        raise ForecastError("\n       ".join(wrong))


def _counted(found: AdjustmentFile) -> str:
    """Return how many adjustments a file holds, and booked figures where it has some."""
    parts = {"adjustment": found.adjustment, "booked figure": found.booked}
    counts = {word: len(held) for word, held in parts.items() if held}
    return ", ".join(f"{n} {word}{'s' * (n != 1)}" for word, n in counts.items())


@command.command("compare")
@click.argument("paths", nargs=-1, required=True, metavar="FILE...", type=FILES)
@click.option("--area", default="000", metavar="A", help="Name or code  [default: the nation]")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Folder for table and chart  [default: output/ in the workspace]")  # fmt: skip
@projection_options
@json_option
@workspace_option
def compare(
    workspace: Workspace, paths: tuple[Path, ...], area: str, out: Path | None, **options: Any
) -> None:
    """Compare the base with each of FILEs, and with all of them together.

    Prints net cost in fixed prices and the difference from the base, P10, P50 and P90, and writes
    the whole table and a chart.
    """
    from forecast import areas, projection
    from forecast.projection import scenarios, scenariotables

    as_json = options.pop("as_json")
    year, asked = wishes(options)
    found = projection.read_files(paths)
    scenarios.refuse_alike(found)
    code = areas.find(area).code
    prepared = projection.prepare(workspace, year, **asked)
    table = scenarios.compare(prepared, found)
    written = scenariotables.write(table, code, out or workspace.output)
    shown = table[table["area"] == code].drop(columns="area")
    if as_json:
        print_json(scenariotables.plain(shown))
    else:
        click.echo(f"{areas.name(code)} ({code})")
        click.echo(scenariotables.text(shown, year))
    for path in written:
        click.echo(path, err=as_json)


@command.command("seek")
@click.argument("path", metavar="FILE", type=FILES)
@click.option("--target", type=float, required=True, metavar="KKR",
              help="Net cost to reach, DKK 1,000 in the budget year's prices")  # fmt: skip
@click.option("--area", default="000", metavar="A", help="Name or code  [default: the nation]")
@click.option("--year", "goal_year", type=int, metavar="YEAR",
              help="The year it is to be reached in  [default: the budget year]")  # fmt: skip
@click.option("--statistic", default="mean", show_default=True, metavar="S",
              help="mean, or a quantile such as 0.9")  # fmt: skip
@click.option(
    "--write", "out", type=FILES, metavar="NEW", help="Write the scenario that reaches it"
)
@projection_options
@json_option
@workspace_option
def seek(workspace: Workspace, path: Path, out: Path | None, **options: Any) -> None:
    """Find the size of the last lever in FILE that makes net cost meet a target."""
    from forecast import files, projection
    from forecast.projection import scenariofiles, seeking

    as_json = options.pop("as_json")
    goal_options = {k: options.pop(k) for k in ("target", "area", "goal_year", "statistic")}
    year, asked = wishes(options)
    scenario = projection.read_files([path])[0]
    goal = seeking.goal(scenario, goal_options, year)
    prepared = projection.prepare(workspace, year, **asked)
    found = seeking.seek(prepared, scenario, goal)
    if out:
        files.write_text(out, scenariofiles.dumped(seeking.solved(scenario, found)))
        click.echo(out, err=True)
    if as_json:
        print_json(seeking.answer(found, goal))
        return
    click.echo(seeking.sentence(found, goal))


@command.command("invest")
@click.argument("path", metavar="FILE", type=FILES)
@click.option("--draws", "size", type=click.IntRange(20, 100_000), default=10_000,
              show_default=True, help="Number of simulated futures")  # fmt: skip
@seed_option
@json_option
def invest(path: Path, size: int, seed: int, as_json: bool) -> None:
    """Work out a social investment: present value and pay-back year, by who pays and who gains."""
    from forecast.projection import investment, scenariotables

    found = investment.table(investment.returns(investment.read(path), size, seed))
    if as_json:
        print_json(scenariotables.plain(found))
        return
    click.echo("value: present value in DKK 1,000; year: the one in which it has paid back")
    _tables.printed(_tables.of_frame(found, "{:,.1f}".format), keys=2)
