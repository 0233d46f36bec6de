"""What the finished datasets come to, beside the published figures that they were set to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Target = dict[str, Any]


@dataclass
class Folder:
    """The finished datasets, read when asked for, with the areas that give rows a level."""

    path: Path
    areas: pd.DataFrame
    read: dict[str, pd.DataFrame] = field(default_factory=dict)

    def frame(self, name: str) -> pd.DataFrame:
        """Return a dataset with the level of each row's area."""
        if name not in self.read:
            levels = self.areas.set_index("code")["level"]
            frame = pd.read_parquet(self.path / f"{name}.parquet")
            self.read[name] = frame.assign(level=frame["area"].map(levels))
        return self.read[name]

    def chosen(self, name: str, where: dict[str, str]) -> pd.DataFrame:
        """Return the rows of a selection; municipalities unless a level or an area is named."""
        frame = self.frame(name)
        wanted = where if where.keys() & {"level", "area"} else {"level": "municipality"} | where
        for column, value in wanted.items():
            match = frame[column] != "any" if value == "benefits" else frame[column] == value
            frame = frame[match]
        return frame

    def people(self, period: str, ages: str) -> pd.Series:
        """Return inhabitants of an age range by municipality in a first quarter."""
        low, _, high = ages.partition("-")
        frame = self.chosen("folk1a", {})
        frame = frame[(frame["period"] == f"{period}Q1")]
        age = frame["age"].str.rstrip("+").astype(int)
        frame = frame[age.between(int(low), int(high or low))]
        return frame.groupby("area")["value"].sum()


def achieved(folder: Folder, target: Target, period: str) -> float:
    """Return what the datasets come to for one period of a target."""
    return float(COMPUTE[target["compute"]](folder, target, period))


def within(target: Target, value: float, wanted: float) -> bool:
    """Say whether a figure lies within its tolerance."""
    allowed = target["tolerance"] * (1 if target.get("absolute") else abs(wanted))
    return bool(abs(value - wanted) <= allowed + 1e-9)


def total(folder: Folder, target: Target, period: str) -> float:
    """Sum the chosen cells of a period."""
    frame = folder.chosen(target["dataset"], target["where"])
    return float(frame.loc[frame["period"] == period, "value"].sum())


def during_year(folder: Folder, target: Target, period: str) -> float:
    """Mean of four quarters × 1.25."""
    return 1.25 * float(np.mean([total(folder, target, f"{period}Q{q}") for q in (1, 2, 3, 4)]))


def change(folder: Folder, target: Target, period: str) -> float:
    """Change from 2015Q1 over the municipalities that report from then on."""
    frame = folder.chosen(target["dataset"], target["where"])
    table = frame.pivot_table(index="area", columns="period", values="value")
    complete = table.loc[:, :period].dropna()
    return float(complete[period].sum() / complete["2015Q1"].sum() - 1)


def share(folder: Folder, target: Target, period: str) -> float:
    """Share of a service in the level's total."""
    whole = target | {"where": {"level": target["where"]["level"]}}
    return total(folder, target, period) / total(folder, whole, period)


def persons_of_share(folder: Folder, target: Target, period: str) -> float:
    """Sum over municipalities of share × inhabitants."""
    frame = folder.chosen(target["dataset"], {})
    local = frame[frame["period"] == period].set_index("area")["value"]
    return float((local / 100 * folder.people(str(int(period) + 1), "0-22")).sum())


def rates(folder: Folder, target: Target, period: str) -> pd.DataFrame:
    """Return count and inhabitants by municipality."""
    frame = folder.chosen(target["dataset"], target["where"])
    count = frame[frame["period"] == period].set_index("area")["value"]
    return pd.DataFrame({"count": count, "people": folder.people(period, target["where"]["age"])})


def per_1000(folder: Folder, target: Target, period: str) -> float:
    """Return the nation's rate per 1,000."""
    both = rates(folder, target, period)
    return float(1000 * both["count"].sum() / both["people"].sum())


def extreme(folder: Folder, target: Target, period: str) -> float:
    """Return the lowest or highest rate per 1,000 of a municipality."""
    both = rates(folder, target, period)
    local = 1000 * both["count"] / both["people"]
    return float(local.min() if target["compute"] == "lowest" else local.max())


def stay(folder: Folder, target: Target, period: str) -> float:
    """Mean days weighed by discharges."""
    frame = folder.frame(target["dataset"])
    wide = frame[frame["period"] == period].pivot(index="area", columns="measure", values="value")
    return float(np.average(wide["length_of_stay"], weights=wide["discharges"]))


def last_quarter(folder: Folder, target: Target, period: str) -> float:
    """Return the fourth quarter, between two first quarters."""
    this, following = (total(folder, target, f"{int(period) + i}Q1") for i in (0, 1))
    return 0.25 * this + 0.75 * following


def billions(folder: Folder, target: Target, period: str) -> float:
    """Net operating expenditure in 2024 prices (newest price estimate), DKK bn."""
    frame = folder.chosen(target["dataset"], {"dranst": "1", "kind": "net"})
    wanted = tuple(target["where"]["functions"].split()) or ("",)
    frame = frame[frame["function"].str.startswith(wanted) & (frame["period"] == period)]
    prices = folder.chosen("price_estimate", {"level": "nation", "kind": "total"})
    newest = prices[prices["vintage"] == prices["vintage"].max()].set_index("period")["value"]
    level = (1 + newest.sort_index() / 100).cumprod()
    return float(frame["value"].sum() * level["2024"] / level[period] / 1e6)


def overran(folder: Folder, _: Target, period: str) -> float:
    """Share of municipalities with accounts above budget."""
    both = []
    for name in ("regk31", "budk32"):
        frame = folder.chosen(name, {"dranst": "1", "kind": "net"})
        both.append(frame[frame["period"] == period].groupby("area")["value"].sum())
    return float((both[0] > both[1]).mean())


def lift(folder: Folder, target: Target, period: str) -> float:
    """Return the lift of the frame, DKK bn."""
    frame = folder.frame(target["dataset"])
    hit = (frame["kind"] == target["where"]["kind"]) & (frame["period"] == period)
    return float(frame.loc[hit, "value"].sum() / 1e6)


def log_deviation(folder: Folder) -> pd.DataFrame:
    """Return log shares of BU43 less the year's mean, municipality by year."""
    table = folder.chosen("bu43", {}).pivot(index="area", columns="period", values="value")
    logs = pd.DataFrame(np.log(table.to_numpy(float)), table.index, table.columns)
    return logs - logs.mean()


def log_spread(folder: Folder, _: Target, __: str) -> float:
    """Return the sd over municipalities of the mean log share."""
    return float(log_deviation(folder).mean(axis=1).std())


def pairs(folder: Folder, period: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return log deviations and those so many years later, where both are there."""
    values, k = log_deviation(folder).to_numpy(), int(period)
    now, then = values[:, :-k].ravel(), values[:, k:].ravel()
    both = ~np.isnan(now) & ~np.isnan(then)
    return now[both], then[both]


def log_step(folder: Folder, _: Target, period: str) -> float:
    """Return the sd of changes over so many years."""
    now, then = pairs(folder, period)
    return float(np.std(then - now))


def log_correlation(folder: Folder, _: Target, period: str) -> float:
    """Return the correlation over so many years."""
    return float(np.corrcoef(*pairs(folder, period))[0, 1])


def log_noise(folder: Folder, _: Target, period: str) -> float:
    """Return the mean sd of yearly changes in a fifth of the municipalities by size."""
    steps = log_deviation(folder).diff(axis=1).std(axis=1)
    people = folder.chosen("folk1a", {})
    size = people[people["period"] == "2026Q1"].groupby("area")["value"].sum()
    fifth = pd.qcut(size.reindex(steps.index).to_numpy(float), 5, labels=False)
    return float(steps[np.asarray(fifth) == int(period)].mean())


COMPUTE: dict[str, Callable[[Folder, Target, str], float]] = {
    "total": total, "during_year": during_year, "change": change, "share": share,
    "persons_of_share": persons_of_share, "per_1000": per_1000, "lowest": extreme,
    "highest": extreme, "stay": stay, "last_quarter": last_quarter, "billions": billions,
    "overran": overran, "lift": lift, "log_spread": log_spread, "log_step": log_step,
    "log_correlation": log_correlation, "log_noise": log_noise,
}  # fmt: skip
