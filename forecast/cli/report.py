"""`forecast report`: reports for one area, for all municipalities, of a model, of two bundles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from forecast.cli._common import (
    Command,
    Suggesting,
    adjust_option,
    apart,
    area_of,
    budget_year_option,
    day_option,
    formats_of,
    models_option,
    print_json,
    seed_option,
    versions_of,
    workspace_option,
)
from forecast.workspace import Workspace

if TYPE_CHECKING:
    from forecast.bundle import Bundle
    from forecast.reporting import Sources

_OF_NEW = {
    "adjust": "--adjust", "models": "--model-version", "budget_year": "--budget-year",
    "seed": "--seed",
}  # fmt: skip
_OF_ONE = {"previous": "--previous", "scenario": "--scenario", "agreed_on": "--agreed-on"}


def output_options(function: Command) -> Command:
    """Add `--format`, `--language`, `--out` and `--json`."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON for programs"),
        click.option(
            "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
            help="Folder for the files  [default: output/ in the workspace]",
        ),
        click.option(
            "--language", type=click.Choice(["da", "en"]), default="da", show_default=True,
            help="Language of the report",
        ),
        click.option(
            "--format", "formats", callback=formats_of, default="html,xlsx", show_default=True,
            metavar="F,F", help="html, xlsx, docx, pdf and data (CSV, Parquet and JSON)",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def bundle_options(function: Command) -> Command:
    """Add `--bundle`, and what a projection needs where none is named."""
    function = click.option(
        "--bundle", metavar="ID",
        help="Render this projection (`latest`: the newest)  [default: project first]",
    )(seed_option(adjust_option(models_option(function))))  # fmt: skip
    return budget_year_option(function)


class Reports(Suggesting):
    """The reports of reports/*.toml, the workspace's own among them, each a command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands with their own arguments, and the names of all other reports."""
        from forecast import specs

        workspace = Workspace.at(ctx.params.get("workspace"))
        return sorted({*super().list_commands(ctx), *specs.names("reports", workspace)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a report's command; one without its own arguments is made for areas."""
        special = super().get_command(ctx, cmd_name)
        if special is not None or cmd_name not in self.list_commands(ctx):
            return special
        return _area_command(cmd_name)


@click.group("report", cls=Reports)
def command() -> None:
    """Write reports as HTML, XLSX, DOCX, PDF or data."""


def _area_command(name: str) -> click.Command:
    @click.command(name, help=f"Write the {name} report of an area (reports/{name}.toml).")
    @click.option("--municipality", metavar="M", help="Name or code, such as Aarhus or 751")
    @click.option("--region", metavar="R", help="Name or code of a region")
    @click.option("--nation", is_flag=True, help="All of Denmark")
    @click.option("--all-municipalities", "everyone", is_flag=True, help="98 reports and an index")
    @click.option(
        "--previous",
        metavar="ID",
        help="Earlier projection to tell changes from (`latest`: the newest before this one)",
    )
    @click.option("--scenario", multiple=True, metavar="ID",
                  help="Projection of a scenario to show beside; may be given again")  # fmt: skip
    @day_option("--agreed-on", "Date of the agreement, such as 2026-06-05")
    @click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True,
                  help="How many reports are written at once")  # fmt: skip
    @bundle_options
    @output_options
    @workspace_option
    def run(workspace: Workspace, **asked: Any) -> None:
        _run(workspace, name, asked)

    return run


def _run(workspace: Workspace, name: str, asked: dict[str, Any]) -> None:
    from forecast import reporting
    from forecast.reporting import publishing

    report = reporting.spec(name, workspace)
    wanted = _areas(asked, report.scope)
    out = asked["out"] or workspace.output
    order = publishing.Order(report, asked["formats"], asked["language"], out)
    if asked["everyone"]:
        _refuse(_OF_ONE, "is for one area's report, and --all-municipalities writes 98")
        bundle = find_bundle(workspace, asked)
        index = publishing.all_municipalities(order, bundle, jobs=asked["jobs"])
        _print([index], asked["as_json"])
        return
    sources = _sources(workspace, report.threshold, asked)
    paths = [p for area in wanted for p in publishing.one(order, sources, area)]
    _print(paths, asked["as_json"])


def _sources(workspace: Workspace, threshold: float, asked: dict[str, Any]) -> Sources:
    """Return what one area's report is rendered from: a projection and those beside it."""
    from forecast import reporting
    from forecast.bundle import LATEST, Bundle, made_before
    from forecast.reporting import beside

    # What is named is looked up first: to project takes a while.
    others = [Bundle.load(workspace, name) for name in asked["scenario"]]
    named = asked["previous"]
    earlier = None if named in (None, LATEST) else Bundle.load(workspace, named)
    bundle = find_bundle(workspace, asked)
    if named == LATEST:
        earlier = made_before(workspace, bundle)
        click.echo(f"changes are told from {earlier.id}, of {earlier.meta['today']}", err=True)
    if earlier is not None:
        apart(earlier.id, bundle.id)
    for other in others:
        beside.refuse_other(bundle, other)
    extra = {"agreed_on": asked["agreed_on"]}
    found = reporting.sources(bundle, threshold, earlier, extra)
    return replace(found, scenarios=tuple(reporting.sources(o, threshold) for o in others))


def _areas(asked: dict[str, Any], scope: tuple[str, ...]) -> list[str]:
    from forecast import areas

    named = [asked["municipality"], asked["region"], asked["nation"], asked["everyone"]]
    if not any(named) and scope == ("nation",):
        return [areas.NATION]
    if sum(bool(part) for part in named) != 1:
        raise click.UsageError(
            "name one of --municipality, --region, --nation and --all-municipalities"
        )
    return [] if asked["everyone"] else [area_of(asked)]


def find_bundle(workspace: Workspace, asked: dict[str, Any]) -> Bundle:
    """Return the bundle that was named, or project and save one."""
    from forecast.bundle import Bundle

    if asked["bundle"] is None:
        return project(workspace, asked)
    _refuse(_OF_NEW, "is for a new projection, and --bundle names one that is there")
    return Bundle.load(workspace, asked["bundle"])


def _refuse(options: Mapping[str, str], why: str) -> None:
    """Refuse the first of some options that was given where nothing would heed it."""
    origin = click.get_current_context().get_parameter_source
    for name, option in options.items():
        if origin(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option} {why}; leave one of them out")


def project(workspace: Workspace, asked: dict[str, Any]) -> Bundle:
    """Project the budget year that was asked for, and save the bundle."""
    from forecast import clock
    from forecast.projection import project as run

    click.echo("projecting demand and cost …", err=True)
    today = clock.today()
    year = asked["budget_year"] or int(today[:4]) + 1
    given: dict[str, Any] = {"adjustments": asked["adjust"], "seed": asked["seed"]}
    bundle = run(workspace, year, **given, versions=versions_of(asked["models"]), today=today)
    return bundle if bundle.id else bundle.save(workspace.bundles)


@command.command("model")
@click.argument("model", metavar="MODEL")
@click.option("--log/--no-log", default=True, help="Keep it with the version's MLflow run too")
@output_options
@workspace_option
def model_(workspace: Workspace, model: str, log: bool, **asked: Any) -> None:
    """Write the report of a trained model: MODEL, MODEL@3 or MODEL@challenger.

    Data, methods and weights, scores and coverage on the past, largest misses, what was left
    over, champion beside challenger, and how figures that have come since met the forecast.
    """
    from forecast import clock, registry
    from forecast.registry import attaching
    from forecast.reporting import modelview, publishing

    name, which = registry.parse(model)
    info = registry.version(workspace, name, which or "champion")
    made = modelview.report(workspace, info, asked["language"], clock.today())
    out = asked["out"] or workspace.output
    paths = publishing.files_of(made, f"model-{name}-{info.version}", asked["formats"], out)
    if log:
        for path in paths:
            attaching.attach(workspace, info, path, "report")
    _print(paths, asked["as_json"])


@command.command("compare")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--municipality", metavar="M", help="Name or code, such as Aarhus or 751")
@click.option("--region", metavar="R", help="Name or code of a region")
@click.option("--nation", is_flag=True, help="All of Denmark  [default]")
@click.option("--explain", is_flag=True, help="Work out why cost changed; takes some minutes")
@output_options
@workspace_option
def compare(workspace: Workspace, old: str, new: str, **asked: Any) -> None:
    """Write two projections side by side: OLD and NEW are ids of bundles, or `latest`.

    The one that rests on older data, or else is for the earlier budget, stands first. What
    --explain or `forecast models explain-change` has worked out once is part of the report from
    then on.
    """
    from forecast import reporting
    from forecast.bundle import Bundle
    from forecast.reporting import publishing
    from forecast.versions import explanations
    from forecast.versions.splitting import Wanted

    report = reporting.spec("compare", workspace)
    asked_for = [Bundle.load(workspace, name) for name in (old, new)]
    apart(*(bundle.id for bundle in asked_for))
    first, second = reporting.in_order(*asked_for)
    if first is not asked_for[0]:
        click.echo(f"{first.id} rests on older data and is shown first", err=True)
    nation = asked["nation"] or not (asked["municipality"] or asked["region"])
    area = _areas({**asked, "nation": nation, "everyone": False}, report.scope)[0]
    if asked["explain"]:
        click.echo("working out why cost changed …", err=True)
        explanations.explain(workspace, first, second, Wanted(area))
    extra = {"causes": explanations.kept(workspace, first, second, area)}
    given = reporting.sources(second, report.threshold, first, extra)
    out = asked["out"] or workspace.output
    order = publishing.Order(report, asked["formats"], asked["language"], out)
    _print(publishing.one(order, given, area), asked["as_json"])


def _print(paths: list[Path], as_json: bool) -> None:
    if as_json:
        print_json([str(path) for path in paths])
        return
    for path in paths:
        click.echo(str(path))
