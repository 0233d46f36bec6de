"""Versions by reference, explained changes, and tables: what `forecast models` reads and prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from forecast.cli._common import print_json
from forecast.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from forecast.registry import VersionInfo


def version(workspace: Workspace, reference: str) -> VersionInfo:
    """Return the version that a reference on the command line names."""
    from forecast import registry

    return registry.version(workspace, *registry.parse(reference))


def explain_versions(
    workspace: Workspace, pair: tuple[str, str], about: tuple[str, int | None], as_json: bool
) -> None:
    """Print why a forecast changed between two versions; `about` is area and year."""
    from forecast.versions import changes

    infos = version(workspace, pair[0]), version(workspace, pair[1])
    found = changes.explain(workspace, *infos, about[0], year=about[1])
    if as_json:
        print_json(found.plain())
        return
    for sentence in found.sentences:
        click.echo(sentence)
    table("by series (each sums to its change)", found.table.reset_index())
    table("revised figures, and what each alone changes", found.cells)
    lines("of the program", found.software)


def explain_bundles(
    workspace: Workspace, pair: tuple[str, str], about: tuple[str, int | None], as_json: bool
) -> None:
    """Print why net cost changed between two bundles; `about` is area and year."""
    from forecast.bundle import Bundle
    from forecast.versions import bundlechanges

    bundles = Bundle.load(workspace, pair[0]), Bundle.load(workspace, pair[1])
    found = bundlechanges.explain(workspace, *bundles, about[0], year=about[1])
    if as_json:
        print_json(found.plain())
        return
    for sentence in found.sentences:
        click.echo(sentence)
    table("DKK 1,000 by account function (each sums to its change)", found.table.reset_index())


def lines(title: str, texts: Iterable[str]) -> None:
    """Print indented lines under a title; nothing where there are none."""
    found = list(texts)
    if found:
        click.echo(f"\n{title}:")
    for text in found:
        click.echo(f"  {text}")


def table(title: str, frame: pd.DataFrame) -> None:
    """Print a table under a title; nothing where it has no row."""
    if len(frame):
        click.echo(f"\n{title}:")
        click.echo(frame.to_string(index=False, float_format=lambda value: f"{value:.3f}"))
