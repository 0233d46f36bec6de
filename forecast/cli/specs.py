"""`forecast specs`: every TOML, every name, all mistakes at once."""

from __future__ import annotations

import click

from forecast.cli._common import workspace_option
from forecast.workspace import Workspace


@click.group(name="specs")
def command() -> None:
    """Check what models/, data/ and reports/ say."""


@command.command()
@workspace_option
def check(workspace: Workspace) -> None:
    """Read every TOML that ships and every one in the workspace; print all mistakes at once."""
    from forecast.api import check_specs
    from forecast.errors import SpecError

    checked, mistakes = check_specs(workspace)
    if mistakes:
        raise SpecError("\n       ".join(mistakes))
    click.echo(f"{checked} specifications are in order")
