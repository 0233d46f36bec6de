"""Releases: the calendar that says when the figures of a period could first be known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from forecast import files, periods, specs, tomlfile
from forecast.errors import SpecError, suggestion

REGISTER = "data/registers/releases.toml"


@dataclass(frozen=True)
class Release:
    """When one dataset's figures come out.

    Attributes:
        years_after: with `day`, the year of release, counted from the figures' own.
        day: month and day, `06-20`.
        lag: days from the period's last day (or first, with `start`) where `day` is empty.
        start: whether `lag` counts from the period's first day.
        exact: dates that are known, by period; with `day` a year's holds for its quarters.
        source: where the rule was read.
    """

    years_after: int = 1
    day: str = ""
    lag: int = 0
    start: bool = False
    exact: dict[str, str] = field(default_factory=dict)
    source: str = ""

    def of(self, period: str) -> str:
        """Return the ISO date on which a period's figures came, or will come out."""
        if period in self.exact:
            return self.exact[period]
        known = periods.parse(period)
        if self.day:
            if str(known.year) in self.exact:
                return self.exact[str(known.year)]
            return f"{known.year + self.years_after:04d}-{self.day}"
        first = known.start if self.start else known.end
        return (first + timedelta(days=self.lag)).isoformat()


@cache
def table() -> dict[str, Release]:
    """Return the calendar by dataset.

    Raises:
        SpecError: an entry is of no dataset, or has a key that is unknown or a date that is none.
    """
    file = files.assets() / REGISTER
    return {name: _read(name, dict(entry)) for name, entry in tomlfile.read(file).items()}


def published(dataset: str, period: str, lag: int = 0) -> str:
    """Return when a period's figures could first be known; `lag` where no entry says more."""
    return table().get(dataset, Release(lag=lag)).of(period)


def _read(name: str, entry: dict[str, object]) -> Release:
    where = f"{REGISTER} [{name}]"
    known = specs.names("data")
    if name not in known:
        raise SpecError(f"{where}: there is no dataset {name!r}{suggestion(name, known)}")
    begins = entry.pop("from", "end")
    if begins not in ("start", "end"):
        raise SpecError(f'{where}: from is {begins!r}; expected "start" or "end"')
    release = tomlfile.record(Release, {**entry, "start": begins == "start"}, where)
    for text in (*release.exact.values(), *([f"2024-{release.day}"] if release.day else [])):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise SpecError(f"{where}: {text!r} is no date") from None
    return release
