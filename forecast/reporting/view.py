"""View: one area's slice of a bundle, in one language, with small cells protected."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from forecast import areas as geography
from forecast.areas import NATION
from forecast.bundle import TABLES, TEXT
from forecast.errors import ReportError
from forecast.reporting import danish
from forecast.reporting.benchmarks import Benchmarks
from forecast.reporting.document import MISSING, PROTECTED, Number
from forecast.reporting.shield import Shield
from forecast.reporting.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

    from forecast.bundle import Bundle

Key = tuple[Any, ...]
VALUES = frozenset(
    (
        *("value", "lower", "upper", "n", "weight", "actual", "own", "peers", "nation"),
        *("mean_percent", "mean_absolute_percent", "overrun_share", "coverage80", "growth"),
        *("index", "revision", "distance"),
    )
)


@dataclass(frozen=True)
class Slice:
    """The rows of one table that belong to an area (or all, where a table has no areas).

    Attributes:
        names: the key columns.
        rows: number of each row in the bundle's table, by key.
        columns: the values of every column, by row number.
    """

    table: str
    names: tuple[str, ...]
    rows: dict[Key, int]
    columns: dict[str, dict[int, Any]]
    _found: dict[tuple[str, ...], dict[Key, list[Key]]] = field(default_factory=dict, repr=False)

    def values(self, name: str, **keys: Any) -> list[Any]:
        """Return the different values of a key column, in the order of the table."""
        at = self.names.index(name)
        return list(dict.fromkeys(key[at] for key in self._agreeing(keys)))

    def select(self, **keys: Any) -> Iterator[tuple[dict[str, Any], int]]:
        """Yield keys and row number of the rows that agree with some keys."""
        for key in self._agreeing(keys):
            yield dict(zip(self.names, key, strict=True)), self.rows[key]

    def _agreeing(self, keys: dict[str, Any]) -> Iterable[Key]:
        """Return the full keys that agree with some, in the order of the table."""
        if not keys:
            return self.rows
        names = tuple(sorted(keys))
        if names not in self._found:
            places = [self.names.index(name) for name in names]
            index: dict[Key, list[Key]] = {}
            for key in self.rows:
                index.setdefault(tuple(key[i] for i in places), []).append(key)
            self._found[names] = index
        return self._found[names].get(tuple(keys[name] for name in names), [])


class Store:
    """Slices of a bundle's tables, each made once; shared by all views of the bundle."""

    def __init__(self, bundle: Bundle) -> None:
        """Remember the bundle."""
        self.bundle = bundle
        self._slices: dict[tuple[str, str], Slice] = {}
        self._areas: dict[str, dict[str, list[int]]] = {}
        self._counted: dict[str, frozenset[str]] = {}
        self._levels: dict[str, str] = {}
        self._benchmarks: dict[int, Benchmarks] = {}

    def slice(self, table: str, area: str) -> Slice:
        """Return an area's rows of a table."""
        if (table, area) not in self._slices:
            self._slices[table, area] = self._made(table, area)
        return self._slices[table, area]

    def forget(self, area: str) -> None:
        """Drop an area's slices, so that 98 reports do not pile up in memory."""
        self._slices = {k: v for k, v in self._slices.items() if k[1] != area}

    def frame(self, table: str, area: str) -> pd.DataFrame:
        """Return an area's rows of a table with their numbers in `row`, text as plain text."""
        return self.rows(table, self._places(table).get(area, []))

    def rows(self, table: str, numbers: Sequence[int]) -> pd.DataFrame:
        """Return some rows of a table with their numbers in `row`, text as plain text."""
        frame = self.bundle.table(table).iloc[list(numbers)].reset_index(drop=True)
        texts = {c: frame[c].astype("str") for c in frame.columns if c in TEXT}
        frame = frame.assign(**texts)
        frame.insert(0, "row", list(numbers))
        return frame

    def benchmarks(self, shield: Shield) -> Benchmarks:
        """Return the benchmarks of sums of which a part is hidden."""
        if id(shield) not in self._benchmarks:
            self._benchmarks[id(shield)] = Benchmarks(self.bundle, shield)
        return self._benchmarks[id(shield)]

    def counted(self, model: str) -> frozenset[str]:
        """Return the periods in which a model's measure was observed in some municipality."""
        if model not in self._counted:
            history = self.bundle.table("history")
            area = history["area"].astype("str")
            some = (history["model"] == model) & (history["status"] == "observed")
            some &= ~(area.str.startswith("08") | (area == "000")) & history["value"].notna()
            self._counted[model] = frozenset(history.loc[some, "period"].astype("str"))
        return self._counted[model]

    def own_level(self, model: str) -> str:
        """Return the level of the areas that a model was tried on: its own series."""
        if model not in self._levels:
            table = self.bundle.table("backtest")
            self._levels[model] = geography.level_of(
                table["area"][table["model"] == model].unique()
            )
        return self._levels[model]

    def _made(self, table: str, area: str) -> Slice:
        frame = self.bundle.table(table)
        if "area" in TABLES[table]:
            numbers = self._places(table).get(area, [])
            frame = frame.iloc[numbers]
        else:
            numbers = list(range(len(frame)))
        columns = {c: dict(zip(numbers, frame[c].tolist(), strict=True)) for c in frame.columns}
        names = tuple(c for c in TABLES[table] if c not in VALUES and c != "area")
        keys = zip(*(_plain(frame[c]) for c in names), strict=True)
        rows = dict(zip(keys, numbers, strict=True))
        return Slice(table, names, rows, columns)

    def _places(self, table: str) -> dict[str, list[int]]:
        """Return the row numbers of each area."""
        if table not in self._areas:
            areas = self.bundle.table(table)["area"].astype("category").reset_index(drop=True)
            order = np.argsort(areas.cat.codes.to_numpy(), kind="stable")
            ends = np.cumsum(np.bincount(areas.cat.codes, minlength=len(areas.cat.categories)))
            starts = [0, *ends[:-1]]
            self._areas[table] = {
                str(name): order[start:end].tolist()
                for name, start, end in zip(areas.cat.categories, starts, ends, strict=False)
            }
        return self._areas[table]


def _plain(column: pd.Series) -> list[Any]:
    """Return key values that can be compared: NaN (the mean) becomes None."""
    values: list[Any] = column.tolist()
    if column.dtype.kind != "f":
        return values
    return [None if math.isnan(v) else round(v, 4) for v in values]


@dataclass(frozen=True)
class View:
    """What a section sees: one area of one bundle, with words and protected cells.

    Attributes:
        options: the section's own options from the report's TOML.
        other: a second bundle to compare with.
        extra: what a report was given beside the bundle (the agreed lift, scenarios, a model).
    """

    store: Store
    area: str
    words: Wording
    shield: Shield
    options: dict[str, Any] = field(default_factory=dict)
    other: View | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def bundle(self) -> Bundle:
        """The bundle itself."""
        return self.store.bundle

    @property
    def meta(self) -> dict[str, Any]:
        """The bundle's metadata."""
        return self.bundle.meta

    @cached_property
    def level(self) -> str:
        """`municipality`, `region` or `nation`."""
        own = "region" if self.area.startswith("08") else "municipality"
        return "nation" if self.area == NATION else own

    @property
    def name(self) -> str:
        """The area's name."""
        return self.area_name(self.area)

    @property
    def budget_year(self) -> str:
        """The budget year."""
        return str(self.meta["budget_year"])

    @property
    def budget_years(self) -> list[str]:
        """The budget year and the three out-years, as far as they are projected."""
        first = int(self.meta["budget_year"])
        return [str(y) for y in self.meta["years"] if first <= int(y) <= first + 3]

    @property
    def accounts_year(self) -> str:
        """The last accounts year."""
        return str(self.meta["last_accounts_year"])

    @property
    def before(self) -> View:
        """The earlier projection that this one is compared with; an error where there is none."""
        if self.other is None:
            raise ReportError("there is no earlier projection to compare with; name one")
        return self.other

    def at(self, area: str) -> View:
        """Return the same view of another area."""
        return replace(self, area=area)

    def slice(self, table: str) -> Slice:
        """Return the area's rows of a table."""
        return self.store.slice(table, self.area)

    def number(self, table: str, column: str = "value", **keys: Any) -> Number:
        """Return one number; the mean unless a quantile is named.

        A row that is not there, or holds no value, is *not given*; a small cell is protected. So
        is a missing row among protected ones: a unit cost is not there where nobody received.
        """
        rows = self.slice(table)
        filled = {"quantile": None, "service": "", "age": "", **keys}
        row = rows.rows.get(tuple(filled.get(name, "") for name in rows.names))
        if self.shield.hides(table, column, self.area, filled):
            return PROTECTED
        if row is None:
            return MISSING
        if self.shield.tells(table, self.area, filled):
            model, service, age, period = (str(filled[n]) for n in rows.names[1:5])
            return self.store.benchmarks(self.shield).number(
                (self.area, model, service, age, period)
            )
        return self.row(rows, row, column)

    def row(self, rows: Slice, row: int, column: str = "value") -> Number:
        """Return the number in a row of a slice, not protected: for tables without people."""
        value = rows.columns[column][row]
        if value is None or math.isnan(value):
            return MISSING
        suffix = "" if column == "value" else f".{column}"
        return Number(float(value), f"{rows.table}{suffix}:{row}")

    def cost(self, year: str, price: str, series: str = "forecast", **keys: Any) -> Number:
        """Return a cost (DKK 1,000), net and of all functions unless keys say otherwise."""
        filled = {"function": "", "component": "net", **keys}
        return self.number("cost", year=year, price=price, series=series, **filled)

    def area_name(self, area: str) -> str:
        """Return an area's name; the country's in the language of the report."""
        if area == NATION:
            return self.words.text("area.nation")
        return str(self.meta["areas"].get(area, area))

    def function_name(self, function: str) -> str:
        """Return an account function's number and name."""
        entry = self.meta["functions"].get(function, {})
        return danish.firm(f"{function} {entry.get(self.words.language, '')}".strip())

    def service_name(self, service: str) -> str:
        """Return a service's name."""
        if service in ("", "remainder"):
            return self.words.text(f"service.{service or 'all'}")
        entry = self.meta["services"].get(service, {})
        return danish.firm(str(entry.get(self.words.language, service)))

    def model_name(self, model: str) -> str:
        """Return a model's title."""
        entry = self.meta["models"].get(model, {})
        return danish.firm(str(entry.get(f"title_{self.words.language}", model)))

    def functions(self) -> list[str]:
        """Return the account functions that cost is projected for, by number."""
        return sorted(f for f in self.slice("cost").values("function") if f)
