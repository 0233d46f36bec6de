"""An attacker who has all that reports of a year tell of shares, and the number of people."""

from __future__ import annotations

import pandas as pd

from forecast import areas
from forecast.bundle import Bundle
from forecast.reporting import extract, wording
from forecast.reporting.shield import Shield
from forecast.reporting.view import Store, View
from support.attack import Cell, System, cells_of, people_of, weighted


def attack(made: Bundle, shield: Shield) -> tuple[System, dict[Cell, float]]:
    """Return what follows of shares, and the truth in per cent; hidden counts play no part."""
    names = ["area", "model", "service", "age", "period", "value"]
    store, words, seen = Store(made), wording.load("da"), list[pd.DataFrame]()
    for area in made.meta["areas"]:
        found = extract.extract(View(store, area, words, shield))
        seen += [found["history"][names]] if "history" in found else []
    truth, shown = (cells_of(frame) for frame in (made.rows("history"), pd.concat(seen)))
    system = System(shown)
    weighted(system, truth, people_of(made))
    return system, truth


def small(made: Bundle, truth: dict[Cell, float], threshold: float = 5) -> dict[Cell, float]:
    """Return municipalities' cells that stand for few persons, and of how many people each is."""
    people = people_of(made)
    size = {c: people[c[0], c[3], c[4]] for c in truth if c[0] in areas.municipalities()}
    found = {c: round(truth[c] / 100 * n) for c, n in size.items()}
    return {c: size[c] for c, n in found.items() if 0 < n < threshold}
