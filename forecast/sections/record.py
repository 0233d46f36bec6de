"""The record: budgets and forecasts of the past beside the accounts that came."""

from __future__ import annotations

from forecast.reporting.document import Block, Column, Number, Row, Section, Table
from forecast.reporting.view import View


def build(view: View) -> Section | None:
    """Return adopted budgets, forecasts and accounts by year, and how far each missed."""
    years = sorted({str(y) for y in view.slice("ledger").values("year", function="")})
    words = view.words
    rows = tuple(row for row in (_row(view, y) for y in years[-6:]) if row is not None)
    if not rows:
        return None
    heads = [("accounts", "mio"), ("budget", "mio"), ("missed", "mioch"), ("percent", "pctch"),
             ("forecast", "mio"), ("missed", "mioch"), ("percent", "pctch")]  # fmt: skip
    columns = (
        Column(words.text("column.year")),
        *(Column(words.text(f"record.{n}"), form) for n, form in heads),
    )
    caption = words.text("record.table", area=view.name, unit=words.unit("mio"))
    blocks: list[Block] = [words.say("record.intro"), Table("record", caption, columns, rows)]
    blocks += _bias(view)
    return Section("record", words.text("record.title"), tuple(blocks))


def _row(view: View, year: str) -> Row | None:
    accounts, budget = (_source(view, year, s) for s in ("accounts", "budget"))
    forecast = _source(view, year, "forecast")
    if not accounts.given or not (budget.given or forecast.given):
        return None
    cells: list[Number] = [accounts]
    for source in (budget, forecast):
        cells += [source, accounts - source, (accounts - source) / accounts]
    return Row((year, *cells))


def _source(view: View, year: str, source: str) -> Number:
    """Return the earliest known of a source's values for a year."""
    found = sorted(
        (str(keys["known"]), row)
        for keys, row in view.slice("ledger").select(function="", year=year, source=source)
        if keys["quantile"] is None
    )
    rows = view.slice("ledger")
    return view.row(rows, found[0][1]) if found else Number(float("nan"))


def _bias(view: View) -> list[Block]:
    said: list[Block] = []
    for source in ("budget", "forecast"):
        keys = {"function": "", "source": source}
        mean = view.number("bias", "mean_percent", **keys)
        if mean.given:
            way = "over" if mean.value > 0 else "under"
            said.append(
                view.words.say(
                    f"record.bias.{source}.{way}",
                    mean=abs(mean),
                    n=view.number("bias", "n", **keys),
                    share=view.number("bias", "overrun_share", **keys),
                )
            )
    return said
