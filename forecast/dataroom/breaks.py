"""Breaks: the register of where figures before and after do not mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from forecast import areas, datasets, files, periods, services, specs, tomlfile
from forecast.errors import DataError, SpecError, suggestion
from forecast.frames import NOT_APPLICABLE

if TYPE_CHECKING:
    import pandas as pd

REGISTER = "data/registers/breaks.toml"
KINDS = ("level", "definition", "coverage", "revision")
ACTIONS = ("start_after", "dummy", "mask", "note")


@dataclass(frozen=True)
class Break:
    """One known break.

    Attributes:
        date: the first period of the new meaning.
        kind: `level`, `definition`, `coverage` or `revision`.
        action: `start_after`, `dummy`, `mask` or `note`.
        da: the footnote in Danish; `en` in English.
        source: who says so, in English; `source_da` in Danish.
        services: which services it is about; none: all.
        areas: which areas it is about; none: all.
    """

    id: str
    datasets: tuple[str, ...]
    date: str
    kind: str
    action: str
    da: str
    en: str
    source: str
    source_da: str
    services: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()

    def text(self, language: str) -> str:
        """Return the footnote in `da` or `en`."""
        return self.da if language == "da" else self.en

    def record(self, model: str, measure: str) -> dict[str, Any]:
        """Return the break of a model's data as bundles keep it and reports show it."""
        return {
            **{"id": self.id, "model": model, "measure": measure, "date": self.date},
            **{"kind": self.kind, "action": self.action},
            **{"source_da": self.source_da, "source_en": self.source},
            **{"title_da": self.da, "title_en": self.en},
            **{"services": list(self.services), "areas": list(self.areas)},
        }


@cache
def table() -> tuple[Break, ...]:
    """Return the whole register, by date.

    Raises:
        SpecError: an entry has an unknown key, date, kind, action, dataset, service or area.
    """
    entries = tomlfile.read(files.assets() / REGISTER)
    found = [_read(id, entry) for id, entry in entries.items()]
    return tuple(sorted(found, key=lambda b: (periods.parse(b.date).start, b.id)))


def of(dataset: str) -> tuple[Break, ...]:
    """Return the breaks of a dataset, by date."""
    return tuple(b for b in table() if dataset in b.datasets)


def not_applicable(frame: pd.DataFrame) -> pd.DataFrame:
    """Give empty and zero cells of a service before it existed the status *not applicable*.

    A figure above zero there contradicts the register: it is kept, and the checks report it.
    """
    begins = {code: s.valid_from for code, s in services.table().items() if s.valid_from}
    if not frame["service"].isin(list(begins)).any():
        return frame
    starts = {p: periods.parse(p).start for p in frame["period"].unique()}
    first = {code: periods.parse(p).start for code, p in begins.items()}
    before = np.array(
        [
            s in first and starts[p] < first[s]
            for s, p in zip(frame["service"], frame["period"], strict=True)
        ]
    )
    held = frame.copy()
    before &= (held["value"].isna() | (held["value"] == 0)).to_numpy()
    held.loc[before, "value"] = float("nan")
    held.loc[before, "status"] = NOT_APPLICABLE
    return held


def _read(id: str, entry: dict[str, object]) -> Break:
    where = f"{REGISTER} [{id}]"
    found = tomlfile.record(Break, {"id": id, **entry}, where)
    if found.kind not in KINDS or found.action not in ACTIONS:
        raise SpecError(
            f"{where}: kind must be one of {', '.join(KINDS)}, action one of {', '.join(ACTIONS)}"
        )
    known = specs.names("data")
    unknown = [d for d in found.datasets if d not in known]
    if unknown:
        raise SpecError(f"{where}: there is no dataset {unknown[0]!r}")
    try:
        periods.parse(found.date)
        for area in found.areas:
            areas.get(area)
    except DataError as error:
        raise SpecError(f"{where}: {error}") from None
    _check_services(found, where)
    return found


def _check_services(found: Break, where: str) -> None:
    """Refuse a service that the datasets do not have: the break would act on nothing.

    Theirs may be finer than the register's.
    """
    known = set(services.table())
    for name in found.datasets if found.services else ():
        variable = datasets.get(name).statbank.variables.get("service")
        known |= set(variable.values.values()) if variable else set()
    for service in found.services:
        if service not in known:
            near = suggestion(service, sorted(known))
            raise SpecError(
                f"{where}: {' and '.join(found.datasets)} have no service {service!r}{near}"
            )
