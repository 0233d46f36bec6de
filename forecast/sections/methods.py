"""Methods and their weights in the combination, by distance ahead."""

from __future__ import annotations

from forecast.reporting.document import Cell, Column, Row, Section, Table
from forecast.reporting.view import View
from forecast.sections import _common


def build(view: View) -> Section | None:
    """Return a table of weights: a row a method, a column a band of horizons."""
    rows = view.slice("weights")
    methods = [str(m) for m in rows.values("method")]
    bands = sorted((str(b) for b in rows.values("band")), key=lambda b: (len(b), b))
    if not methods:
        return None
    words, model = view.words, next(iter(view.meta["models"]))
    columns = (
        Column(words.text("methods.method")),
        *(Column(_common.ahead(view, model, band), "pct") for band in bands),
    )
    lines = tuple(_line(view, method, bands) for method in methods)
    table = Table("weights", words.text("methods.table"), columns, lines)
    return Section("methods", words.text("methods.title"), (words.say("methods.intro"), table))


def _line(view: View, method: str, bands: list[str]) -> Row:
    model = next(iter(view.meta["models"]))
    cells: list[Cell] = [
        view.number("weights", "weight", model=model, band=band, method=method) for band in bands
    ]
    return Row((view.words.named(f"method.{method}", method), *cells))
