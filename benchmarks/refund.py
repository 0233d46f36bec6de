"""How long the refund of 100,000 random person-years takes, month by month; under 5 s is wanted.

Run: python benchmarks/refund.py
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from forecast.costs.refunds import claims
from forecast.costs.thresholds import Steps
from forecast.seeds import generator

PEOPLE, YEAR, LIMIT = 100_000, 2022, 5.0


def random_cases(people: int) -> pd.DataFrame:
    """Return twelve months of costs for many people, a fifth of them siblings."""
    rng = generator(1, "refund-benchmark")
    child = rng.random(people) < 0.3
    birth = np.where(child, rng.integers(2005, 2020, people), rng.integers(1950, 2003, people))
    sibling = child & (rng.random(people) < 0.6)
    household = np.where(sibling, rng.integers(0, people // 5, people).astype(str), "")
    level = rng.lognormal(4.0, 1.0, people)
    month = np.tile(np.arange(1, 13), people)
    return pd.DataFrame(
        {
            "person": np.repeat(np.arange(people), 12),
            "group": np.repeat(np.where(child, "children", "adults"), 12),
            "birth": np.repeat(birth.astype(str), 12),
            "household": np.repeat(household, 12),
            "month": np.char.add(f"{YEAR}-", np.char.zfill(month.astype(str), 2)),
            "cost": np.repeat(level, 12) * rng.uniform(0.5, 1.5, 12 * people),
            "one_off": np.where(rng.random(12 * people) < 0.01, 100.0, 0.0),
            "income": rng.uniform(0, 5, 12 * people),
        }
    )


def main() -> None:
    """Print the time, and the sum as a check that something was worked out."""
    cases = random_cases(PEOPLE)
    rules = {
        g: Steps(g, YEAR, (860, 1680, 2120), (0.25, 0.5, 0.75)) for g in ("adults", "children")
    }
    start = time.perf_counter()
    found = claims(cases, rules)
    seconds = time.perf_counter() - start
    total = found["refund"].sum() / 1e6
    print(f"{PEOPLE:,} person-years: {seconds:.2f} s (limit {LIMIT}); refund {total:,.2f} bn DKK")
    if seconds > LIMIT:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
