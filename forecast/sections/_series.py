"""The series of an area, as every section reads them: names, units, what was and is expected."""

from __future__ import annotations

from typing import NamedTuple

from forecast import measures, periods
from forecast.ages import bounds
from forecast.reporting import danish
from forecast.reporting.document import PROTECTED, Number
from forecast.reporting.view import View
from forecast.sections import _common

HIDDEN = -1.0  # stands for the size of what is protected: it comes last


class Series(NamedTuple):
    """One series of an area: a model's measure of a service and an age."""

    model: str
    measure: str
    service: str
    age: str


def models(view: View) -> list[str]:
    """Return the models with demand in the area, in the order of the bundle."""
    return [str(m) for m in view.slice("demand").values("model")]


def of(view: View, model: str) -> list[Series]:
    """Return a model's series in the area: the largest service first, its ages in their order."""
    rows = view.slice("demand")
    at = [rows.names.index(n) for n in ("measure", "service", "age")]
    found = dict.fromkeys(
        (key[at[0]], key[at[1]], key[at[2]]) for key in rows.rows if key[1] == model
    )
    some = [Series(model, *(str(part) for part in key)) for key in found]
    sizes: dict[tuple[str, str], float] = {}
    for s in some:
        kind = (s.measure, s.service)
        sizes[kind] = max(_size(view, s), sizes.get(kind, HIDDEN))
    return sorted(some, key=lambda s: (-sizes[s.measure, s.service], s[:3], bounds(s.age)))


def largest(view: View, model: str, many: int) -> list[Series]:
    """Return so many of a model's series, those with the largest expected numbers, by size."""
    return sorted(of(view, model), key=lambda s: (-_size(view, s), s))[:many]


def _size(view: View, s: Series) -> float:
    number = expected(view, s, view.budget_year)
    return number.value if number.given else HIDDEN


def expected(
    view: View, s: Series, period: str, series: str = "forecast", quantile: float | None = None
) -> Number:
    """Return what is expected of a series in a period."""
    keys = {"model": s.model, "measure": s.measure, "service": s.service, "age": s.age}
    return view.number("demand", **keys, period=period, series=series, quantile=quantile)


def years(view: View, s: Series, table: str) -> list[str]:
    """Return the periods to show: years where there are, else what was counted."""
    keys = {"model": s.model, "service": s.service, "age": s.age}
    found = sorted({str(p) for p in view.slice(table).values("period", **keys)})
    yearly = [p for p in found if periods.parse(p).frequency != "Q"]
    return yearly or found


def observed(view: View, s: Series) -> list[tuple[str, Number]]:
    """Return what was observed, by period; a sum only where some municipality was counted."""
    keys = {"model": s.model, "measure": s.measure, "service": s.service, "age": s.age}
    status = {row["period"]: row["status"] for row, _ in view.slice("history").select(**keys)}
    counted = None if view.level == "municipality" else view.store.counted(s.model)
    return [
        (p, view.number("history", **keys, period=p, status=status[p]))
        for p in years(view, s, "history")
        if (counted is None or not counted or p in counted) and _common.existed(s.service, p)
    ]


def last(view: View, s: Series) -> tuple[str, Number] | None:
    """Return the last observed period and its value; a quarter where no year is whole yet."""
    past = observed(view, s) or _quarter(view, s)
    given = [(p, n) for p, n in past if n.given or n.hidden]
    return given[-1] if given else None


def newest(view: View, s: Series) -> tuple[str, Number] | None:
    """Return the newest period in which any municipality was observed, and the series' value then.

    The value is protected where the source shows an older one only: there is one to be hidden.
    """
    before, period = last(view, s), newest_period(view, s.model)
    if before is None or before[0] >= period:
        return before
    return period, PROTECTED


def _quarter(view: View, s: Series) -> list[tuple[str, Number]]:
    """Return the last quarter of a service that no whole year has seen yet; none of others."""
    keys = {"model": s.model, "measure": s.measure, "service": s.service, "age": s.age}
    rows = [(str(k["period"]), k["status"]) for k, _ in view.slice("history").select(**keys)]
    quarters = [(p, status) for p, status in rows if "Q" in p and _common.existed(s.service, p)]
    return [(p, view.number("history", **keys, period=p, status=status))
            for p, status in sorted(quarters)[-1:]]  # fmt: skip


def newest_period(view: View, model: str) -> str:
    """Return the newest period in which a model's measure was observed anywhere; "" for none."""
    counted = view.store.counted(model)
    yearly = [p for p in counted if periods.parse(p).frequency != "Q"]
    return max(yearly or counted, default="")


def name(view: View, s: Series) -> str:
    """Return what readers call a series."""
    named = s.service and view.service_name(s.service) != s.service
    service = view.service_name(s.service) if named else view.model_name(s.model)
    if not s.age or s.age in service:
        return service
    return f"{service}, {ages(view, s.age)}"


def ages(view: View, age: str) -> str:
    """Return an age group as readers write it, on one line: 0 to 17 years."""
    words = view.words
    first, _, last = age.partition("-")
    both = words.text("unit.ages", first=first, last=last)
    return (both if last else words.text("unit.age", age=age)).replace(" ", danish.NBSP)


def form(s: Series) -> str:
    """Return how numbers of a measure are shown: counts whole, rates and means with a decimal."""
    return "int" if measures.get(s.measure).kind == "count" else "one"


def shown(view: View, s: Series) -> str:
    """Return how an area's numbers are shown: small means over the quarters with a decimal too."""
    if form(s) == "int" and _of_quarters(view, s.model) and _few(view, s.model):
        return "one"
    return form(s)


def _few(view: View, model: str) -> bool:
    return all(_size(view, s) < _common.FEW for s in largest(view, model, 1))


def _of_quarters(view: View, model: str) -> bool:
    return "Q" in str(view.meta["models"].get(model, {}).get("last", ""))


def benchmark(s: Series) -> str:
    """Return what the line beside the forecast is: demography alone, or the last share kept."""
    return "demographic" if measures.get(s.measure).kind == "count" else "unchanged"


def unit(view: View, s: Series) -> str:
    """Return what a measure's numbers count."""
    return view.words.text(f"measure.{s.measure}")
