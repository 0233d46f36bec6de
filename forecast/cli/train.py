"""`forecast train`: train models and register them as new versions."""

from __future__ import annotations

from collections.abc import Iterator

import click

from forecast.cli._common import (
    json_option,
    known_at_option,
    print_json,
    seed_option,
    workspace_option,
)
from forecast.cli._who import made
from forecast.errors import DataError, RegistryError
from forecast.workspace import Workspace


@click.command("train")
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@known_at_option
@seed_option
@click.option("--promote", is_flag=True, help="Make the new version champion if it is no worse")
@click.option("--dry-run", is_flag=True, help="Show what would be used, train nothing")
@json_option
@workspace_option
def command(
    models: tuple[str, ...], workspace: Workspace, dry_run: bool, as_json: bool, **asked: object
) -> None:
    """Train MODELs (default: all that have data) and register each as a new version.

    The first version of a model becomes its champion, which projections use; a later one is the
    challenger until it is promoted. Prints the versions.
    """
    chosen = list(models) or _ready(workspace)
    if dry_run:
        _plans(workspace, chosen, asked["known_at"], as_json)
        return
    rows = [_trained(workspace, model, **asked) for model in _progress(chosen)]  # type: ignore[arg-type]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['version']}  {row['aliases'] or '–'}")


def _ready(workspace: Workspace) -> list[str]:
    from forecast.versions import training

    ready, lacking = training.trainable(workspace)
    for name, dataset in lacking.items():
        click.echo(f"{name} is left out: there is no data for {dataset}", err=True)
    if not ready:
        raise DataError(
            f"no model has data in {workspace.root}; see what is missing with `forecast status`, "
            "or run `forecast demo`"
        )
    return ready


def _progress(chosen: list[str]) -> Iterator[str]:
    from tqdm import tqdm

    bar = tqdm(chosen, disable=None, unit="model")
    for model in bar:
        bar.set_description(model)
        yield model


def _trained(
    workspace: Workspace, model: str, known_at: str | None, seed: int, promote: bool
) -> dict[str, str | float | list[str]]:
    from forecast.versions import promotion, training

    who = made()
    result = training.train(workspace, model, known_at=known_at, seed=seed, made=who)
    info = result.info
    click.echo(
        f"{info.reference}: {result.seconds:.1f} s, and {result.stored:.1f} s in the store",
        err=True,
    )
    for sentence in result.findings:
        click.echo(f"  {sentence}", err=True)
    if promote and "champion" not in info.aliases:
        try:
            info = promotion.promote(workspace, model, str(info.version), made=who).info
        except RegistryError as error:  # it stays the challenger; the others are still trained
            click.echo(str(error), err=True)
    return {
        "version": info.reference, "aliases": " ".join(info.aliases), "run_id": info.run_id,
        "sha256": info.sha256, "seconds": round(result.seconds, 2),
        "stored_seconds": round(result.stored, 2), "findings": list(result.findings),
    }  # fmt: skip


def _plans(workspace: Workspace, chosen: list[str], known_at: object, as_json: bool) -> None:
    from forecast.versions import training

    day = known_at if isinstance(known_at, str) else None
    plans = [training.plan(workspace, model, day) for model in chosen]
    seconds = [training.estimate(workspace, plan) for plan in plans]
    if as_json:
        print_json([p.plain() | {"seconds": s} for p, s in zip(plans, seconds, strict=True)])
        return
    for plan, time in zip(plans, seconds, strict=True):
        click.echo(plan.sentence + (f", about {time:.0f} s" if time else ", for the first time"))
        for vintage in plan.inputs.used:
            click.echo(f"  {vintage.id}")
        for note in plan.inputs.notes:
            click.echo(f"  note: {note}")
        for sentence in plan.left_out:
            click.echo(f"  note: {sentence}")
