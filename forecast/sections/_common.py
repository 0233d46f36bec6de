"""What sections share: a figure's points, a table's interval columns, names of terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from forecast import periods, services
from forecast.reporting import danish, references
from forecast.reporting.document import (
    Cell,
    Number,
    Paragraph,
    Row,
    Shown,
    Table,
    number_of,
)
from forecast.reporting.view import View
from forecast.reporting.wording import Wording

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
Point = tuple[float, float]


def time_of(period: str) -> float:
    """Return a period's place on a time axis in years: a year at its number, a date within it."""
    parsed = periods.parse(period)
    if parsed.frequency == "A":
        return float(parsed.year)
    if parsed.frequency == "Q":
        return parsed.year + (int(period[-1]) - 1) / 4
    return parsed.year + (parsed.start.timetuple().tm_yday - 1) / 365


def points(pairs: Iterable[tuple[str, Number]], factor: float = 1.0) -> tuple[Point, ...]:
    """Return what is given of some numbers by period, in order of time."""
    placed = ((time_of(period), n.value * factor) for period, n in pairs if n.given)
    return tuple(sorted(placed))


def total(rows: Sequence[Row], label: str, cells: Sequence[Cell]) -> tuple[Row, ...]:
    """Return rows with a total below them, where there is anything to add up."""
    return (*rows, Row((label, *cells), "total")) if rows else ()


FORMATS = ("html", "xlsx", "docx", "pdf")


def by_format(view: View, key: str, style: str = "note") -> list[Paragraph]:
    """Return what is said differently in each format, such as where a reference is to be found."""
    said = [(name, f"{key}.{name}") for name in FORMATS]
    return [
        replace(view.words.say(text, style), only=name)
        for name, text in said
        if view.words.has(text)
    ]


def of_the_new(view: View) -> list[Paragraph]:
    """Say that a section of a comparison is about the new projection, where its report asks so."""
    return [view.words.say("changes.of_the_new", "note")] if view.options.get("compared") else []


SEEN = 0.5  # persons: less is shown as nobody


def notes(view: View, table: Table, ahead: Iterable[Cell] = ()) -> Table:
    """Return a table with the note on protected cells, where it has some.

    Args:
        view: what the table was made of.
        table: the table.
        ahead: expected numbers of persons in it; small ones beside protected ones are explained.
    """
    if not table.guarded:
        return table
    least = float(view.shield.threshold)
    said = [view.words.text("note.guarded", n=least)]
    if any(SEEN <= number_of(cell).value < least for cell in ahead):
        said.append(view.words.text("note.expected", n=least))
    return replace(table, notes=(*table.notes, *said))


def of_prices(view: View) -> tuple[str, ...]:
    """Return a note where a year's own prices and fixed prices of it do not show the same.

    The price estimate's error is in the draws of current prices and not in those of fixed ones.
    """
    year, form = str(view.meta["price_level"]), money(view)
    shown = (
        [
            view.words.show(view.cost(year, price, function=function, quantile=q), form)
            for function in ("", *view.functions())
            for q in (None, LOW, HIGH)
        ]
        for price in ("fixed", "current")
    )
    fixed, current = shown
    return () if fixed == current else (view.words.text("note.prices", year=year),)


def new_services(view: View, codes: Iterable[str]) -> tuple[str, ...]:
    """Return a note on services that came into being while they were counted: they are phased in.

    Their growth is that they are taken into use, which a reader of percentages must know.
    """
    words, known = view.words, services.table()
    dated = [
        f"{view.service_name(code)} ({danish.period(known[code].valid_from, words.language)})"
        for code in dict.fromkeys(codes)
        if code in known and known[code].valid_from
    ]
    return (words.text("note.new_services", services=words.listing(dated)),) if dated else ()


def existed(code: str, period: str) -> bool:
    """Whether a service was there all of a period: before it, nothing was counted, not zero."""
    service = services.table().get(code)
    if service is None or not service.valid_from:
        return True
    return periods.parse(period).start >= periods.parse(service.valid_from).start


FEW = 100  # up to here a decimal of a mean says something


def line_name(view: View, function: str, service: str) -> str:
    """Return what readers call a service of an account function.

    A service that several functions share (the placed live in all kinds of homes) is told apart by
    the function's own name.
    """
    among = [f for f in view.meta["functions"].values() if service in f.get("services", ())]
    if len(among) > 1:
        return view.function_name(function)
    return f"{function} {view.service_name(service)}"


def term_name(words: Wording, term: str) -> str:
    """Return what readers call a term of the bridge; an adjustment has its own name."""
    if term.startswith("adjustment:"):
        return term.removeprefix("adjustment:")
    return words.text(f"term.{term}")


def price_name(view: View, price: str) -> str:
    """Return the name of a price level."""
    return view.words.text(f"price.{price}", year=str(view.meta["price_level"]))


LARGE = 10e6  # DKK 1,000: from here a decimal of a million says nothing
SMALL = 100e3  # below this, most functions would be 0.0 or 0.1 million


def money(view: View) -> str:
    """Return how amounts of an area are shown: millions, with decimals by how large it is."""
    whole = view.cost(view.budget_year, "fixed")
    if not whole.given or SMALL <= whole.value < LARGE:
        return "mio"
    return "mio0" if whole.value >= LARGE else "mio2"


def amount(view: View, number: Number) -> Shown:
    """Return an amount as tables of the area show amounts; for a sentence."""
    return Shown(number, money(view))


def earlier(number: Number) -> Number:
    """Return a number of the earlier of two projections; its reference says so."""
    if not number.given:
        return number
    return Number(number.value, references.elsewhere(number.ref, "old"))


def years_between(view: View) -> list[str]:
    """Return the projected years between the last accounts and the budget year."""
    return [y for y in map(str, view.meta["years"]) if view.accounts_year < y < view.budget_year]


def subject(view: View) -> str:
    """Return who spends, in a sentence: a municipality, or the municipalities of an area."""
    return view.words.text(f"area.subject.{view.level}", area=view.name)


def within(view: View) -> str:
    """Return the area's name inside a sentence."""
    return view.words.text(f"area.within.{view.level}", area=view.name)


def stopped(text: str) -> str:
    """Return a text with a full stop, unless an abbreviation (mio. kr.) brought it."""
    return text if text.endswith(".") else f"{text}."


def lower_first(text: str) -> str:
    """Return a term's name as it stands inside a sentence; an abbreviation keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def ahead(view: View, model: str, steps: str) -> str:
    """Return a distance ahead in a model's own periods: 5 years, or 3–4 quarters."""
    last = str(view.meta["models"].get(model, {}).get("last", ""))
    unit = "quarters" if "Q" in last else "years"
    alone = "one" if steps == "1" else "other"
    return view.words.text(f"ahead.{unit}_{alone}", n=steps.replace("-", "–"))


def explained(view: View, metrics: Iterable[str]) -> tuple[str, ...]:
    """Return notes that say what measures of accuracy mean, where they need saying."""
    words = view.words
    keys = [f"accuracy.what.{metric}" for metric in metrics]
    said = [words.text(key) for key in keys if words.has(key)]
    return (" ".join(said),) if said else ()


def last_budget(view: View) -> str:
    """Return the latest year up to the budget year that has an adopted budget; "" for none."""
    years = view.slice("cost").values("year", series="budget", function="")
    return max((y for y in years if y <= view.budget_year), default="")
