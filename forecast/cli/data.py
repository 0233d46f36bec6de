"""The data room's commands: what there is, how it comes in, and whether it can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from forecast.cli import _tables, _telling
from forecast.cli._common import (
    ends_in,
    json_option,
    known_at_option,
    print_json,
    workspace_option,
)
from forecast.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from forecast.dataroom.pulling import Outcome

FILE = click.Path(path_type=Path)
NEW = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group("data")
def command() -> None:
    """Datasets, their vintages and their checks."""


@command.command("list")
@workspace_option
@json_option
def list_(workspace: Workspace, as_json: bool) -> None:
    """List all datasets: what each is for, and what is here of it."""
    from forecast.dataroom import room

    rows = room.overview(workspace)
    if as_json:
        print_json(rows)
        return
    _table(rows, ("dataset", "source", "here", "known_from", "rows", "title"))


@command.command("import")
@click.argument("name")
@click.argument("file", type=FILE)
@click.option("--mapping", "mapping_file", type=FILE, metavar="TOML",
              help="Says how FILE is laid out (docs/data.md)")  # fmt: skip
@click.option("--column", "columns", multiple=True, metavar="OURS=HEADING",
              help="Name a column; may be given again")  # fmt: skip
@click.option("--published", default="", metavar="DATE",
              help="When the figures came out, YYYY-MM-DD  [default: by the calendar]")  # fmt: skip
@click.option("--decimal", type=click.Choice([",", "."]), default=None,
              help="Decimal sign  [default: told from the figures]")  # fmt: skip
@click.option("--sheet", default="", metavar="NAME", help="Sheet of a workbook that has several")
@click.option("--add", is_flag=True, help="Join the figures that are here; the new ones win")
@click.option("--dry-run", is_flag=True, help="Check only, store nothing")
@workspace_option
@json_option
def import_(workspace: Workspace, as_json: bool, **given: Any) -> None:
    """Import FILE (CSV, XLSX or Parquet) as dataset NAME."""
    from dataclasses import replace

    from forecast import clock
    from forecast.dataroom import intake
    from forecast.sources import table

    mapping = table.mapping(given["mapping_file"], given["columns"], given["decimal"] or "")
    if given["sheet"]:
        mapping = replace(mapping, sheet=given["sheet"])
    request = intake.Request(
        dataset=given["name"], path=given["file"], mapping=mapping, now=clock.now(),
        published=given["published"], add=given["add"], dry=given["dry_run"],
    )  # fmt: skip
    done = intake.load(workspace, request)
    for note in done.notes:
        click.echo(f"note: {note}", err=True)
    _imported(done, as_json)


def _imported(done: Any, as_json: bool) -> None:
    cells = len(done.frame)
    empty = int(done.frame["value"].isna().sum())
    vintage = done.vintage.id if done.vintage else ""
    if as_json:
        print_json({"vintage": vintage, "cells": cells, "empty": empty, "notes": list(done.notes)})
        return
    click.echo(f"{cells - empty} figures, {empty} empty cells", err=True)
    click.echo(vintage or "nothing stored (dry run)")


@command.command()
@click.argument("name", required=False)
@workspace_option
@json_option
def vintages(workspace: Workspace, name: str | None, as_json: bool) -> None:
    """List the stored vintages, of all datasets or of NAME."""
    from forecast.dataroom import room

    rows = room.stored(workspace, name)
    if as_json:
        print_json(rows)
        return
    if not rows:
        click.echo("no vintage is stored yet; `forecast data list` shows what can come", err=True)
        return
    told = [row | {"data": "synthetic" if row["synthetic"] else "real"} for row in rows]
    _table(told, ("id", "published", "retrieved", "rows", "data", "origin"))


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    """Print some columns of rows."""
    cells = [[_tables.word(row.get(c, "")) for c in columns] for row in rows]
    _tables.printed([columns, *cells])


@command.command()
@click.argument("names", nargs=-1)
@click.option(
    "--all", "everything", is_flag=True, help="All datasets whose publishers can be asked"
)
@workspace_option
@json_option
@click.pass_context
def pull(ctx: click.Context, /, workspace: Workspace, as_json: bool, **given: Any) -> None:
    """Pull datasets from publishers, as from StatBank; only what is new is fetched."""
    from dataclasses import asdict

    from forecast import clock
    from forecast.dataroom import pulling

    wanted = pulling.names(workspace) if given["everything"] else list(given["names"])
    if not wanted:
        raise click.UsageError("name a dataset, or say --all")
    done = pulling.pull(workspace, wanted, clock.now(), _teller())
    if as_json:
        print_json([asdict(o) for o in done])
    else:
        _summary(done)
    if any(o.state == pulling.FAILED for o in done):
        ctx.exit(1)


def _teller() -> Callable[[Outcome], None]:
    """Return what says on stderr what came of a table; what several failed of is said once."""
    first: dict[str, str] = {}

    def told(outcome: Outcome) -> None:
        name = f"{outcome.dataset} {outcome.table}".strip()
        before = first.setdefault(outcome.text, name)
        why = outcome.text if before == name else f"as {before}"
        click.echo(f"{name}: {outcome.state} - {why}", err=True)

    return told


def _summary(done: list[Outcome]) -> None:
    """Print what came, what was already there, and what failed and why."""
    states = {"pulled": "came", "current": "already here", "failed": "failed"}
    for state, words in states.items():
        found = [o for o in done if o.state == state]
        names = ", ".join(o.table or o.dataset for o in found)
        click.echo(f"{words}: {len(found)}" + (f" ({names})" if names else ""))
    for text in dict.fromkeys(o.text for o in done if o.state == "failed"):
        click.echo(f"error: {text}", err=True)


@command.command()
@click.argument("names", nargs=-1)
@click.option(
    "--out",
    type=FOLDER,
    metavar="DIR",
    help="Folder for the findings; projections take along what lies in the default  "
    "[default: WORKSPACE/output/checks]",
)
@known_at_option
@workspace_option
@json_option
@click.pass_context
def check(ctx: click.Context, /, workspace: Workspace, as_json: bool, **given: Any) -> None:
    """Check the data that are here, of all datasets or of NAMES.

    Exit code 1 where data break their own form; a finding that deserves a LOOK is no failure.
    """
    from forecast import files, vintages
    from forecast.dataroom import checks
    from forecast.errors import ForecastError

    held = sorted({v.dataset for v in vintages.listing(workspace)})
    wanted = list(given["names"]) or held
    if not wanted:
        raise ForecastError("there is nothing to check; pull, import, or run `forecast demo`")
    done = [checks.plain(checks.run(workspace, name, given["known_at"])) for name in wanted]
    folder = given["out"] or workspace.output / "checks"
    for section in done:
        files.write_json(folder / f"{section['dataset']}.json", section)
    if as_json:
        print_json(done)
    else:
        _checked(done)
        click.echo(f"written to {folder}", err=True)
    if any(not section["sound"] for section in done):
        ctx.exit(1)


def _checked(done: list[dict[str, Any]]) -> None:
    from forecast.dataroom.checks import FORM

    rows = [
        {"dataset": s["dataset"], "check": c["name"], "what": c["text"],
         "result": "ok" if c["passed"] else "BROKEN" if c["name"] in FORM else "LOOK"}
        for s in done for c in s["checks"]
    ]  # fmt: skip
    _table(rows, ("dataset", "check", "result", "what"))


@command.command()
@click.argument("old")
@click.argument("new")
@click.option("--rows", type=click.IntRange(min=0), default=10, show_default=True,
              help="How many cells of each kind to show")  # fmt: skip
@workspace_option
@json_option
def diff(workspace: Workspace, old: str, new: str, rows: int, as_json: bool) -> None:
    """Show what was added, revised and withdrawn from vintage OLD to NEW."""
    from forecast import frames, vintages
    from forecast.dataroom import diffs

    found = diffs.between(vintages.get(workspace, old), vintages.get(workspace, new))
    parts = {"revised": found.revised, "added": found.added, "withdrawn": found.withdrawn}
    if as_json:
        counts = {name: len(part) for name, part in parts.items()}
        cells = {name: frames.records(part, rows) for name, part in parts.items()}
        print_json({"same": found.same, **counts, "cells": cells})
        return
    click.echo(f"the same: {found.same}")
    for name, part in parts.items():
        click.echo(f"{name}: {len(part)}")
        if len(part):
            _tables.printed(_tables.of_frame(_named(part.head(rows)), "{:g}".format, ""), keys=2)


def _named(cells: pd.DataFrame) -> pd.DataFrame:
    """Return cells with the names of their areas beside the codes."""
    return cells.assign(area=[_telling.area(str(code)) for code in cells["area"]])


@command.command()
@click.argument("name")
@click.option("--out", type=NEW, metavar="FILE",
              help="File to write, .xlsx or .csv  [default: NAME.xlsx]")  # fmt: skip
@workspace_option
def template(workspace: Workspace, name: str, out: Path | None) -> None:
    """Write an empty file of dataset NAME to fill in, with example and data dictionary."""
    from forecast import datasets
    from forecast.dataroom import templates

    spec = datasets.get(name, workspace)
    for path in templates.write(spec, out or Path(f"{name}.xlsx")):
        click.echo(path)


@command.command()
@click.option("--out", type=NEW, callback=ends_in(".html"),
              help="File to write  [default: WORKSPACE/output/catalogue.html]")  # fmt: skip
@click.option("--language", type=click.Choice(["da", "en"]), default="da", show_default=True,
              help="Language of the page")  # fmt: skip
@workspace_option
def catalogue(workspace: Workspace, out: Path | None, language: str) -> None:
    """Write the data catalogue: one HTML page, one row a dataset."""
    from forecast.dataroom import catalogue as page

    click.echo(page.write(workspace, out or workspace.output / "catalogue.html", language))
