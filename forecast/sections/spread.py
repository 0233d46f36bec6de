"""How the pressure falls: on regions, groups of municipalities and each municipality."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from forecast import areas
from forecast.reporting import danish
from forecast.reporting.document import MISSING, Block, Column, Figure, Number, Row, Section, Table
from forecast.reporting.figures.bars import Bar, Bars
from forecast.reporting.figures.tiles import Tile, Tiles
from forecast.reporting.view import View
from forecast.sections import _common

WHOLE = {"function": "", "service": "", "component": "net", "price": "fixed"}


class Share(NamedTuple):
    """A municipality's growth in fixed prices; the people of the largest target group.

    Attributes:
        start: the accounts that it grows from.
    """

    area: str
    start: Number
    change: Number
    low: Number
    high: Number
    people: Number

    @property
    def each(self) -> Number:
        """Growth per person in the target group, DKK 1,000."""
        return self.change / self.people


def build(view: View) -> Section | None:
    """Return a table by region, a tile map, a table by group, and a ranked list with intervals."""
    if not view.meta["cost_included"]:
        return None
    shares = shares_of(view)
    found = [s for s in shares if s.each.given]
    if not found:
        return None
    words = view.words
    blocks: list[Block] = [
        words.say("spread.intro", **years(view)),
        *_sure(view, found),
        _grouped(view, found, "region"),
        _map(view, found),  # of half a page: what is short stands around it and fills the rest
        _grouped(view, found, "group"),
        _ranked(view, found),
    ]
    return Section("spread", words.text("spread.title"), tuple(blocks))


def years(view: View) -> dict[str, str]:
    """Return the years that growth lies between and its price level, as sentences name them."""
    return {
        "accounts_year": view.accounts_year,
        "year": view.budget_year,
        "price": _common.price_name(view, "fixed"),
    }


def _sure(view: View, shares: list[Share]) -> list[Block]:
    """Say of how many municipalities it is sure that they differ from the nation."""
    (nation,) = shares_of(view, (areas.NATION,))
    if not nation.each.given:
        return []
    mean = nation.each.value
    apart = [s for s in shares if not (s.low / s.people).value <= mean <= (s.high / s.people).value]
    numbers: dict[str, Any] = {"n": float(len(apart)), "all": float(len(shares))}
    key = "spread.sure" if apart else "spread.unsure"
    return [view.words.say(key, mean=nation.each, **numbers)]


def _municipalities(view: View) -> list[str]:
    own = [a for a in view.meta["areas"] if a != areas.NATION and not a.startswith("08")]
    return sorted(own, key=lambda a: danish.collation(view.area_name(a)))


def shares_of(view: View, codes: Iterable[str] = ()) -> list[Share]:
    """Return the growth of areas, of all municipalities unless named, in fixed prices."""
    accounts = _by_area(view, "cost", None, series="accounts", year=view.accounts_year, **WHOLE)
    keys = {"series": "forecast", "year": view.budget_year}
    after = [_by_area(view, "cost", q, **keys, **WHOLE)
             for q in (None, _common.LOW, _common.HIGH)]  # fmt: skip
    people = _by_area(view, "volumes", None, item="population", **keys)
    return [
        Share(
            area,
            accounts.get(area, MISSING),
            *_growth(accounts, after, area),
            people.get(area, MISSING),
        )
        for area in codes or _municipalities(view)
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
    caption = words.text("spread.map", **years(view))
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
    caption = words.text("spread.ranked", n=str(min(10, len(some))), **years(view))
    names = "; ".join(f"{b.name} {words.show(b.value / 1e3, 'kr')}" for b in bars)
    data = Bars(bars, words.text("spread.per_person"), words.language)
    return Figure(
        "spread_ranked", "bars", data, caption, _common.stopped(f"{caption} {names}"), "spread"
    )


def _grouped(view: View, shares: list[Share], kind: str) -> Table:
    """Return the growth of each region or group, its bounds from sums draw by draw."""
    words = view.words
    members: dict[str, list[Share]] = defaultdict(list)
    for s in shares:
        area = areas.get(s.area)
        members[area.region if kind == "region" else area.group].append(s)
    ends = _regions(view) if kind == "region" else _groups(view)
    named = {_group_name(view, code, kind): code for code in members}
    rows = tuple(_joined(name, members[named[name]], ends.get(named[name])) for name in
                 danish.ordered(named))  # fmt: skip
    caption = words.text(f"spread.by_{kind}", unit=words.unit("mio"), **years(view))
    low, high = (words.text(f"column.{p}") for p in ("p10", "p90"))
    columns = (
        Column(words.text(f"spread.{kind}")),
        Column(words.text("spread.change"), "mioch"),
        *(Column(f"{h}, {words.unit('mio')}", "mioch") for h in (low, high)),
        Column(words.text("spread.people"), "int"),
        Column(words.text("spread.per_person"), "kr"),
        *(Column(f"{h}, {words.unit('kr')}", "kr") for h in (low, high)),
    )
    return Table(f"spread_{kind}", caption, columns, rows)


def _group_name(view: View, code: str, kind: str) -> str:
    if kind == "region":
        return view.area_name(code)
    key = f"spread.groups.{code}"
    return view.words.text(key if view.words.has(key) else "spread.no_group")


def _joined(name: str, members: list[Share], ends: tuple[Number, Number] | None) -> Row:
    change, people = (reduce(add, (getattr(s, n) for s in members)) for n in ("change", "people"))
    start = reduce(add, (s.start for s in members))
    bounds = [end - start for end in ends] if ends else [MISSING, MISSING]
    each = [n / people for n in (change, *bounds)]
    return Row((f"{name} ({len(members)})", change, *bounds, people, *each))


def _regions(view: View) -> dict[str, tuple[Number, Number]]:
    """Return the bounds of net cost in the budget year of each region."""
    keys = {"series": "forecast", "year": view.budget_year, **WHOLE}
    low, high = (_by_area(view, "cost", q, **keys) for q in (_common.LOW, _common.HIGH))
    return {code: (low.get(code, MISSING), high.get(code, MISSING)) for code in areas.regions()}


def _groups(view: View) -> dict[str, tuple[Number, Number]]:
    """Return the bounds of net cost in the budget year of each group of municipalities."""
    found = {}
    for group in view.slice("groups").values("group"):
        low, high = (
            view.number("groups", group=group, year=view.budget_year, price="fixed", quantile=q)
            for q in (_common.LOW, _common.HIGH)
        )
        found[str(group)] = (low, high)
    return found
