"""The versions of trained models; the only part of the package that knows MLflow."""

from forecast.registry.aliases import Decision, promote, rollback
from forecast.registry.names import CHALLENGER, CHAMPION, VersionInfo, parse
from forecast.registry.reading import (
    champions,
    facts,
    load,
    metrics,
    models,
    spec_of,
    specs_of,
    table,
    version,
    versions,
)
from forecast.registry.record import Made, Record, Source
from forecast.registry.trail import Event, history
from forecast.registry.writing import log, warm_up

__all__ = [
    "CHALLENGER",
    "CHAMPION",
    "Decision",
    "Event",
    "Made",
    "Record",
    "Source",
    "VersionInfo",
    "champions",
    "facts",
    "history",
    "load",
    "log",
    "metrics",
    "models",
    "parse",
    "promote",
    "rollback",
    "spec_of",
    "specs_of",
    "table",
    "version",
    "versions",
    "warm_up",
]
