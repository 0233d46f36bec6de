"""`forecast train`: train models and register them as new versions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import click

from forecast.cli._common import (
    json_option,
    known_at_option,
    print_json,
    seed_option,
    workspace_option,
)
from forecast.cli._who import made
from forecast.errors import DataError, ForecastError, RegistryError
from forecast.workspace import Workspace

if TYPE_CHECKING:
    from forecast.registry import Made
    from forecast.versions.training import Fit

Row = dict[str, str | float | list[str]]


@click.command("train")
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@known_at_option
@seed_option
@click.option("--promote", is_flag=True, help="Make the new version champion if it is no worse")
@click.option("--dry-run", is_flag=True, help="Show what would be used, train nothing")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=2, show_default=True,
    help="Models trained at the same time",
)  # fmt: skip
@json_option
@workspace_option
def command(
    models: tuple[str, ...], workspace: Workspace, dry_run: bool, as_json: bool, **asked: Any
) -> None:
    """Train MODELs (default: all that have data) and register each as a new version.

    The first version of a model becomes its champion, which projections use; a later one is the
    challenger until it is promoted. Prints the versions.
    """
    chosen = list(models) or _ready(workspace)
    if dry_run:
        _plans(workspace, chosen, asked["known_at"], as_json)
        return
    rows, refused = _all(workspace, chosen, **asked)
    if as_json:
        print_json(rows)
    for row in () if as_json else rows:
        click.echo(f"{row['version']}  {row['aliases'] or '–'}")
    if refused:
        raise refused[0]


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


def _all(
    workspace: Workspace, chosen: list[str], jobs: int, **asked: Any
) -> tuple[list[Row], list[ForecastError]]:
    """Train the models, some at the same time; one that is refused does not stop the others.

    They are fitted in processes of their own, the largest first, and registered in this one.
    """
    import joblib
    from tqdm import tqdm

    from forecast import registry
    from forecast.versions import training

    _seldom_collected()
    given = {key: asked[key] for key in ("known_at", "seed")}
    task, who = joblib.delayed(_fitted), made()
    work = [task(workspace, chosen, k, given) for k in training.largest_first(workspace, chosen)]
    run = joblib.Parallel(n_jobs=min(jobs, len(work)), return_as="generator_unordered")
    fits, done = run(work), {}
    registry.warm_up()  # while the first models are fitted
    for k, fit in tqdm(fits, total=len(work), disable=None, unit="model"):
        done[k] = _registered(workspace, fit, who, asked["promote"])
    answers = [done[k] for k in range(len(chosen))]
    refused = [a for a in answers if isinstance(a, ForecastError)]
    for later in refused[1:]:  # the first is what the command ends with
        click.echo(str(later), err=True)
    return [a for a in answers if not isinstance(a, ForecastError)], refused


def _fitted(
    workspace: Workspace, chosen: list[str], k: int, given: dict[str, Any]
) -> tuple[int, Fit | ForecastError]:
    """Fit one of the models, in a process of its own where there are several."""
    from forecast.versions import training

    _seldom_collected()
    try:
        return k, training.prepare(workspace, chosen[k], **given)
    except ForecastError as error:
        return k, error


@cache
def _seldom_collected() -> None:
    """Look for lost cycles less often: the objects of imported libraries stay, and are many.

    Nor at the end of a worker, which the command waits for.
    """
    import atexit
    import gc

    gc.set_threshold(50_000, 20, 100)
    atexit.register(gc.freeze)


def _registered(
    workspace: Workspace, fit: Fit | ForecastError, who: Made, promote: bool
) -> Row | ForecastError:
    """Register what was fitted, and tell in sentences."""
    from forecast.versions import promotion, training

    if isinstance(fit, ForecastError):
        return fit
    try:
        result = training.register(workspace, fit, who)
    except ForecastError as error:
        return error
    info = result.info
    head = f"{info.reference}: {result.seconds:.1f} s, and {result.stored:.1f} s in the store"
    lines = [head, *(f"  {sentence}" for sentence in result.findings)]
    if promote and "champion" not in info.aliases:
        try:
            info = promotion.promote(workspace, info.model, str(info.version), made=who).info
        except RegistryError as error:  # it stays the challenger; the others are still trained
            lines.append(str(error))
    for line in lines:
        click.echo(line, err=True)
    return {
        "version": info.reference, "aliases": " ".join(info.aliases), "run_id": info.run_id,
        "sha256": info.sha256, "seconds": round(result.seconds, 2),
        "stored_seconds": round(result.stored, 2), "findings": list(result.findings),
    }  # fmt: skip


def _plans(workspace: Workspace, chosen: list[str], known_at: object, as_json: bool) -> None:
    from forecast.versions import plans, training

    day = known_at if isinstance(known_at, str) else None
    found = [plans.plan(workspace, model, day) for model in chosen]
    seconds = [training.estimate(workspace, plan) for plan in found]
    if as_json:
        print_json([p.plain() | {"seconds": s} for p, s in zip(found, seconds, strict=True)])
        return
    for plan, time in zip(found, seconds, strict=True):
        click.echo(plan.sentence + (f", about {time:.0f} s" if time else ", for the first time"))
        for vintage in plan.inputs.used:
            click.echo(f"  {vintage.id}")
        for note in plan.inputs.notes:
            click.echo(f"  note: {note}")
        for sentence in plan.left_out:
            click.echo(f"  note: {sentence}")
