"""One section of a report, as an area's reader sees it, and one of its tables."""

from __future__ import annotations

from typing import Any

from forecast import parts
from forecast.bundle import Bundle
from forecast.reporting import suppression, wording
from forecast.reporting.document import Section, Table
from forecast.reporting.view import Store, View


def view(made: Bundle, area: str, language: str = "da", **extra: Any) -> View:
    """Return what a section may see of a bundle for an area, small numbers protected."""
    words = wording.load(language)
    return View(Store(made), area, words, suppression.shield(made), extra=extra)


def build(name: str, seen: View) -> Section:
    """Return a section by name."""
    built = parts.find("sections", name).build(seen)
    assert isinstance(built, Section)
    return built


def table(section: Section, name: str) -> Table:
    """Return a section's table by name."""
    return next(b for b in section.blocks if isinstance(b, Table) and b.name == name)
