"""An attacker who has all files of a year: linear bounds for cells that reports do not show.

The attacker knows the registers of the package (which services are paid on a function, with what
weight) and how many inhabitants there are, and every identity that the published tables obey.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, csr_matrix, vstack

from forecast import areas, measures
from forecast.bundle import Bundle
from forecast.costs import mapping
from forecast.reporting import extract, wording
from forecast.reporting.shield import Shield
from forecast.reporting.view import Store, View

Cell = tuple[str, str, str, str, str]  # area, model, service, age, period
NEAR = 1e-6  # relative error of what a machine works out twice
TABLES = ("history", "demand", "volumes", "comparison", "backtest", "cost", "peers")


def published(made: Bundle, shield: Shield) -> dict[str, pd.DataFrame]:
    """What the data of all reports of the year hold together, of the tables that count."""
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    store, words = Store(made), wording.load("da")
    for area in made.meta["areas"]:
        for name, frame in extract.extract(View(store, area, words, shield)).items():
            if name in found:
                found[name].append(_counting(name, frame))
        store.forget(area)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in found.items() if frames}


def _counting(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows that follow from counts: means of what was, and the benchmark."""
    if "quantile" in frame and name != "backtest":
        frame = frame[frame["quantile"].isna()]
    if name == "demand":
        frame = frame[frame["series"] == "demographic"]
    if name in ("cost", "volumes"):
        frame = frame[frame["series"] == "accounts"]
    if name == "cost":
        frame = frame[(frame["component"] == "gross") & (frame["function"] != "")]
    if name == "backtest":
        frame = frame[frame["service"].str[:1].str.isdigit() & (frame["quantile"] == 0.5)]
    return frame


@dataclass
class System:
    """Linear equations and inequalities over cells that are not shown.

    Attributes:
        known: cells that are shown.
        place: column of each unknown cell.
        rows: (coefficients by column, least value, greatest value).
    """

    known: dict[Cell, float]
    place: dict[Cell, int] = field(default_factory=dict)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def add(self, parts: Mapping[Cell, float], low: float, high: float) -> None:
        """Add what a weighted sum of cells lies between."""
        shown = sum(w * self.known[c] for c, w in parts.items() if c in self.known)
        unseen = {c: w for c, w in parts.items() if c not in self.known and w}
        columns = {self.place.setdefault(c, len(self.place)): w for c, w in unseen.items()}
        if columns:
            self.rows.append((columns, low - shown, high - shown))

    def bounds(self, cell: Cell) -> tuple[float, float]:
        """Return the least and the greatest value that an unseen cell can have."""
        if cell in self.known:
            return self.known[cell], self.known[cell]
        if cell not in self.place:
            return 0.0, np.inf
        inside = self._touching(self.place[cell])
        matrix, low, high = self._matrix(inside)
        exact = high == low
        aim = np.zeros(matrix.shape[1])
        aim[self.place[cell]] = 1.0
        loose = ~exact & np.isfinite(high)
        bottom = ~exact & np.isfinite(low)
        matrix_below = vstack([matrix[loose], -matrix[bottom]]).tocsr()
        below = np.concatenate([high[loose], -low[bottom]])
        ends = []
        for sign in (1.0, -1.0):
            answer = linprog(
                sign * aim,
                A_eq=matrix[exact] if exact.any() else None,
                b_eq=(low + high)[exact] / 2 if exact.any() else None,
                A_ub=matrix_below,
                b_ub=below,
                bounds=(0, None),
            )
            assert answer.status in (0, 3), (cell, answer.message)
            ends.append(np.inf if answer.status == 3 else float(answer.fun or 0.0))
        return ends[0], np.inf if np.isinf(ends[1]) else -ends[1]

    def _touching(self, column: int) -> list[int]:
        """Return the rows that bear on a cell, directly or through others."""
        by_column: dict[int, list[int]] = {}
        for i, (parts, _, _) in enumerate(self.rows):
            for at in parts:
                by_column.setdefault(at, []).append(i)
        seen, rows, todo = {column}, set[int](), [column]
        while todo:
            for i in by_column.get(todo.pop(), []):
                if i in rows:
                    continue
                rows.add(i)
                fresh = set(self.rows[i][0]) - seen
                seen |= fresh
                todo.extend(fresh)
        return sorted(rows)

    def _matrix(self, inside: list[int]) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
        chosen = [self.rows[i] for i in inside]
        at = [(i, c, w) for i, (parts, _, _) in enumerate(chosen) for c, w in parts.items()]
        row, column, weight = (np.array(part) for part in zip(*at, strict=True))
        shape = (len(chosen), len(self.place))
        matrix = coo_matrix((weight.astype(float), (row, column)), shape=shape).tocsr()
        return matrix, np.array([r[1] for r in chosen]), np.array([r[2] for r in chosen])


class Attack:
    """Everything that can be said of one year's cells from what is published."""

    def __init__(self, made: Bundle, shown: Mapping[str, pd.DataFrame], year: str) -> None:
        """Gather the identities of a year.

        Args:
            made: the bundle, for what any attacker can find elsewhere: how the population of an
                area grows, and how a municipality's placements fall on kinds of places.
            shown: the published tables.
            year: the year attacked.
        """
        history = _texts(made.table("history"))
        history = history[history["period"].str[:4] == year]
        self.truth = cells_of(history)
        seen = shown["history"]
        self.system = System(cells_of(seen[seen["period"].str[:4] == year]))
        self._year, self._made, self._shown = year, made, shown
        self.used: list[tuple[str, str]] = []
        self._places: dict[tuple[str, str, str], float] = _places(made)
        self._own: dict[tuple[str, str], list[Cell]] = {}
        self._lasts = self._last_periods()
        self._parts: dict[Cell, list[Cell]] = {}
        for cell in self.truth:
            if not _summed(cell[0]):
                if cell[4] == year:
                    self._own.setdefault((cell[0], cell[2]), []).append(cell)
                for whole in (areas.region_of(cell[0]), areas.NATION):
                    self._parts.setdefault((whole, *cell[1:]), []).append(cell)
        self._sums()
        self._quarters()
        self._functions()
        self._shares()
        self._benchmarks()

    def small(self, threshold: float = 5.0) -> list[Cell]:
        """Return the cells of municipalities that must not be found."""
        counts = {m for m in measures.table() if measures.get(m).kind == "count"}
        kinds = self._made.table("history")[["model", "measure"]].drop_duplicates()
        models = {str(r.model) for r in kinds.itertuples() if str(r.measure) in counts}
        return sorted(
            c
            for c, v in self.truth.items()
            if 0 < v < threshold and not _summed(c[0]) and c[1] in models
        )

    def _sums(self) -> None:
        for whole, parts in self._parts.items():
            if whole not in self.system.known:
                continue
            total = self.system.known[whole]
            if abs(sum(self.truth[c] for c in parts) - total) < 1e-6:  # else holes were filled
                self.system.add(dict.fromkeys(parts, 1.0), total, total)

    def _quarters(self) -> None:
        for cell in list(self.truth):
            quarters = [(*cell[:4], f"{self._year}Q{q}") for q in (1, 2, 3, 4)]
            if cell[4] == self._year and all(q in self.truth for q in quarters):
                self.system.add({cell: -1.0, **dict.fromkeys(quarters, 0.25)}, 0.0, 0.0)

    def _functions(self) -> None:
        """A unit cost and what a function cost give the weighted sum of its recipients."""
        units = dict(self._units())
        spent = self._spent()
        for (area, code), unit in units.items():
            function = mapping.table()[code]
            parts: dict[Cell, float] = {}
            for service, use in function.services.items():
                for cell in self._of(area, service):
                    parts[cell] = use.weight * self._share(area, code, service)
            if (area, code) in spent and parts:
                total = spent[area, code] * (1 - function.remainder) / unit
                true = sum(w * self.truth[c] for c, w in parts.items())
                if abs(true - total) < NEAR * total:  # else it is pooled with others' costs
                    self.used.append((area, code))
                    self._near(parts, total)
        self._volumes()

    def _units(self) -> Iterable[tuple[tuple[str, str], float]]:
        """Yield the unit cost of a weighted recipient, by area and function."""
        volumes, compared = self._shown["volumes"], self._shown["comparison"]
        mine = volumes[(volumes["item"] == "unit_cost") & (volumes["year"] == self._year)]
        own = compared[(compared["item"] == "unit_cost") & (compared["year"] == self._year)]
        own = own.assign(value=own["own"])
        for row in _rows(pd.concat([mine, own]).dropna(subset="value")):
            use = mapping.table()[str(row.function)].services.get(str(row.service))
            if use is not None and not _summed(str(row.area)):
                yield (str(row.area), str(row.function)), float(row.value) / use.weight
        yield from self._of_the_past()

    def _of_the_past(self) -> Iterable[tuple[tuple[str, str], float]]:
        """Yield unit costs that backtests compare with: in prices of the last accounts year."""
        past = self._shown["backtest"]
        last = str(self._made.meta["last_accounts_year"])
        cost = self._shown["cost"]
        rows = cost[(cost["year"] == last) & (cost["area"] == areas.NATION)]
        both = rows.groupby("price", observed=True)["value"].sum()
        level = float(both["fixed"] / both["current"])
        for row in _rows(past[(past["period"] == self._year) & past["actual"].notna()]):
            if not _summed(str(row.area)):
                yield (str(row.area), str(row.service)), float(row.actual) * level

    def _spent(self) -> dict[tuple[str, str], float]:
        cost = self._shown["cost"]
        rows = cost[(cost["year"] == self._year) & (cost["price"] == "fixed")]
        rows = rows[rows["service"] == ""]
        return {(str(r.area), str(r.function)): float(r.value) for r in _rows(rows)}

    def _of(self, area: str, service: str) -> list[Cell]:
        """Return a municipality's cells of a service in the year, ages apart."""
        return self._own.get((area, service), [])

    def _share(self, area: str, code: str, service: str) -> float:
        """Return how much of a service is paid on a function: a public table tells it."""
        use = mapping.table()[code].services[service]
        if not use.place:
            return use.share
        return self._places.get((area, code, service), use.share)

    def _volumes(self) -> None:
        """Recipients and rates by function, of municipalities and of sums."""
        volumes = self._shown["volumes"]
        rows = volumes[(volumes["year"] == self._year) & volumes["value"].notna()]
        rows = rows[rows["item"].isin(["recipients", "rate"]) & (rows["service"] != "remainder")]
        people = volumes[(volumes["item"] == "population") & (volumes["year"] == self._year)]
        size = {(r.area, r.function, r.service): float(r.value) for r in _rows(people)}
        for row in _rows(rows):
            area, code, service = str(row.area), str(row.function), str(row.service)
            if service not in mapping.table()[code].services:
                continue
            inside = [area] if not _summed(area) else _members(area)
            parts = {
                cell: self._share(a, code, service) for a in inside for cell in self._of(a, service)
            }
            factor = size[area, code, service] / 1000 if row.item == "rate" else 1.0
            total = float(row.value) * factor
            true = sum(w * self.truth[c] for c, w in parts.items())
            if parts and abs(true - total) < NEAR * max(total, 1.0):
                self._near(parts, total)

    def _near(self, parts: Mapping[Cell, float], total: float) -> None:
        """Add what a weighted sum of cells comes to, but for rounding in the machine."""
        slack = 2 * NEAR * max(total, 1.0)
        self.system.add(parts, total - slack, total + slack)

    def _shares(self) -> None:
        """A sum's share is of all its people; it is at most of those placed and with measures.

        Both hold of shares that are not shown, too.
        """
        people = people_of(self._made)
        weighted(self.system, self.truth, people)
        for cell in [c for c in self.truth if c[2] == "any" and c[4] == self._year]:
            n = people.get((cell[0], cell[3], cell[4]), 0.0)
            count, half = self.truth[cell] / 100 * n, 0.0005 * n
            inside = _members(cell[0]) if _summed(cell[0]) else [cell[0]]
            kinds = ("placement", "preventive")
            parts = {c: 1.0 for a in inside for s in kinds for c in self._of(a, s)}
            true = sum(self.truth[c] for c in parts)
            if n and parts and true >= count - half:  # else the source hides an age of those placed
                self.system.add({cell: -n / 100, **parts}, -half, np.inf)

    def _benchmarks(self) -> None:
        """What sums would be by demography alone: last counts times known growth."""
        demand = _texts(self._made.table("demand"))
        flat = demand[demand["series"] == "demographic"]
        own = flat[~flat["area"].map(_summed)]
        growth = self._growth(own)
        shown = self._shown["demand"]
        for row in _rows(shown[shown["area"].map(_summed)]):
            last = self._last(str(row.model), str(row.period))
            if last is None:
                continue
            whole: Cell = (row.area, row.model, row.service, row.age, last)
            parts = {
                c: growth[c[0], c[1], c[3], str(row.period)]
                for c in self._parts.get(whole, [])
                if (c[0], c[1], c[3], str(row.period)) in growth
            }
            missing = [c for c in self._parts.get(whole, []) if c not in parts and self.truth[c]]
            if parts and not missing:
                true = sum(w * self.truth[c] for c, w in parts.items())
                if abs(true - float(row.value)) <= 1e-9 * true:  # else it is another benchmark
                    self._near(parts, float(row.value))

    def _last(self, model: str, period: str) -> str | None:
        """Return the last observed period of a projected one's season, in the year attacked."""
        return self._lasts.get((model, period[4:]))

    def _last_periods(self) -> dict[tuple[str, str], str]:
        """Return the last observed period of each model and season, where it is in the year."""
        found: dict[tuple[str, str], str] = {}
        models = self._made.meta["models"]
        for _, model, _, _, period in self.truth:
            if str(models[model].get("last", ""))[:4] == self._year:
                found[model, period[4:]] = max(period, found.get((model, period[4:]), ""))
        return found

    def _growth(self, own: pd.DataFrame) -> dict[tuple[str, str, str, str], float]:
        """Return growth of a population by area, model, ages and period, from any service."""
        found = {}
        for row in _rows(own):
            last = self._last(str(row.model), str(row.period))
            cell = (str(row.area), str(row.model), str(row.service), str(row.age), last or "")
            before = self.truth.get(cell, 0.0)
            if before > 0:
                key = (str(row.area), str(row.model), str(row.age), str(row.period))
                found[key] = float(row.value) / before
        return found


def people_of(made: Bundle) -> dict[tuple[str, str, str], float]:
    """Return how many are of an age in a period, by area: any attacker can find that."""
    rows = _rows(_texts(made.table("population")))
    return {(str(r.area), str(r.age), str(r.period)): float(r.value) for r in rows}


def weighted(
    system: System, truth: Mapping[Cell, float], people: Mapping[tuple[str, str, str], float]
) -> None:
    """Add that the share of a region or the nation is of the people of all its parts."""
    for whole in [c for c in truth if _summed(c[0]) and c in system.known]:
        parts = {(area, *whole[1:]): 0.0 for area in _members(whole[0])}
        sizes = {c: people.get((c[0], c[3], c[4]), 0.0) for c in parts if c in truth}
        if not all(sizes.values()) or len(sizes) < len(parts):
            continue
        weight: dict[Cell, float] = {c: n / sum(sizes.values()) for c, n in sizes.items()}
        if abs(sum(w * truth[c] for c, w in weight.items()) - system.known[whole]) < 1e-9:
            system.add(weight, system.known[whole], system.known[whole])


def _members(area: str) -> list[str]:
    return areas.municipalities() if area == areas.NATION else areas.municipalities(area)


def _summed(area: str) -> bool:
    return area == areas.NATION or area.startswith("08")


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples())


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    texts = {c: frame[c].astype("str") for c in frame.columns if frame[c].dtype == "category"}
    return frame.assign(**texts)


def cells_of(frame: pd.DataFrame) -> dict[Cell, float]:
    names = ["area", "model", "service", "age", "period", "value"]
    rows = frame[names].dropna(subset="value").itertuples(index=False, name=None)
    return {(a, m, s, g, p): float(v) for a, m, s, g, p, v in rows}


def _places(made: Bundle) -> dict[tuple[str, str, str], float]:
    """Return how a municipality's placements fall on functions; a public table tells it."""
    volumes = _texts(made.table("volumes"))
    rows = volumes[(volumes["item"] == "recipients") & (volumes["series"] == "accounts")]
    rows = rows[rows["value"] > 0].sort_values("year")
    last = rows.groupby(["area", "function", "service"], observed=True)["value"].last()
    whole = last.groupby(["area", "service"], observed=True).transform("sum")
    part = (last / whole).reset_index(name="part")
    return {(str(r.area), str(r.function), str(r.service)): float(r.part) for r in _rows(part)}
