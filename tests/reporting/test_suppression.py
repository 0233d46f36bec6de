from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from support.bundles import bundle, meta

from forecast import areas
from forecast.bundle import Bundle
from forecast.reporting import extract, suppression, wording
from forecast.reporting.shield import Shield
from forecast.reporting.view import Store, View

Cell = tuple[str, ...]
MODEL = "recipients_adults"
SERVICES = ("s107", "s108", "s85a")


def panel(seed: int, rates: dict[str, float]) -> Bundle:
    """A bundle of all municipalities' counts in two years, with peers and unit costs."""
    rng = np.random.default_rng(seed)
    people = {m: float(np.exp(rng.normal(10.4, 0.8))) for m in areas.municipalities()}
    people[areas.municipalities()[5]] = 900.0
    rows = [
        (area, service, year, float(rng.poisson(n / 1000 * rate)))
        for area, n in people.items()
        for service, rate in rates.items()
        for year in ("2023", "2024")
    ]
    own = pd.DataFrame(rows, columns=["area", "service", "period", "value"])
    region = own.assign(area=own["area"].map(areas.region_of))
    nation = own.assign(area="000")
    sums = [f.groupby(["area", "service", "period"], as_index=False).sum() for f in
            (region, nation)]  # fmt: skip
    history = pd.concat([own, *sums], ignore_index=True).assign(
        measure="full_year_services", model=MODEL, age="", status="observed"
    )
    about = meta(cost=True, synthetic=False, size=1)
    about["areas"] = {a: areas.name(a) for a in (*people, *areas.regions(), "000")}
    frames = {"history": history, "volumes": volumes(own, people), "peers": peers(list(people))}
    frames["comparison"] = comparison(own, people, frames["peers"])
    return Bundle(meta=about, frames=frames)


def volumes(own: pd.DataFrame, people: dict[str, float]) -> pd.DataFrame:
    last = own[own["period"] == "2024"]
    parts = []
    for item in ("population", "recipients", "rate", "unit_cost"):
        values = {
            "population": last["area"].map(people),
            "recipients": last["value"],
            "rate": last["value"] / last["area"].map(people) * 1000,
            "unit_cost": 800.0 + last["value"],
        }
        parts.append(last.assign(item=item, value=values[item]))
    frame = pd.concat(parts, ignore_index=True).rename(columns={"period": "year"})
    return frame.assign(function="5.38.52", series="accounts", quantile=np.nan)


def peers(municipalities: list[str]) -> pd.DataFrame:
    n = len(municipalities)
    rows = [
        (a, municipalities[(i + k) % n], k, 0.1 * k, "size")
        for i, a in enumerate(municipalities)
        for k in (1, 2, 3)
    ]
    return pd.DataFrame(rows, columns=["area", "peer", "rank", "distance", "why"])


def comparison(own: pd.DataFrame, people: dict[str, float], near: pd.DataFrame) -> pd.DataFrame:
    last = own[own["period"] == "2024"].set_index(["area", "service"])["value"]
    rows = []
    for area, group in near.groupby("area"):
        for service in {s for _, s in last.index}:
            shares = [last[p, service] / people[p] * 1000 for p in group["peer"]]
            mine = last[area, service] / people[str(area)] * 1000
            rows.append((area, service, mine, float(np.mean(shares))))
    frame = pd.DataFrame(rows, columns=["area", "service", "own", "peers"])
    return frame.assign(
        function="5.38.52", year="2024", item="users_per_1000", nation=frame["own"].mean()
    )


def published(made: Bundle, shield: Shield) -> dict[str, pd.DataFrame]:
    """What the data of all reports of the year hold together."""
    store, words = Store(made), wording.load("da")
    found = defaultdict(list)
    for area in made.meta["areas"]:
        for name, frame in extract.extract(View(store, area, words, shield)).items():
            found[name].append(frame)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}


class Attack:
    """Linear bounds for unseen cells, from every identity that the published figures obey."""

    def __init__(self, shown: dict[str, pd.DataFrame]) -> None:
        self.known: dict[Cell, float] = {}
        self.rows: list[tuple[dict[Cell, float], float]] = []
        for row in shown["history"].to_dict("records"):
            self.known[row["area"], row["service"], row["period"]] = row["value"]
        people = {
            row["area"]: row["value"]
            for row in shown["volumes"].to_dict("records")
            if row["item"] == "population"
        }
        self._ratios(shown, people)
        self._sums()

    def _ratios(self, shown: dict[str, pd.DataFrame], people: dict[str, float]) -> None:
        for row in shown["volumes"].dropna(subset="value").to_dict("records"):
            cell = (row["area"], row["service"], row["year"])
            if row["item"] == "recipients":
                self.rows.append(({cell: 1.0}, row["value"]))
            if row["item"] == "rate":
                self.rows.append(({cell: 1.0}, row["value"] * people[row["area"]] / 1000))
            if row["item"] == "unit_cost":  # 800 + recipients: a unit cost that tells the count
                self.rows.append(({cell: 1.0}, row["value"] - 800))
        near = shown["peers"].groupby("area")["peer"].apply(list)
        for row in shown["comparison"].to_dict("records"):
            cell = (row["area"], row["service"], row["year"])
            if row["own"] == row["own"]:
                self.rows.append(({cell: 1.0}, row["own"] * people[row["area"]] / 1000))
            if row["peers"] == row["peers"]:
                parts: dict[Cell, float] = {
                    (p, row["service"], row["year"]): 1000 / people[p] / len(near[row["area"]])
                    for p in near[row["area"]]
                }
                self.rows.append((parts, row["peers"]))

    def _sums(self) -> None:
        everything = {(s, t) for _, s, t in self.known}
        for service, period in everything:
            for region in areas.regions():
                self._sum((region, service, period), areas.municipalities(region))
            self._sum(("000", service, period), areas.regions())

    def _sum(self, whole: Cell, parts: list[str]) -> None:
        row: dict[Cell, float] = {(part, *whole[1:]): 1.0 for part in parts}
        row[whole] = -1.0
        self.rows.append((row, 0.0))

    def bounds(self, cell: Cell) -> tuple[float, float]:
        """Return the least and the greatest value a cell can have."""
        rows = [r for r in self.rows if any(c[1:] == cell[1:] for c in r[0])]
        unknown = sorted({c for parts, _ in rows for c in parts if c not in self.known} | {cell})
        place = {c: i for i, c in enumerate(unknown)}
        matrix = np.zeros((len(rows), len(unknown)))
        right = np.zeros(len(rows))
        for i, (parts, total) in enumerate(rows):
            right[i] = total - sum(w * self.known[c] for c, w in parts.items() if c in self.known)
            for c, weight in parts.items():
                if c in place:
                    matrix[i, place[c]] += weight
        aim = np.zeros(len(unknown))
        aim[place[cell]] = 1.0
        keep = np.abs(matrix).sum(axis=1) > 0
        ends: list[float] = []
        for sign in (1, -1):
            found = linprog(sign * aim, A_eq=matrix[keep], b_eq=right[keep], bounds=(0, None))
            assert found.status in (0, 3), found.message
            ends.append(np.inf if found.status == 3 else sign * float(found.fun or 0.0))
        return ends[0], ends[1]


def small_cells(made: Bundle, threshold: float) -> Iterable[Cell]:
    history = made.table("history")
    own = history[~history["area"].isin([*areas.regions(), "000"])]
    small = own[(own["value"] > 0) & (own["value"] < threshold)]
    return small[["area", "service", "period"]].itertuples(index=False, name=None)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("rate", [0.08, 0.6, 2.0])
def test_no_small_cell_can_be_worked_out(seed: int, rate: float) -> None:
    made = panel(seed, {"s107": rate, "s108": 2.5 * rate, "s85a": 0.3})
    shield = suppression.shield(made, 5)
    attack = Attack(published(made, shield))
    tried = 0
    for cell in sorted(small_cells(made, 5))[::9]:
        low, high = attack.bounds(cell)
        assert low <= 1.0 + 1e-6, (cell, low, high)
        assert high >= 4.0 - 1e-6, (cell, low, high)
        tried += 1
    assert tried > 1


def test_the_attack_finds_what_primary_suppression_alone_leaves_open() -> None:
    made = panel(1, {"s107": 0.6, "s108": 1.5, "s85a": 0.3})
    full = suppression.shield(made, 5)
    primary_only = Shield(threshold=5, primary=full.primary, hidden=full.primary)
    attack = Attack(published(made, primary_only))
    widths = [high - low for low, high in map(attack.bounds, sorted(small_cells(made, 5))[::3])]
    assert min(widths) < 1e-6


def test_nothing_is_hidden_where_nothing_is_small_or_protection_is_off() -> None:
    made = panel(0, {"s107": 0.6, "s108": 1.5, "s85a": 0.3})
    assert suppression.shield(made, 0).hidden == frozenset()
    large = bundle(size=5)
    history = large.table("history")
    large.frames["history"] = history.assign(value=history["value"] + 1000)
    assert suppression.shield(large, 5).hidden == frozenset()


def test_most_is_still_shown() -> None:
    made = panel(2, {"s107": 2.0, "s108": 4.0, "s85a": 6.0})
    shield = suppression.shield(made, 5)
    municipal = {s for s in shield.hidden if not s[0].startswith("08") and s[0] != "000"}
    assert 0 < len(municipal) < 0.25 * 98 * 3


def test_a_protected_service_shows_no_count_rate_or_unit_cost() -> None:
    made = panel(3, {"s107": 0.6, "s108": 1.5, "s85a": 0.3})
    shield = suppression.shield(made, 5)
    area, _, service, _ = sorted(shield.primary)[0]
    view = View(Store(made), area, wording.load("da"), shield)
    keys = {"function": "5.38.52", "service": service, "year": "2024", "series": "accounts"}
    for item in ("recipients", "rate", "unit_cost"):
        assert view.number("volumes", item=item, **keys).hidden
    assert not view.number("volumes", item="population", **keys).hidden
