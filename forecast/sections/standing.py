"""Where the version stands: drivers that were tried, champion against challenger, monitoring."""

from __future__ import annotations

from typing import Any

from forecast.costs import mapping
from forecast.reporting import danish
from forecast.reporting.document import Block, Column, Number, Row, Section, Table
from forecast.reporting.view import View
from forecast.sections import _common, _series
from forecast.sections.backtest import SIZES

HEADS = (("skill", "pctch"), ("lower", "pctch"), ("upper", "pctch"), ("n", "int"))


def build(view: View) -> Section:
    """Return what was tried beside the version, and how new figures have met it."""
    words = view.words
    blocks: list[Block] = [*_drivers(view), *_comparison(view), *_monitoring(view)]
    return Section("standing", words.text("standing.title"), tuple(blocks))


def _drivers(view: View) -> list[Block]:
    """Name the drivers of a version without a record of how they did; others are told elsewhere."""
    words = view.words
    if view.extra.get("drivers") is not None:
        return []
    spec: Any = view.extra.get("spec")
    names = sorted(spec.drivers) if spec is not None else []
    if not names:
        return [words.say("standing.no_drivers")]
    titles: Any = view.extra.get("titles") or {}
    said = [str(titles.get(name, {}).get(words.language, name)) for name in names]
    return [words.say("standing.drivers", names=words.listing(said))]


def _comparison(view: View) -> list[Block]:
    """Say whether the champion and its challenger differ, and show in which groups."""
    found: Any = view.extra.get("comparison")
    apart: Any = view.extra.get("apart")
    if apart is not None:
        return [_pair(view, "apart", *apart)]
    if found is None:
        return [view.words.say("standing.no_challenger")]
    said = [_which(view, found), _verdict(view, found), *_held(view, found)]
    return said if found.same else [*said, _groups(view, found)]


def _which(view: View, found: Any) -> Block:
    """Say how the versions were compared, and what each knew."""
    return _pair(view, "rerun" if found.rerun else "which", found.old, found.new)


def _pair(view: View, key: str, old: Any, new: Any) -> Block:
    """Say which version is in use and which would take its place, and what each knew."""
    versions = {"old": old, "new": new}
    numbers = {name: str(info.version) for name, info in versions.items()}
    dates = {f"{name}_date": view.words.date(_known(info)) for name, info in versions.items()}
    return view.words.say(f"standing.{key}", **numbers, **dates)


def _known(info: Any) -> str:
    """Return the day whose knowledge a version rests on."""
    return str(info.tags.get("known_at") or info.tags.get("when", ""))[:10]


def _verdict(view: View, found: Any) -> Block:
    way = "better" if found.lower > 0 else "worse" if found.upper < 0 else "alike"
    ends = (found.skill, found.lower, found.upper)
    if way == "worse":  # said as so much more error, not as minus so much less
        ends = (-found.skill, -found.upper, -found.lower)
    skill, low, high = (Number(float(n)) for n in ends)
    return view.words.say(
        f"standing.comparison.{way}",
        **{"new": str(found.new.version), "old": str(found.old.version)},
        skill=skill,
        low=low,
        high=high,
        n=Number(float(found.cells)),
        origins=Number(float(len(found.origins))),
    )


def _held(view: View, found: Any) -> list[Block]:
    """Say how often the intervals of both held what came."""
    shares = found.shares
    if set(shares) != {"coverage80", "coverage95"}:
        return []
    ends: dict[str, Any] = {
        f"{which}{name[-2:]}": Number(float(share))
        for name, pair in shares.items()
        for which, share in zip(("old", "new"), pair, strict=True)
    }
    numbers = {"new": str(found.new.version), "old": str(found.old.version)}
    return [view.words.say("standing.held", **numbers, **ends)]


def _groups(view: View, found: Any) -> Table:
    words = view.words
    columns = (
        Column(words.text("standing.by")),
        Column(words.text("standing.group")),
        *(Column(words.text(f"standing.{h}"), f) for h, f in HEADS),
    )
    rows = tuple(_line(view, line) for line in _ordered(found.groups.to_dict("records")))
    numbers = {"new": str(found.new.version), "old": str(found.old.version)}
    return Table("comparison", words.text("standing.table", **numbers), columns, rows)


def _ordered(lines: list[dict[Any, Any]]) -> list[dict[Any, Any]]:
    """Return groups in their order, sizes from small to large."""
    ways = list(dict.fromkeys(line["by"] for line in lines))

    def place(line: dict[Any, Any]) -> tuple[int, int]:
        size = SIZES.index(line["group"]) if line["group"] in SIZES else 0
        return ways.index(line["by"]), size

    return sorted(lines, key=place)


def _line(view: View, line: dict[Any, Any]) -> Row:
    by = str(line["by"])
    names = (view.words.text(f"standing.ways.{by}"), _group(view, by, str(line["group"])))
    return Row((*names, *(Number(float(line[h])) for h, _ in HEADS)))


def _monitoring(view: View) -> list[Block]:
    words = view.words
    found: Any = view.extra.get("drift")
    if found is None or not found.count:
        return [words.say("standing.nothing_new")]
    said = words.say(
        "standing.monitoring",
        n=Number(float(found.count)),
        inside=Number(float(found.inside80)),
        above=Number(float(found.above)),
    )
    due = "standing.due" if found.reasons else "standing.not_due"
    return [said, words.say(due)]


def _group(view: View, by: str, group: str) -> str:
    """Return what readers call a group of a comparison: a service, a region, a distance ahead."""
    words, model = view.words, next(iter(view.meta["models"]))
    if by == "horizon":
        return _common.ahead(view, model, f"{float(group):g}")
    if by == "size_class" and words.has(f"size.{group}"):
        return words.text(f"size.{group}")
    names = {"service": view.service_name, "region": view.area_name}
    if by == "age":
        return _series.ages(view, group)
    if by == "function":
        return _function(view, group)
    return names[by](group) if by in names and group else group


def _function(view: View, code: str) -> str:
    """Return an account function's number and name; a version of a model knows its number only."""
    known = mapping.table().get(code)
    if known is None:
        return view.function_name(code)
    return danish.firm(f"{code} {known.da if view.words.language == 'da' else known.en}")
