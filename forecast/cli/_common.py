"""Options that several commands share."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from forecast.errors import suggestion
from forecast.seeds import SEED
from forecast.workspace import VARIABLE, Workspace

Command = Callable[..., Any]


class Suggesting(click.Group):
    """A group of commands that knows the nearest to a mistyped one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest command for a mistyped one."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = suggestion(args[0], self.list_commands(ctx))
            ctx.fail(f"no such command {args[0]!r}{near}")
        return super().resolve_command(ctx, args)


def workspace_option(function: Command) -> Command:
    """Add `--workspace`; the command gets a `Workspace` as `workspace`."""

    @click.option(
        "--workspace", metavar="DIR", envvar=VARIABLE, show_envvar=True,
        help="Folder that holds all you make  [default: ./forecast-workspace]",
    )  # fmt: skip
    @functools.wraps(function)
    def wrapped(*args: Any, workspace: str | None, **kwargs: Any) -> Any:
        return function(*args, workspace=Workspace.at(workspace), **kwargs)

    return wrapped


def seed_option(function: Command) -> Command:
    """Add `--seed`: same data, same specification, same seed give the same bytes."""
    return click.option(
        "--seed", type=click.IntRange(0, 2**63 - 1), default=SEED, show_default=True,
        help="Seed of all simulated futures",
    )(function)  # fmt: skip


def models_option(function: Command) -> Command:
    """Add `--model-version MODEL@N`; the command gets all of them as `models`."""
    return click.option(
        "--model-version", "--model", "models", multiple=True, metavar="MODEL@N",
        help="Version of a model in place of its champion; may be given again",
    )(function)  # fmt: skip


def budget_year_option(function: Command) -> Command:
    """Add `--budget-year YEAR`."""
    return click.option(
        "--budget-year", type=click.IntRange(2000, 2200), metavar="YEAR",
        help="The budget year; three out-years follow  [default: the year after today's]",
    )(function)  # fmt: skip


def adjust_option(function: Command) -> Command:
    """Add `--adjust FILE`, which may be given again."""
    return click.option(
        "--adjust", multiple=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
        help="Adjustments or a scenario; may be given again, in order",
    )(function)  # fmt: skip


def _day(_: click.Context, __: click.Parameter, value: Any) -> str | None:
    return None if value is None else str(value.date().isoformat())


def _past_day(context: click.Context, option: click.Parameter, value: Any) -> str | None:
    """Refuse a day to come: nobody can say today what will be known then."""
    from forecast import clock

    day = _day(context, option, value)
    if day is not None and day > clock.today():
        raise click.BadParameter(f"{day} lies after today ({clock.today()})")
    return day


def known_at_option(function: Command) -> Command:
    """Add `--known-at DATE`: use no cell that was published later."""
    return click.option(
        "--known-at", type=click.DateTime(["%Y-%m-%d"]), callback=_past_day, metavar="DATE",
        help="Use only what was published by this date",
    )(function)  # fmt: skip


def day_option(name: str, text: str) -> Callable[[Command], Command]:
    """Return an option that takes a date and hands it on as ISO text."""
    return click.option(
        name, type=click.DateTime(["%Y-%m-%d"]), callback=_day, metavar="DATE", help=text
    )


def area_of(asked: Mapping[str, Any]) -> str:
    """Return the code of the one area that `--municipality`, `--region` or `--nation` names."""
    from forecast import areas

    named = [level for level in ("municipality", "region", "nation") if asked[level]]
    if len(named) != 1:
        raise click.UsageError("name one of --municipality, --region and --nation")
    if asked["nation"]:
        return areas.NATION
    found = areas.find(asked[named[0]])
    areas.inside(found.code)  # refuses what is none of the three
    if found.level != named[0]:
        name = areas.name(found.code)
        raise click.UsageError(f"{name} is a {found.level}; use --{found.level}")
    return found.code


def formats_of(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    """Read html,xlsx; a name that is no format is suggested."""
    from forecast import parts

    known = parts.names("writers")
    asked = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    for name in asked:
        if name not in known:
            near = suggestion(name, known)
            raise click.BadParameter(f"{name!r} is no format{near} ({', '.join(known)})")
    if not asked:
        raise click.BadParameter(f"expected one or more of {', '.join(known)}")
    return asked


def versions_of(references: Iterable[str]) -> dict[str, str]:
    """Return which version of each model is named, such as `3` by `MODEL@3`."""
    from forecast.registry import parse

    found: dict[str, str] = {}
    for model, which in map(parse, references):
        if found.setdefault(model, which) != which:
            raise click.UsageError(
                f"two versions of {model} are named, {found[model]} and {which}; name one"
            )
    return found


def apart(old: str, new: str) -> None:
    """Refuse to compare a thing with itself, before minutes go by."""
    if old == new:
        raise click.UsageError(f"{new} is named as the old and as the new one; name two")


def ends_in(suffix: str) -> Callable[[click.Context, click.Parameter, Path | None], Path | None]:
    """Return a check that a file to be written is named as what it will be, such as `.svg`."""

    def checked(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
        if path is not None and path.suffix.lower() != suffix:
            raise click.BadParameter(f"{path}: expected a name that ends in {suffix}")
        return path

    return checked


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs")


def print_json(value: Any) -> None:
    """Print JSON; Danish letters stay as they are."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False))
