"""Long frames: one row a cell, and the rules that every source's cells are held to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from forecast import ages, areas, periods
from forecast.datasets import DatasetSpec
from forecast.errors import DataError, suggestion

if TYPE_CHECKING:
    import pandas as pd

OBSERVED, PROVISIONAL = "observed", "provisional"
SUPPRESSED, NOT_APPLICABLE, NOT_REPORTED = "suppressed", "not_applicable", "not_reported"
STATUSES = (OBSERVED, PROVISIONAL, SUPPRESSED, NOT_APPLICABLE, NOT_REPORTED)
COUNTED = (OBSERVED, PROVISIONAL)
CHRISTIANSO = "411"
FEW = 5  # rows that a sentence names


def validated(frame: pd.DataFrame, spec: DatasetSpec, where: str) -> pd.DataFrame:
    """Return the frame with its columns in order and as text, or refuse it.

    Args:
        frame: long frame; a column `row` holds the row of the file, where there is one.
        spec: the dataset that it claims to be.
        where: names the file or table and begins each sentence.

    Raises:
        DataError: the first rule that is broken, with row and key.
    """
    whole = validated_rows(frame, spec, where)
    return whole[list(spec.columns)].reset_index(drop=True)


def validated_rows(frame: pd.DataFrame, spec: DatasetSpec, where: str) -> pd.DataFrame:
    """Return the frame complete and typed, with its column `row` where it has one.

    Raises:
        DataError: as `validated`.
    """
    whole = _typed(_complete(frame, spec, where), spec)
    _statuses(whole, where)
    _areas(whole, where)
    _periods(whole, spec, where)
    _choices(whole, spec, where)
    _ages(whole, spec, where)
    _once(whole, spec, where)
    _values(whole, spec, where)
    return whole


def key_text(row: Mapping[str, object], columns: tuple[str, ...]) -> str:
    """Return a cell's key in words, such as `751 Aarhus · 2024 · s107`."""
    parts = []
    for column in columns:
        value = str(row[column])
        named = column == "area" and value in set(areas.table()["code"])
        parts.append(f"{value} {areas.name(value)}" if named else value)
    return " · ".join(p for p in parts if p)


def records(frame: pd.DataFrame, limit: int) -> list[dict[str, str]]:
    """Return the first rows as text by column; what is not there is empty text."""
    rows = frame.head(limit).astype(object).where(frame.head(limit).notna(), "")
    return [{str(k): str(v) for k, v in row.items()} for row in rows.to_dict("records")]


def refuse(where: str, row: Mapping[str, object], found: str) -> DataError:
    """Return the error for one row of a file or a table."""
    at = f", row {row['row']}" if "row" in row else ""
    end = " Nothing was stored" if found.endswith("?") else "; nothing was stored"
    return DataError(f"{where}{at}: {found}{end}")


def _complete(frame: pd.DataFrame, spec: DatasetSpec, where: str) -> pd.DataFrame:
    whole = frame.copy()
    for column, value in {"measure": spec.measure, **spec.constants}.items():
        if column not in whole:
            whole[column] = value
    for column in ("published", *spec.extras):
        if column not in whole and column not in spec.numbers:
            whole[column] = ""
    if "status" not in whole:
        whole["status"] = np.where(whole["value"].isna(), NOT_REPORTED, OBSERVED)
    missing = [c for c in spec.columns if c not in whole]
    if missing:
        raise DataError(
            f"{where}: the column {', '.join(missing)} is missing; {spec.name} has "
            f"{', '.join(spec.columns)}; nothing was stored"
        )
    if whole.empty:
        raise DataError(f"{where}: there are no rows; nothing was stored")
    return whole


def _typed(frame: pd.DataFrame, spec: DatasetSpec) -> pd.DataFrame:
    for column in spec.columns:
        number = column == "value" or column in spec.numbers
        typed = frame[column]
        frame[column] = typed.astype("float64") if number else typed.astype("str")
    return frame


def _first(frame: pd.DataFrame, bad: pd.Series | np.ndarray) -> dict[str, object] | None:
    found = frame[np.asarray(bad, dtype=bool)]
    return None if found.empty else {str(k): v for k, v in found.iloc[0].items()}


def _statuses(frame: pd.DataFrame, where: str) -> None:
    if row := _first(frame, ~frame["status"].isin(STATUSES)):
        raise refuse(where, row, f"status {row['status']!r}; expected one of {', '.join(STATUSES)}")
    counted = frame["status"].isin(COUNTED)
    if row := _first(frame, counted & frame["value"].isna()):
        raise refuse(
            where, row, "no figure, yet the status says observed; leave the status blank, or "
            "write suppressed, not_applicable or not_reported"
        )  # fmt: skip
    if row := _first(frame, ~counted & frame["value"].notna()):
        raise refuse(
            where, row, f"the figure {row['value']:g} has status {row['status']}; a cell that was "
            "not observed holds no figure"
        )  # fmt: skip
    if row := _first(frame, np.isinf(frame["value"].to_numpy())):
        raise refuse(where, row, "the figure is infinite; expected a number")


def _areas(frame: pd.DataFrame, where: str) -> None:
    known = {*areas.table()["code"]}
    unknown = frame[~frame["area"].isin(known)]
    if unknown.empty:
        return
    row = {str(k): v for k, v in unknown.iloc[0].items()}
    others = sorted(set(unknown["area"]))
    also = f" (also {', '.join(others[1:4])})" if len(others) > 1 else ""
    near = suggestion(str(row["area"]), sorted(known))
    raise refuse(
        where, row, f"there is no area {row['area']!r}{also}{near}; expected a code such as "
        "751, 081 or 000, or a municipality's name"
    )  # fmt: skip


def _periods(frame: pd.DataFrame, spec: DatasetSpec, where: str) -> None:
    expected = {"A": "a year such as 2024", "Q": "a quarter such as 2024Q1",
                "D": "a date such as 2022-02-07"}[spec.frequency]  # fmt: skip
    low, high = periods.YEARS
    for code in frame["period"].unique():
        try:
            parsed = periods.parse(code)
            wrong = parsed.frequency != spec.frequency or not low <= parsed.year <= high
        except DataError:
            wrong = True
        if wrong:
            row = _first(frame, frame["period"] == code) or {}
            raise refuse(where, row, f"period {code!r}; expected {expected}")


def _choices(frame: pd.DataFrame, spec: DatasetSpec, where: str) -> None:
    for name, column in spec.file.columns.items():
        if name not in frame:
            continue
        blank = frame[name].isna() | (frame[name] == "")
        if name in spec.dimensions and (row := _first(frame, blank)):
            raise refuse(where, row, f"{name} is blank; expected {column.about}")
        if column.allowed and (row := _first(frame, ~frame[name].isin(column.allowed))):
            near = suggestion(str(row[name]), list(column.allowed))
            raise refuse(
                where, row, f"{name} is {row[name]!r}{near}; expected one of "
                f"{', '.join(column.allowed)}"
            )  # fmt: skip


def _ages(frame: pd.DataFrame, spec: DatasetSpec, where: str) -> None:
    """Refuse a population that is not told by age: no rate could be of its people."""
    if spec.schema != "population":
        return
    for age in frame["age"].unique():
        try:
            ages.bounds(age)
        except DataError:
            row = _first(frame, frame["age"] == age) or {}
            raise refuse(
                where, row, f"age is {age!r}; expected a number of years such as 17, 0-17 or "
                "100+: people of all ages together tell no rate"
            ) from None  # fmt: skip


def _once(frame: pd.DataFrame, spec: DatasetSpec, where: str) -> None:
    twice = frame[frame.duplicated(list(spec.keys), keep=False)]
    if twice.empty:
        return
    first = {str(k): v for k, v in twice.iloc[0].items()}
    same = twice[(twice[list(spec.keys)] == twice.iloc[0][list(spec.keys)]).all(axis=1)]
    more = f" and {len(same) - FEW} more" if len(same) > FEW else ""
    rows = ", ".join(str(r) for r in same["row"].head(FEW)) if "row" in same else ""
    at = f" (rows {rows}{more})" if rows else ""
    values = " and ".join(f"{v:g}" for v in same["value"].head(2)) + ", …" * (len(same) > 2)
    many = "two" if len(same) == 2 else str(len(same))
    raise refuse(
        where, first, f"{many} figures, {values}, for {key_text(first, spec.keys[1:])}{at}; "
        "expected one: are two units, a total or a second area level in the file?"
    )  # fmt: skip


def _values(frame: pd.DataFrame, spec: DatasetSpec, where: str) -> None:
    low, high = spec.checks.low, spec.checks.high
    if row := _first(frame, frame["value"] < low):
        kind = "a negative figure" if row["value"] < 0 <= low else "a figure"  # type: ignore[operator]
        raise refuse(
            where, row, f"{kind}, {row['value']:g}, for {key_text(row, spec.keys[1:])}; "
            f"expected at least {low:g} {spec.unit}"
        )  # fmt: skip
    if row := _first(frame, frame["value"] > high):
        raise refuse(
            where, row, f"the figure {row['value']:g} for {key_text(row, spec.keys[1:])}; "
            f"expected at most {high:g} {spec.unit}"
        )  # fmt: skip
