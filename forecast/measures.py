"""Measures: what is counted, in which unit, and over what it may be summed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from forecast import files, registers, tomlfile
from forecast.errors import SpecError


@dataclass(frozen=True)
class Measure:
    """One thing that is counted (data/registers/measures.toml).

    Attributes:
        kind: `count`, `rate` or `mean`; only counts are summed.
        denominator: what a rate or mean refers to; empty for a count.
        per: of how many of the denominator a rate is: 100 for per cent.
        additive: dimensions the measure may be summed over.
    """

    name: str
    kind: str
    unit: str
    title_da: str
    title_en: str
    denominator: str = ""
    per: float = 1.0
    additive: tuple[str, ...] = ()

    @property
    def of_people(self) -> bool:
        """Whether it is a rate of the population, so that rate × persons ÷ `per` are persons."""
        return self.kind == "rate" and self.denominator == "population"


FILE = "data/registers/measures.toml"
KINDS = ("count", "rate", "mean")


@cache
def table() -> dict[str, Measure]:
    """Return all measures by name."""
    found = registers.records(Measure, tomlfile.read(files.assets() / FILE), FILE, "name")
    for measure in found.values():
        if measure.kind not in KINDS:
            raise SpecError(f"measure {measure.name}: kind must be one of {', '.join(KINDS)}")
        if measure.kind != "count" and measure.additive:
            raise SpecError(f"measure {measure.name}: a {measure.kind} is additive over nothing")
        if measure.per <= 0:
            raise SpecError(f"measure {measure.name}: per must be above 0")
    return found


def get(name: str) -> Measure:
    """Return one measure.

    Raises:
        SpecError: there is none of that name.
    """
    return registers.pick(table(), name, "measure", FILE)
