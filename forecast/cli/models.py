"""`forecast models`: the versions of trained models, and which of them is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from forecast.cli import _telling, _versions
from forecast.cli._common import area_of, json_option, known_at_option, print_json, workspace_option
from forecast.cli._who import made
from forecast.errors import ForecastError, RegistryError
from forecast.workspace import Workspace

if TYPE_CHECKING:
    from forecast.registry import VersionInfo

because_option = click.option(
    "--because", default="", metavar="TEXT", help="Why; kept in the history"
)


@click.group("models")
def command() -> None:
    """List, compare, promote and prove the versions of trained models.

    A version is written MODEL@NUMBER, MODEL@champion or MODEL@challenger; MODEL alone is its
    champion.
    """


@command.command("list")
@json_option
@workspace_option
def list_(workspace: Workspace, as_json: bool) -> None:
    """List all versions of all models."""
    from forecast import registry

    names = registry.models(workspace)
    infos = [info for name in names for info in registry.versions(workspace, name)]
    if as_json:
        print_json([_plain(info) for info in infos])
        return
    _telling.listed(infos)
    if not infos:
        click.echo("no model is trained yet; run `forecast train`", err=True)


@command.command()
@click.argument("version")
@json_option
@workspace_option
def show(version: str, workspace: Workspace, as_json: bool) -> None:
    """Show all that is recorded of VERSION: data, scores, seed, software."""
    from forecast import registry

    info = _versions.version(workspace, version)
    record = {
        **_plain(info),
        "sources": registry.facts(workspace, info, "sources"),
        "software": registry.facts(workspace, info, "software"),
        "scores": registry.metrics(workspace, info),
        "specification": registry.spec_of(workspace, info),
    }
    if as_json:
        print_json(record)
        return
    _telling.shown(record, _versions.scores(workspace, info))


@command.command()
@click.argument("old")
@click.argument("new")
@json_option
@workspace_option
def compare(old: str, new: str, workspace: Workspace, as_json: bool) -> None:
    """Compare OLD and NEW on the same origins and figures."""
    from forecast.versions import comparison

    found = comparison.compare(
        workspace, _versions.version(workspace, old), _versions.version(workspace, new)
    )
    if as_json:
        print_json(
            {
                "old": found.old.reference, "new": found.new.reference, "skill": found.skill,
                "lower": found.lower, "upper": found.upper, "forecasts": found.cells,
                "origins": list(found.origins), "worse": found.worse,
                "out_of_bounds": list(found.out_of_bounds),
                "differences": list(found.differences), "rerun": found.rerun,
                "groups": found.groups.to_dict("records"),
                "coverage": found.coverage.to_dict("records"),
            }
        )  # fmt: skip
        return
    _telling.compared(found)


@command.command()
@click.argument("version")
@because_option
@workspace_option
def promote(version: str, workspace: Workspace, because: str) -> None:
    """Make VERSION the champion if it is no worse, or for a reason that is kept (--because).

    MODEL alone is its challenger here.
    """
    from forecast import registry
    from forecast.versions import promotion

    model, which = registry.parse(version)
    which = which if "@" in version else registry.CHALLENGER
    done = promotion.promote(workspace, model, which, made=made(), because=because)
    if done.comparison is not None:
        click.echo(done.comparison.sentence, err=True)
    click.echo(f"{done.info.reference} is the champion")


@command.command()
@click.argument("model")
@because_option
@workspace_option
def rollback(model: str, workspace: Workspace, because: str) -> None:
    """Make the champion before this one champion again."""
    from forecast import registry

    if "@" in model:
        name = model.partition("@")[0]
        raise click.UsageError(
            f"{model} is a version; name the model ({name}), or choose a version with "
            f"`forecast models promote {model}`"
        )
    decision = registry.Decision(made(), because)
    info = registry.rollback(workspace, registry.parse(model)[0], decision)
    click.echo(f"{info.reference} is the champion again")


@command.command()
@click.argument("model")
@json_option
@workspace_option
def history(model: str, workspace: Workspace, as_json: bool) -> None:
    """Show who made which version of MODEL champion, when and why."""
    from dataclasses import asdict

    from forecast import registry

    name = registry.parse(model)[0]
    if not registry.versions(workspace, name):
        registry.version(workspace, name)  # says that there is none, and what to do
    events = registry.history(workspace, name)
    if as_json:
        print_json([asdict(event) for event in events])
        return
    _telling.happened(events)


@command.command()
@click.argument("version")
@workspace_option
def reproduce(version: str, workspace: Workspace) -> None:
    """Train VERSION again from its recorded data and say whether the result is identical."""
    from forecast.versions import reproduction

    info = _versions.version(workspace, version)
    done = reproduction.reproduce(workspace, info)
    _versions.lines("not as it was then", done.differs)
    if done.identical:
        click.echo(f"{info.reference} is reproduced: identical files and draws ({info.sha256})")
    elif done.largest == 0:
        click.echo(
            f"{info.reference} is reproduced: exactly the same forecast; its files are written "
            "otherwise than then"
        )
    elif done.confirmed:
        click.echo(
            f"{info.reference} is reproduced but for rounding: the forecast differs by at most "
            f"{done.largest:.1e}"
        )
    else:
        why = "; ".join(done.differs) or "data, program and packages are those of the record"
        raise RegistryError(
            f"{info.reference} is not reproduced: the forecast differs by up to "
            f"{done.largest:.2g} of its value; {why}"
        )


@command.command("explain-change")
@click.argument("old")
@click.argument("new")
@click.option("--municipality", metavar="M", help="Name or code, such as Aarhus or 751")
@click.option("--region", metavar="R", help="Name or code of a region")
@click.option("--nation", is_flag=True, help="All of Denmark")
@click.option("--year", type=int, metavar="YEAR",
              help="Year forecast  [default: the last that both forecast; of bundles the budget "
              "year]")  # fmt: skip
@click.option(
    "--tried",
    type=click.IntRange(0, 50),
    default=3,
    show_default=True,
    help="Revised figures of each dataset undone one by one",
)
@click.option("--language", type=click.Choice(["da", "en"]), default="en", show_default=True,
              help="Language of the words")  # fmt: skip
@json_option
@workspace_option
def explain_change(old: str, new: str, workspace: Workspace, as_json: bool, **asked: Any) -> None:
    """Split the change of a forecast from OLD to NEW into its causes; they sum to the change.

    OLD and NEW are two versions of a model (its forecast of an area that it forecasts: some know
    regions or the nation only), or ids of two bundles (their net cost, which the report `compare`
    shows too once it is worked out).
    """
    from forecast import specs
    from forecast.versions.splitting import Wanted

    models = specs.names("models", workspace)
    versions = ["@" in reference or reference in models for reference in (old, new)]
    if versions[0] != versions[1]:
        raise click.UsageError(
            f"{old} and {new}: expected two versions (MODEL@3) or the ids of two bundles"
        )
    wanted = Wanted(area_of(asked), asked["year"], asked["tried"])
    question = _versions.Question((old, new), wanted, asked["language"], as_json)
    if all(versions):
        _versions.explain_versions(workspace, question)
    else:
        _versions.explain_bundles(workspace, question)


@command.command()
@click.argument("model")
@known_at_option
@json_option
@workspace_option
def monitor(model: str, workspace: Workspace, known_at: str | None, as_json: bool) -> None:
    """Compare new figures with what the champion of MODEL said; is training again due?"""
    from forecast.versions import monitoring

    found = monitoring.monitor(workspace, _versions.version(workspace, model), known_at)
    if as_json:
        print_json(found.plain())
        return
    _telling.watched(found)


@command.command()
@click.option("--repair", is_flag=True, help="Clear away what a cut-off command left behind")
@json_option
@workspace_option
def check(workspace: Workspace, repair: bool, as_json: bool) -> None:
    """Look for damage and leftovers in the store of versions."""
    from dataclasses import asdict

    from forecast.registry.check import check as look
    from forecast.registry.store import exists

    findings = look(workspace, made(), repair=repair)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            end = f": {finding.mended}" if finding.mended else ""
            click.echo(f"{finding.kind} {finding.what}: {finding.text}{end}")
    left = [finding for finding in findings if not finding.mended]
    if left:
        advice = "" if repair else "; --repair clears away what a cut-off command left"
        raise ForecastError(f"{len(left)} things are not as they should be{advice}")
    if not as_json:
        none = f"there is no store of versions in {workspace.root}; `forecast train` makes one"
        click.echo("the store is in order" if exists(workspace) else none)


def _plain(info: VersionInfo) -> dict[str, Any]:
    return {
        "version": info.reference, "model": info.model, "number": info.version,
        "aliases": list(info.aliases), "run_id": info.run_id, "sha256": info.sha256,
        "tags": dict(info.tags),
    }  # fmt: skip
