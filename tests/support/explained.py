"""An explained change of cost between two made-up bundles: two causes, and revised figures."""

from __future__ import annotations

import pandas as pd

from forecast.bundle import Bundle
from forecast.versions import netcost, revisions
from forecast.versions.bundlechanges import CostChange

YEAR = 2027


def change(old: Bundle, new: Bundle, area: str = "751") -> CostChange:
    """Return a change that is three quarters prices and one quarter revised figures."""
    before, after = (netcost.said(made, area, YEAR) for made in (old, new))
    moved = (after - before).rename("value").rename_axis("function").reset_index()
    parts = [moved.assign(term="prices", value=moved["value"] * 0.75)]
    parts += [moved.assign(term="data revised", value=moved["value"] * 0.25)]
    parts += [moved.assign(term="software", value=0.0)]
    terms = pd.concat(parts)[["function", "term", "value"]].reset_index(drop=True)
    cells = [
        ("hand01", area, "2024Q4", {"service": "s107"}, 1, 414.0, 455.0, 900.0),
        ("hand01", "825", "2024Q4", {"service": "s107"}, 1, 3.0, 9.0, 50.0),
        ("own_cases", area, "2024", {"age": "18+"}, 1, 900.0, 950.0, 40.0),
        ("hand01", "", "", {}, 12, float("nan"), float("nan"), -3.0),
    ]
    named = pd.DataFrame(cells, columns=list(revisions.COLUMNS))
    return CostChange(old.id, new.id, area, YEAR, terms, before, after, named)
