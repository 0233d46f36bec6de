"""Versions by reference, and changes explained: what `forecast models` reads and prints."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from forecast.cli import _tables
from forecast.cli._common import apart, print_json
from forecast.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from forecast.registry import VersionInfo
    from forecast.reporting.document import Block, Table
    from forecast.reporting.wording import Wording
    from forecast.versions.splitting import Wanted


def version(workspace: Workspace, reference: str) -> VersionInfo:
    """Return the version that a reference on the command line names."""
    from forecast import registry

    return registry.version(workspace, *registry.parse(reference))


def scores(workspace: Workspace, info: VersionInfo) -> pd.DataFrame:
    """Return a version's scores; the lowest level is named by what the model counts."""
    from forecast import areas, registry

    found = registry.table(workspace, info, "scores")
    own = areas.level_of(registry.table(workspace, info, "history")["area"].unique())
    return found.assign(level=found["level"].astype(str).replace("municipality", own))


@dataclass(frozen=True)
class Question:
    """Which change is to be explained, and how it is told.

    Attributes:
        pair: two versions (`MODEL@3`), or two ids of bundles.
        wanted: area, year and how many revised figures are tried.
        language: of the words.
        as_json: plain values instead of words.
    """

    pair: tuple[str, str]
    wanted: Wanted
    language: str
    as_json: bool


def explain_versions(workspace: Workspace, asked: Question) -> None:
    """Print why a municipality's forecast changed between two versions."""
    from forecast import specs
    from forecast.reporting import causes, wording
    from forecast.versions import changes

    old, new = (version(workspace, reference) for reference in asked.pair)
    apart(old.reference, new.reference)
    found = changes.explain(workspace, old, new, asked.wanted)
    if asked.as_json:
        print_json(found.plain())
        return
    words = wording.load(asked.language)
    spec = specs.model(old.model, workspace)
    blocks(causes.of_forecast(found, spec, words), words)


def explain_bundles(workspace: Workspace, asked: Question) -> None:
    """Print why an area's net cost changed between two bundles, as a report's section says it."""
    from forecast import reporting
    from forecast.bundle import Bundle
    from forecast.reporting import wording
    from forecast.versions import explanations

    old, new = (Bundle.load(workspace, name) for name in asked.pair)
    apart(old.id, new.id)
    found = explanations.explain(workspace, old, new, asked.wanted)
    if asked.as_json:
        print_json(found.plain())
        return
    given = reporting.sources(new, 0.0, old, {"causes": found})
    one = reporting.ReportSpec("change", dict.fromkeys(wording.LANGUAGES, ""), ("causes",))
    for section in reporting.build(one, given, found.area, asked.language).sections:
        blocks(section.blocks, wording.load(asked.language))


def blocks(found: Iterable[Block], words: Wording) -> None:
    """Print a section's paragraphs and tables as text."""
    from forecast.reporting.document import Paragraph, Table

    for block in found:
        if isinstance(block, Paragraph):
            click.echo(block.text)
        elif isinstance(block, Table):
            click.echo(f"\n{block.caption}:")
            _tables.printed(_cells(block, words), indent=2)
            for note in block.notes:
                click.echo(textwrap.fill(note, 96, initial_indent="  ", subsequent_indent="  "))


def _cells(block: Table, words: Wording) -> list[list[str]]:
    from forecast.reporting.document import FORMS, form_of, number_of

    rows = [[column.title for column in block.columns]]
    for row in block.rows:
        told = []
        for cell, column in zip(row.cells, block.columns, strict=True):
            form = form_of(cell, column)
            number = number_of(cell)
            shown = words.show(number, form, unit=FORMS[form].unit == "%") if form else str(cell)
            told.append(shown)
        rows.append(told)
    return rows


def lines(title: str, texts: Iterable[str]) -> None:
    """Print indented lines under a title; nothing where there are none."""
    found = list(texts)
    if found:
        click.echo(f"\n{title}:")
    for text in found:
        click.echo(f"  {text}")
