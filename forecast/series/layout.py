"""Layout: a long frame of anyone's series as a panel, each series at its own end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError, suggestion
from forecast.panel import Panel
from forecast.periods import from_ordinal
from forecast.series import numbers, timeline
from forecast.series.timeline import Timeline

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
SHORTEST = 3  # periods of history that the longest series must span
LONGEST = 400  # periods of history beyond which more says nothing new
COLUMNS = ("unique_id", "ds", "y")


@dataclass(frozen=True)
class Ask:
    """What is asked of a frame.

    Attributes:
        horizon: periods ahead of each series' end.
        groups: columns; series that agree in them share strength.
        levels: columns from the top down whose sums are wanted inside each group.
        exposure: column of the population that a rate refers to, or None.
        quantiles: levels in (0, 1), rising.
        frequency: `Y`, `Q`, or None to tell from the data.
    """

    horizon: int
    groups: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    exposure: str | None = None
    quantiles: tuple[float, ...] = QUANTILES
    frequency: str | None = None


@dataclass(frozen=True)
class Laid:
    """A long frame laid out as a panel whose last column is the period before the forecast.

    Attributes:
        panel: series by periods, each series at its own end.
        last: one `ds` value a series that stands for its last column.
        lead: (n) steps from that `ds` value to the first forecast period.
        line: how `ds` reads.
    """

    panel: Panel
    last: list[Any]
    lead: Ints
    line: Timeline


def lay_out(frame: pd.DataFrame, ask: Ask) -> Laid:
    """Check a long frame and lay it out as a panel.

    Raises:
        DataError: the frame cannot be used.
    """
    _check(frame, ask)
    frame = frame.assign(ds=timeline.plain(frame["ds"]))
    line, position = timeline.read(frame["ds"], ask.frequency)
    y = numbers.read(frame, "y")
    codes, names = _codes(_text(frame, "unique_id"))
    _refuse_twice(frame, codes, position)
    _refuse_empty(names, codes, y)
    keys = _keys(frame, names, codes, ask)
    end = _ends(keys, codes, position, np.isfinite(y), ask)
    return _laid(frame, ask, (line, keys), (codes, position, y, end))


def _check(frame: pd.DataFrame, ask: Ask) -> None:
    extra = (*ask.groups, *ask.levels, *([ask.exposure] if ask.exposure else []))
    missing = [c for c in (*COLUMNS, *extra) if c not in frame.columns]
    if missing:
        have = [str(c) for c in frame.columns]
        raise DataError(
            f"column {missing[0]!r} is missing{suggestion(missing[0], have)}; expected "
            f"{', '.join(dict.fromkeys((*COLUMNS, *extra)))}, found {', '.join(have)}"
        )
    if not len(frame):
        raise DataError("the table has no rows; expected unique_id, ds, y with at least one value")
    if ask.horizon < 1:
        raise DataError(f"horizon {ask.horizon}: expected at least 1 period")
    twice = [c for k, c in enumerate(ask.levels) if c in ask.levels[:k]]
    if twice:
        raise DataError(f"level {twice[0]!r} is named twice; name each column once, top down")
    wrong = [q for q in ask.quantiles if not 0 < q < 1]
    if wrong or not ask.quantiles:
        found = wrong[0] if wrong else "(none)"
        raise DataError(f"quantile {found}: expected levels between 0 and 1, such as 0.1")
    empty = frame["unique_id"].isna()
    if empty.any():
        row = int(np.flatnonzero(empty.to_numpy())[0])
        raise DataError(f"unique_id: row {row + 2} is empty; expected the name of a series")


def _text(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return a column of names as text; a database's identifiers may be bytes that are none."""
    try:
        return frame[column].astype(str)
    except UnicodeDecodeError:
        raise DataError(
            f"{column} holds bytes that are no text (a database's UUID?); write it as text"
        ) from None


def _codes(ids: pd.Series) -> tuple[NDArray[np.intp], list[str]]:
    """Number the series in the order of their names, so that the rows' order means nothing."""
    names, codes = np.unique(ids.to_numpy(dtype=object).astype(str), return_inverse=True)
    return codes.astype(np.intp), [str(n) for n in names]


def _refuse_twice(frame: pd.DataFrame, codes: NDArray[np.intp], position: Ints) -> None:
    order = np.lexsort((position, codes))
    same = (np.diff(codes[order]) == 0) & (np.diff(position[order]) == 0)
    if same.any():
        first = int(np.flatnonzero(same)[0])
        a, b = sorted((int(order[first]), int(order[first + 1])))
        raise DataError(
            f"rows {a + 2} and {b + 2} are both {numbers.said(frame['unique_id'].iloc[a])} at "
            f"{frame['ds'].iloc[b]}; expected one value a series and period"
        )


def _refuse_empty(names: list[str], codes: NDArray[np.intp], y: Floats) -> None:
    known = np.bincount(codes[np.isfinite(y)], minlength=len(names))
    if (known == 0).any():
        bare = [n for n, k in zip(names, known, strict=True) if k == 0]
        raise DataError(
            f"{numbers.said(bare[0])} has no value of y in any row"
            + (f" ({len(bare) - 1} more likewise)" if len(bare) > 1 else "")
            + "; leave such series out, or fill in what was observed"
        )


def _keys(frame: pd.DataFrame, names: list[str], codes: NDArray[np.intp], ask: Ask) -> pd.DataFrame:
    """Return one row a series: its name and the columns it is grouped and summed by."""
    import pandas as pd

    keys = pd.DataFrame({"unique_id": names})
    for column in dict.fromkeys((*ask.groups, *ask.levels)):
        text = _text(frame, column).where(frame[column].notna(), "").to_numpy(dtype=object)
        if (text == "").any():
            row = int(np.flatnonzero(text == "")[0])
            raise DataError(f"{column}: row {row + 2} is empty; every row needs its {column}")
        first = np.full(len(names), "", dtype=object)
        first[codes[::-1]] = text[::-1]
        moved = np.flatnonzero(first[codes] != text)
        if len(moved):
            row = int(moved[0])
            raise DataError(
                f"{column}: row {row + 2} puts {numbers.said(names[codes[row]])} under "
                f"{text[row]!r}, an earlier "
                f"row under {first[codes[row]]!r}; expected one {column} a series"
            )
        keys[column] = first.astype(str)
    return keys


def _ends(
    keys: pd.DataFrame,
    codes: NDArray[np.intp],
    position: Ints,
    seen: NDArray[np.bool_],
    ask: Ask,
) -> Ints:
    """Return (n,) the position after which each series is forecast."""
    end = np.full(len(keys), np.iinfo(np.int64).min)
    np.maximum.at(end, codes[seen], position[seen])
    if not ask.levels:
        return end
    group = _group_codes(keys, ask.groups)
    common = np.full(int(group.max()) + 1, np.iinfo(np.int64).min)
    np.maximum.at(common, group, end)
    return common[group]


def _group_codes(keys: pd.DataFrame, columns: tuple[str, ...]) -> NDArray[np.intp]:
    if not columns:
        return np.zeros(len(keys), dtype=np.intp)
    return keys.groupby(list(columns), sort=True).ngroup().to_numpy().astype(np.intp)


def _refuse_short(length: int, seen: int) -> None:
    """Refuse a panel on which nothing can be tried out: too short, or empty in between."""
    if min(length, seen) >= SHORTEST:
        return
    told = f", with figures in {seen} of them" if seen < length else ""
    raise DataError(
        f"the longest series spans {length} period{'s' if length > 1 else ''}{told}; expected at "
        f"least {SHORTEST} with figures, since nothing can be tried out on fewer"
    )


def _laid(
    frame: pd.DataFrame,
    ask: Ask,
    head: tuple[Timeline, pd.DataFrame],
    cells: tuple[NDArray[np.intp], Ints, Floats, Ints],
) -> Laid:
    line, keys = head
    codes, position, y, end = cells
    back = position - end[codes]  # 0 is the last period before the forecast
    length = int(min(1 - back[np.isfinite(y)].min(), LONGEST))
    _refuse_short(length, len(np.unique(back[np.isfinite(y) & (back > -length)])))
    values = np.full((len(keys), length), np.nan)
    inside = (back <= 0) & (back > -length)
    values[codes[inside], back[inside] + length - 1] = y[inside]
    exposure = None
    if ask.exposure:
        exposure = np.full((len(keys), length + ask.horizon), np.nan)
        inside = (back <= ask.horizon) & (back > -length)
        given = numbers.population(frame, ask.exposure)
        exposure[codes[inside], back[inside] + length - 1] = given[inside]
    latest = np.lexsort((back, codes))
    final = latest[np.append(np.flatnonzero(np.diff(codes[latest])), len(latest) - 1)]
    start = 4000  # any regular line will do: each series ends at its own time
    names = tuple(from_ordinal(start + k, line.frequency) for k in range(length))
    panel = Panel(values, keys, names, exposure, "series")
    return Laid(panel, frame["ds"].iloc[final].tolist(), 1 - back[final], line)
