"""`forecast status`: what is here, what is missing, what next."""

from __future__ import annotations

import click

from forecast.cli._common import json_option, print_json, workspace_option
from forecast.workspace import Workspace


@click.command(name="status")
@workspace_option
@json_option
def command(workspace: Workspace, as_json: bool) -> None:
    """Say what is here, what a real report still lacks, and the next command."""
    from forecast.status import status

    found = status(workspace)
    if as_json:
        print_json(found.plain())
        return
    there = "" if workspace.root.exists() else "  (not there yet: the first command makes it)"
    click.echo(f"workspace  {found.root}{there}\n")
    click.echo("datasets")
    for need in found.needs:
        mark = {"here": "✓", "missing": "·", "optional": "○"}[need.state]
        what = f"{need.vintage}{'  synthetic' if need.synthetic else ''}" or need.command
        click.echo(f"  {mark} {need.dataset:<18} {need.title[:48]:<48}  {what}")
    click.echo("\nmodels")
    for name, version in found.models.items():
        click.echo(f"  {'✓' if version else '·'} {name:<24} {_version(version)}")
    click.echo(f"\nbundles    {len(found.bundles)}")
    click.echo(f"\nnext       {found.next}")


def _version(version: int) -> str:
    return f"version {version} is champion" if version else "not trained"
