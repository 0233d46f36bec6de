"""What the commands do, by the same names, for a notebook and for the commands themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from forecast import areas, datasets, measures, reporting, services, specs
from forecast.costs import mapping, shapes
from forecast.dataroom import breaks, intake, releases
from forecast.errors import ForecastError
from forecast.projection import project
from forecast.reporting import publishing, wording
from forecast.status import status
from forecast.versions.training import train

if TYPE_CHECKING:
    from forecast.bundle import Bundle
    from forecast.workspace import Workspace

__all__ = ["check_specs", "demo", "project", "report", "status", "train"]
report = reporting.write

Say = Callable[[str], None]
REGISTERS = (
    measures.table, services.table, mapping.table, shapes.standard, breaks.table, releases.table,
)  # fmt: skip


@dataclass(frozen=True)
class DemoOrder:
    """What the demonstration ends in.

    Attributes:
        municipality: code of the municipality that the budget report is about.
        budget_year: the year the budget is for.
        formats: of the reports.
        out: folder of the reports.
    """

    municipality: str
    budget_year: int
    formats: tuple[str, ...]
    out: Path


def demo(workspace: Workspace, order: DemoOrder, seed: int, say: Say) -> list[Path]:
    """Run the whole way on the embedded synthetic data: load, train, project, report.

    The demonstration's own day is its clock, so that it ends in the same bytes every time.

    Returns:
        The report files.
    """
    from forecast.registry import Made
    from forecast.sources import embedded

    today = str(embedded.manifest()["today"])
    say(f"synthetic demonstration data, as of {today}")
    say(f"{len(intake.demo(workspace))} datasets stored in {workspace.vintages}")
    made = Made(who="demonstration", when=f"{today}T00:00:00")
    for name in specs.names("models", workspace):
        result = train(workspace, name, known_at=None, seed=seed, made=made)
        say(f"trained {name}, version {result.version} ({len(result.inputs.panel.keys)} series)")
    say(f"projecting all municipalities for the budget of {order.budget_year}")
    bundle = project(workspace, order.budget_year, seed=seed, today=today)
    say(f"bundle {bundle.id}")
    return list(_demo_reports(workspace, order, bundle))


def _demo_reports(workspace: Workspace, order: DemoOrder, bundle: Bundle) -> Iterable[Path]:
    wanted = (("budget", order.municipality), ("negotiation", areas.NATION))
    for name, area in wanted:
        spec = reporting.spec(name, workspace)
        sources = reporting.sources(bundle, spec.threshold)
        for language in wording.LANGUAGES:
            yield from publishing.one(
                publishing.Order(spec, order.formats, language, order.out), sources, area
            )


def check_specs(workspace: Workspace | None = None) -> tuple[int, list[str]]:
    """Read every TOML; return how many are in order, and a sentence for each mistake."""
    reads: list[tuple[Callable[..., object], str]] = [
        *((datasets.get, name) for name in specs.names("data", workspace)),
        *((specs.model, name) for name in specs.names("models", workspace)),
        *((reporting.spec, name) for name in specs.names("reports", workspace)),
    ]
    mistakes: list[str] = []
    for read, name in reads:
        _collect(mistakes, read, name, workspace)
    for register in REGISTERS:
        _collect(mistakes, register)
    _collect(mistakes, _same_data, workspace)
    return len(reads) + len(REGISTERS) - len(mistakes), mistakes


def _collect(mistakes: list[str], read: Callable[..., object], *args: object) -> None:
    try:
        read(*args)
    except ForecastError as error:
        if str(error) not in mistakes:  # a file that several read is wrong once
            mistakes.append(str(error))


def _same_data(workspace: Workspace | None) -> None:
    """Compare what models name with what datasets hold."""
    for name in specs.names("models", workspace):
        spec = specs.model(name, workspace)
        dataset = datasets.get(spec.data, workspace)
        columns = {"area", "region", *dataset.columns}
        for column in (*spec.groups, *spec.levels, *spec.where):
            if column not in columns:
                model, data = (specs.called(k, n, workspace) for k, n in
                               (("models", name), ("data", spec.data)))  # fmt: skip
                raise ForecastError(
                    f"{model} names the column {column!r}, which {data} does not have "
                    f"(it has {', '.join(sorted(columns))})"
                )
