"""How the pressure falls: on regions, groups of municipalities and each municipality."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import NamedTuple

from forecast import areas
from forecast.reporting import danish
from forecast.reporting.document import MISSING, Block, Column, Figure, Number, Row, Section, Table
from forecast.reporting.figures.bars import Bar, Bars
from forecast.reporting.figures.tiles import Tile, Tiles
from forecast.reporting.view import View
from forecast.sections import _common


class Share(NamedTuple):
    """A municipality's growth in fixed prices; the people of the largest target group."""

    area: str
    change: Number
    low: Number
    high: Number
    people: Number

    @property
    def each(self) -> Number:
        """Growth per person at risk, DKK 1,000."""
        return self.change / self.people


def build(view: View) -> Section | None:
    """Return a tile map, a ranked list with intervals, and tables by region and group."""
    if not view.meta["cost_included"]:
        return None
    shares = shares_of(view)
    found = [s for s in shares if s.each.given]
    if not found:
        return None
    words = view.words
    blocks: list[Block] = [
        words.say("spread.intro", accounts_year=view.accounts_year, year=view.budget_year),
        _map(view, found),
        _ranked(view, found),
        *(_grouped(view, found, kind) for kind in ("region", "group")),
        _all(view, found),
    ]
    return Section("spread", words.text("spread.title"), tuple(blocks))


def _municipalities(view: View) -> list[str]:
    own = [a for a in view.meta["areas"] if a != areas.NATION and not a.startswith("08")]
    return sorted(own, key=lambda a: danish.collation(view.area_name(a)))


def shares_of(view: View) -> list[Share]:
    """Return every municipality's growth from accounts to budget year, fixed prices."""
    whole = {"function": "", "service": "", "component": "net", "price": "fixed"}
    accounts = _by_area(view, "cost", None, series="accounts", year=view.accounts_year, **whole)
    keys = {"series": "forecast", "year": view.budget_year}
    after = [_by_area(view, "cost", q, **keys, **whole)
             for q in (None, _common.LOW, _common.HIGH)]  # fmt: skip
    people = _by_area(view, "volumes", None, item="population", **keys)
    return [
        Share(area, *_growth(accounts, after, area), people.get(area, MISSING))
        for area in _municipalities(view)
    ]


def _growth(
    before: dict[str, Number], after: list[dict[str, Number]], area: str
) -> tuple[Number, Number, Number]:
    start = before.get(area, MISSING)
    change, low, high = (numbers.get(area, MISSING) - start for numbers in after)
    return change, low, high


def _by_area(view: View, table: str, quantile: float | None, **keys: str) -> dict[str, Number]:
    """Return the largest number of each area among the rows that agree with some keys."""
    frame = view.bundle.table(table)
    mask = (
        frame["quantile"].isna() if quantile is None else abs(frame["quantile"] - quantile) < 1e-6
    )
    for name, value in keys.items():
        mask &= frame[name] == value
    found = frame.loc[mask, ["area", "value"]].sort_values("value")
    rows = zip(found.index, found["area"].astype("str"), found["value"], strict=True)
    return {area: Number(float(value), f"{table}:{row}") for row, area, value in rows}


def _map(view: View, shares: list[Share]) -> Figure:
    words = view.words
    values = sorted(s.each.value for s in shares)
    limits = tuple(values[math.ceil(len(values) * q / 5) - 1] for q in (1, 2, 3, 4))
    table = areas.table()
    places = {
        c: (x, y) for c, x, y in zip(*(table[n] for n in ("code", "lon", "lat")), strict=True)
    }
    tiles = tuple(
        Tile(
            code=s.area,
            name=view.area_name(s.area),
            lon=float(places[s.area][0]),
            lat=float(places[s.area][1]),
            value=s.each.value,
            text=words.show(s.each, "kr", unit=False),
        )
        for s in shares
    )
    caption = words.text("spread.map", year=view.budget_year)
    texts = [words.show(Number(v), "kr", unit=False) for v in limits]
    legend = (f"≤ {texts[0]}", *(f"≤ {t}" for t in texts[1:]), f"> {texts[-1]}")
    data = Tiles(tiles, limits, legend, words.text("spread.per_person"), "")
    extremes = sorted(shares, key=lambda s: s.each.value)
    alt = words.text(
        "spread.map_alt",
        lowest=words.listing([view.area_name(s.area) for s in extremes[:3]]),
        highest=words.listing([view.area_name(s.area) for s in extremes[-3:]]),
    )
    return Figure("spread_map", "tiles", data, caption, f"{caption} {alt}", "spread")


def _ranked(view: View, shares: list[Share]) -> Figure:
    words = view.words
    ranked = sorted(shares, key=lambda s: -s.each.value)
    some = ranked if len(ranked) <= 20 else [*ranked[:10], *ranked[-10:]]
    bars = tuple(
        Bar(
            view.area_name(s.area),
            s.each.value * 1e3,
            (s.low / s.people).value * 1e3,
            (s.high / s.people).value * 1e3,
        )
        for s in some
    )
    caption = words.text("spread.ranked", n=str(min(10, len(some))))
    names = "; ".join(f"{b.name} {words.show(b.value / 1e3, 'kr')}" for b in bars)
    data = Bars(bars, words.text("spread.per_person"), words.language)
    return Figure("spread_ranked", "bars", data, caption, f"{caption} {names}.", "spread")


def _columns(view: View, first: str) -> tuple[Column, ...]:
    words = view.words
    return (
        Column(first),
        Column(words.text("spread.change"), "mioch"),
        Column(words.text("spread.people"), "int"),
        Column(words.text("spread.per_person"), "kr"),
    )


def _grouped(view: View, shares: list[Share], kind: str) -> Table:
    words = view.words
    members: dict[str, list[Share]] = defaultdict(list)
    for s in shares:
        area = areas.get(s.area)
        members[areas.name(area.region) if kind == "region" else area.group].append(s)
    rows = []
    for name in danish.ordered(members):
        change, people = (
            _sum([s.change for s in members[name]]),
            _sum([s.people for s in members[name]]),
        )
        label = name or words.text("spread.no_group")
        key = f"spread.groups.{name}"
        label = words.text(key) if words.has(key) else label
        rows.append(Row((f"{label} ({len(members[name])})", change, people, change / people)))
    caption = words.text(f"spread.by_{kind}", unit=words.unit("mio"))
    first = words.text(f"spread.{kind}")
    return Table(f"spread_{kind}", caption, _columns(view, first), tuple(rows))


def _sum(numbers: list[Number]) -> Number:
    total = numbers[0]
    for number in numbers[1:]:
        total = total + number
    return total


def _all(view: View, shares: list[Share]) -> Table:
    words = view.words
    ends = (Column(words.text(f"column.{p}"), "kr") for p in ("p10", "p90"))
    columns = (*_columns(view, words.text("report.municipality")), *ends)
    rows = tuple(
        Row(
            (
                view.area_name(s.area),
                *(s.change, s.people, s.each),
                *(s.low / s.people, s.high / s.people),
            )
        )
        for s in shares
    )
    return Table("spread", words.text("spread.table", unit=words.unit("mio")), columns, rows)
