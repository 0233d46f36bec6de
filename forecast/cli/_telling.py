"""Versions, comparisons and histories as an analyst reads them on a screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from forecast.cli import _scores, _tables, _versions
from forecast.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from forecast.registry import Event, VersionInfo
    from forecast.versions.comparison import Comparison
    from forecast.versions.monitoring import Drift

_HAPPENED = {
    "registered": "was trained by",
    "first": "was trained as the first, and so the champion, by",
    "promoted": "was promoted to champion by",
    "rolled back": "was made champion again by",
    "noted": "was found to be the champion by",
}
_METHODS = {"combination": "combination", "demographic": "demography only", "naive": "last figure"}


def listed(infos: Iterable[VersionInfo]) -> None:
    """Print one line a version."""
    rows = [
        [
            info.reference, ", ".join(info.aliases) or "–", info.tags.get("when", "")[:16],
            info.tags.get("last_period", ""), info.tags.get("who", ""),
            "synthetic" if info.tags.get("synthetic") == "true" else "",
        ]
        for info in infos
    ]  # fmt: skip
    if rows:
        heading = ["version", "alias", "trained", "data to", "by", "data"]
        _tables.printed([heading, *rows], indent=2)


def happened(events: Iterable[Event]) -> None:
    """Print a model's history: who made which version champion, when, why, on what evidence."""
    for event in events:
        was = f", in place of version {event.previous}" if event.previous else ""
        action = _HAPPENED.get(event.action, f"{event.action} by")
        click.echo(f"{event.when}  version {event.version} {action} {event.who}{was}")
        if event.because:
            click.echo(f"    reason: {event.because}")
        if event.evidence:
            click.echo(f"    compared: {event.evidence}")


def compared(found: Comparison) -> None:
    """Print by how much a version is better, where it is worse, and what differs."""
    click.echo(found.sentence)
    if found.rerun:
        click.echo("they share no origin: the old specification was tried again on the new data")
    if not found.same:
        for word in ("worse", "better"):
            named = "; ".join(f"{g.name} ({_signed(g.skill)})" for g in found.surely(word))
            click.echo(f"surely {word} for: {named or 'no group'}")
        _groups(found)
    click.echo("\noutcomes within the intervals, on the same forecasts:")
    _tables.printed([["interval", "old", "new", "to promote"], *_coverage(found)], indent=2)
    _versions.lines("what differs (old → new)", found.differences)


def _signed(share: float) -> str:
    """Return a share in per cent with its sign; what rounds to nothing has none."""
    text = f"{share:+.1%}"
    return "0.0%" if text in ("+0.0%", "-0.0%") else text


def _groups(found: Comparison) -> None:
    rows = [["by", "group", "better by", "95 % interval", "forecasts", ""]]
    for group in found.named_groups:
        interval = f"{_signed(group.lower)} to {_signed(group.upper)}"
        row = [group.by, group.name, _signed(group.skill), interval, str(group.n), group.verdict]
        rows.append(row)
    click.echo("\nwhere (below 0 the new version is worse):")
    _tables.printed(rows, indent=2, keys=2)


def _coverage(found: Comparison) -> Iterable[list[str]]:
    from forecast.versions.comparison import BOUNDS, INTERVAL_NAMES

    for name, (old, new) in found.shares.items():
        low, high = (f"{100 * bound:g}%" for bound in BOUNDS[name])
        yield [INTERVAL_NAMES[name], f"{old:.1%}", f"{new:.1%}", f"{low} to {high}"]


def watched(found: Drift) -> None:
    """Print how new figures met a version's forecast, the largest misses by name."""
    click.echo(found.sentence)
    if len(found.misses):
        click.echo("\nlargest misses (in halves of the 80 % interval):")
        heading = ["area", "series", "period", "said", "95 % interval", "came", "misses by"]
        missed = [_miss(row) for row in found.misses.to_dict("records")]
        _tables.printed([heading, *missed], indent=2, keys=2)
    _versions.lines(f"training again is {'due' if found.due else 'not due'}", found.reasons)


def _miss(row: Mapping[Any, Any]) -> list[str]:
    from forecast import services

    known = services.table()
    keys = [str(row[k]) for k in ("service", "function", "age", "sex") if row.get(k)]
    label = " ".join(services.title(k, "en") if k in known else k for k in keys)
    interval = f"{row['low95']:.1f} to {row['high95']:.1f}"
    numbers = (f"{row['said']:.1f}", interval, f"{row['came']:.1f}", f"{row['times']:+.1f}")
    return [area(str(row["area"])), label, str(row["period"]), *numbers]


def shown(record: dict[str, Any], scores: pd.DataFrame) -> None:
    """Print all that is recorded of a version."""
    tags = record["tags"]
    click.echo(f"{record['version']}  {', '.join(record['aliases']) or '–'}")
    about = {key: tags.get(key, "") for key in ("when", "who", "seconds", "seed")}
    about["known at"] = tags.get("known_at") or "everything published"
    seen = past_figures(tags.get("known_at"), tags.get("real_time") == "true", "stood at training")
    about["origins"] = f"each past origin saw {seen}"
    about["series"] = tags.get("series", "")
    about["periods"] = f"{tags.get('first_period')} to {tags.get('last_period')}"
    about["horizon"] = f"{tags.get('horizon')} periods"
    about |= {"run": record["run_id"], "sha256": record["sha256"]}
    rows = [[name, str(value)] for name, value in about.items()]
    _tables.printed(rows, headed=False, indent=2)
    click.echo("\ndata:")
    sources = [_source(source) for source in record["sources"]]
    _tables.printed(sources, headed=False, indent=2)
    click.echo("\nscores, all horizons and sizes:")
    _tables.printed(_chief_scores(scores), indent=2, keys=2)
    _versions.lines("software", [f"{k} {v or '–'}" for k, v in record["software"].items()])
    click.echo(f"\nspecification\n{record['specification'].rstrip()}")


def past_figures(known_at: str | None, real_time: bool, now: str = "stand today") -> str:
    """Return in words what a past origin saw: nothing later than itself, but figures as revised."""
    stood = f"as they {now}, so with later revisions"
    if known_at:
        stood = f"as they stood on {known_at}, so with revisions up to then"
        if not real_time:
            stood = f"published by {known_at}, as revised since: no snapshot here is of that day"
    beside = "populations and drivers as published at that origin"
    return f"figures up to its own period, {stood}; {beside}"


def area(code: str) -> str:
    """Return an area's name and code; a code that is no Danish area's stays alone."""
    from forecast import areas

    try:
        return f"{areas.name(code)} ({code})"
    except DataError:
        return code


def series(key: Mapping[str, str]) -> str:
    """Return what identifies a series, in words and with its codes."""
    from forecast import services

    told = {name: f"{name} {value}" for name, value in key.items() if value}
    if "area" in told:
        told["area"] = area(key["area"])
    if "region" in told:
        told["region"] = f"in {area(key['region'])}"
    if key.get("service") in services.table():
        told["service"] = f"{services.title(key['service'], 'en')} ({key['service']})"
    if key.get("region") == key.get("area"):  # a region's own series
        told.pop("region", None)
    return ", ".join(told.values())


def _source(source: dict[str, Any]) -> list[str]:
    mark = "synthetic" if source.get("synthetic") else ""
    published = f"published {source['published']}" if source.get("published") else ""
    return [str(source["id"]), str(source["role"]), published, f"{source['rows']} rows", mark]


def _chief_scores(scores: pd.DataFrame) -> list[list[str]]:
    whole = scores[(scores["horizon"] == 0) & (scores["size_class"] == "all")]
    held = whole.set_index(["level", "method", "metric"])["value"].astype(float).to_dict()
    rows = [["level", "method", *_scores.headings(_scores.CHIEF)]]
    for level in dict.fromkeys(whole["level"].astype(str)):
        for method, name in _METHODS.items():
            values = {metric: held.get((level, method, metric)) for metric in _scores.CHIEF}
            found = _scores.cells(values, _scores.CHIEF)
            if set(found) != {"–"}:
                rows.append([level, name, *found])
    return rows
