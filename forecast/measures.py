"""Measures: what is counted, in which unit, and over what it may be summed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from forecast import files, specs
from forecast.errors import SpecError, suggestion


@dataclass(frozen=True)
class Measure:
    """One thing that is counted (data/registers/measures.toml).

    Attributes:
        kind: `count`, `rate` or `mean`; only counts are summed.
        denominator: what a rate or mean refers to; empty for a count.
        additive: dimensions the measure may be summed over.
    """

    name: str
    kind: str
    unit: str
    title_da: str
    title_en: str
    denominator: str = ""
    additive: tuple[str, ...] = ()


KINDS = ("count", "rate", "mean")


@cache
def table() -> dict[str, Measure]:
    """Return all measures by name."""
    file = files.assets() / "data" / "registers" / "measures.toml"
    found = {
        name: specs.build(Measure, {"name": name, **entry}, f"data/registers/{file.name} [{name}]")
        for name, entry in specs.read_toml(file).items()
    }
    for measure in found.values():
        if measure.kind not in KINDS:
            raise SpecError(f"measure {measure.name}: kind must be one of {', '.join(KINDS)}")
        if measure.kind != "count" and measure.additive:
            raise SpecError(f"measure {measure.name}: a {measure.kind} is additive over nothing")
    return found


def get(name: str) -> Measure:
    """Return one measure.

    Raises:
        SpecError: there is none of that name.
    """
    known = table()
    if name not in known:
        raise SpecError(
            f"unknown measure {name!r}{suggestion(name, sorted(known))} "
            "(data/registers/measures.toml holds them)"
        )
    return known[name]
