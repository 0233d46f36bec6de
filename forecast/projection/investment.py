"""Social investment: cost now, effect on inflow later, and who gets the gain (Herning's case).

The municipality pays; a smaller inflow saves unit costs, after a delay, for as long as people
would have stayed. The size of the effect is uncertain. Gains are split on municipality, region
and state, since much of them lands outside the municipality's own budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import tomlfile
from forecast.errors import SpecError
from forecast.seeds import generator

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
PAYERS = ("municipality", "region", "state")
LEVELS = (0.1, 0.5, 0.9)
MOST = 100  # years that are counted
SIZES = ("inflow", "effect", "uncertain", "saving", "cost", "discount")  # none is without end


@dataclass(frozen=True)
class Investment:
    """One investment, as a file of its own (`docs/scenarios/social_investment.toml`).

    Attributes:
        title: what it is called.
        reason: why, and where effect and delay come from.
        years: how many years are counted.
        cost: cost of each year, DKK 1,000 in fixed prices; the last one holds to `runs`.
        runs: years in which the investment runs.
        inflow: people who come a year without it.
        effect: relative change of inflow, such as -0.10.
        uncertain: standard deviation of the effect, in the same unit.
        delay: years until it takes effect.
        stay: share of people who stay from one year to the next.
        saving: what a person costs a year in all, DKK 1,000.
        shares: who saves what part: municipality, region and state; sum 1.
        discount: yearly discount rate.
    """

    title: str
    reason: str
    years: int
    cost: tuple[float, ...]
    runs: int
    inflow: float
    effect: float
    uncertain: float
    delay: float
    stay: float
    saving: float
    shares: dict[str, float]
    discount: float = 0.035


def read(path: Path) -> Investment:
    """Read and check an investment's file.

    Raises:
        SpecError: a key is missing, or shares do not sum to 1.
    """
    found = tomlfile.record(Investment, tomlfile.read(path), path.name)
    _check(found, path.name)
    return found


def _check(investment: Investment, where: str) -> None:
    total = sum(investment.shares.values())
    if set(investment.shares) != set(PAYERS) or abs(total - 1) > 1e-6:
        raise SpecError(
            f"{where}: shares are {investment.shares}; expected {', '.join(PAYERS)}, sum 1"
        )
    if any(not 0 <= share <= 1 for share in investment.shares.values()):
        raise SpecError(f"{where}: shares are {investment.shares}; expected shares of 0 to 1")
    if not (0 <= investment.stay < 1 and 0 <= investment.delay <= MOST >= investment.years >= 1):
        raise SpecError(
            f"{where}: stay {investment.stay}, delay {investment.delay}, years {investment.years}; "
            f"expected a stay of 0 to below 1, a delay of 0 to {MOST} and 1 to {MOST} years"
        )
    if not 1 <= investment.runs <= MOST:
        raise SpecError(f"{where}: runs is {investment.runs}; expected 1 to {MOST} years")
    sizes = {name: getattr(investment, name) for name in SIZES}
    endless = [name for name, value in sizes.items() if not np.isfinite(value).all()]
    if endless:
        raise SpecError(f"{where}: {endless[0]} is {sizes[endless[0]]}; expected a number")
    if not investment.cost or min(investment.cost) < 0:
        raise SpecError(f"{where}: cost {investment.cost}; expected yearly costs of 0 or more")
    if investment.discount <= -1:
        raise SpecError(f"{where}: discount is {investment.discount}; expected a rate above -1")


@dataclass(frozen=True)
class Returns:
    """What an investment gives in every draw, DKK 1,000 in fixed prices.

    Attributes:
        cost: (years,) what the municipality pays.
        saved: payer → (years, draws) what it saves.
        discount: (years,) discount factors.
    """

    cost: Floats
    saved: dict[str, Floats]
    discount: Floats

    def net(self, payer: str) -> Floats:
        """Return (years, draws) savings less cost of one payer, or of `total`."""
        parts = list(self.saved.values()) if payer == "total" else [self.saved[payer]]
        saved = sum(parts[1:], parts[0])
        pays = payer in ("municipality", "total")
        return np.asarray(saved - (self.cost[:, None] if pays else 0.0), dtype=np.float64)

    def present_value(self, payer: str) -> Floats:
        """Return (draws,) net present value."""
        return np.asarray((self.net(payer) * self.discount[:, None]).sum(axis=0), dtype=np.float64)

    def payback(self, payer: str) -> Floats:
        """Return (draws,) the year, from 1, in which it has paid itself; infinite if it does not.

        It has when the discounted sum is at zero or above and stays so to the end.
        """
        total = np.cumsum(self.net(payer) * self.discount[:, None], axis=0)
        below = total < 0
        count = len(total)
        last = np.where(below.any(axis=0), count - np.argmax(below[::-1], axis=0), 0)
        return np.where(last == count, np.inf, last + 1.0)


def returns(investment: Investment, size: int, seed: int) -> Returns:
    """Simulate cost and savings of an investment."""
    years = np.arange(investment.years)
    costs = [*investment.cost, *[investment.cost[-1]] * investment.runs][: investment.runs]
    cost = np.zeros(investment.years)
    cost[: len(costs)] = costs[: investment.years]
    rng = generator(seed, "investment", investment.title)
    effect = investment.effect + investment.uncertain * rng.standard_normal(size)
    effect = np.maximum(effect, -1.0)  # nobody can be kept out who would not have come
    active = np.clip(investment.runs - years, 0, 1) * 1.0
    fewer_in = -effect[None, :] * investment.inflow * active[:, None]
    stock = np.zeros((investment.years, size))
    for year in range(investment.years):
        before = stock[year - 1] if year else np.zeros(size)
        stock[year] = investment.stay * before + _delayed(fewer_in, year, investment.delay)
    saved = stock * investment.saving
    split = {payer: share * saved for payer, share in investment.shares.items()}
    return Returns(cost, split, (1 + investment.discount) ** -years.astype(float))


def _delayed(series: Floats, year: int, delay: float) -> Floats:
    """Return a year's value of a series that comes `delay` years later, between two years."""
    whole, part = int(delay), delay - int(delay)
    now = series[year - whole] if year - whole >= 0 else np.zeros(series.shape[1])
    before = series[year - whole - 1] if year - whole - 1 >= 0 else np.zeros(series.shape[1])
    return np.asarray((1 - part) * now + part * before, dtype=np.float64)


def table(found: Returns) -> pd.DataFrame:
    """Return net present value and pay-back year of each payer and of all, with intervals.

    A pay-back year that is not reached within the years counted is empty.
    """
    import pandas as pd

    rows = []
    for payer in (*PAYERS, "total"):
        value, paid = found.present_value(payer), found.payback(payer)
        spread = np.quantile(value, LEVELS)
        when = np.quantile(paid, LEVELS, method="inverted_cdf")
        shown = [float(w) if np.isfinite(w) else None for w in when]
        likely = float(np.isfinite(paid).mean())
        rows.append((payer, *spread, float(value.mean()), *shown, likely))
    columns = ["payer", "value_p10", "value_p50", "value_p90", "value_mean",
               "year_p10", "year_p50", "year_p90", "probability_paid_back"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
