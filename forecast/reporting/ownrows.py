"""Own rows: numbers of a report that no bundle row holds, kept as tables of their own.

Statistics of a model's record (residuals, the comparison with a challenger, monitoring) are
reckoned over many rows. A report keeps them as tables `own_…` beside the area's rows, and its
numbers refer to these as others do to the bundle's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from forecast.reporting.document import (
    Block,
    Cell,
    Number,
    Paragraph,
    Row,
    Run,
    Section,
    Shown,
    Table,
    number_of,
)

if TYPE_CHECKING:
    import pandas as pd

SAID = "own_said"


def kept(sections: Sequence[Section]) -> tuple[tuple[Section, ...], dict[str, pd.DataFrame]]:
    """Return sections in which every number has a reference, and the tables of own rows."""
    import pandas as pd

    own = _Own()
    done = tuple(
        replace(section, blocks=tuple(own.block(section.name, b) for b in section.blocks))
        for section in sections
    )
    frames = {name: pd.DataFrame(rows) for name, rows in own.tables.items()}
    if own.said:
        frames[SAID] = pd.DataFrame(own.said, columns=["section", "text", "value"])
    return done, frames


def name_of(table: Table) -> str:
    """Return the name of the own rows of a table."""
    return f"own_{re.sub(r'[^a-z_]', '_', table.name.lower())}"


class _Own:
    """The own rows of one report, in the order of its sections."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.said: list[tuple[str, str, float]] = []

    def block(self, section: str, block: Block) -> Block:
        if isinstance(block, Paragraph):
            return replace(block, runs=tuple(self._run(section, r, block) for r in block.runs))
        return self._table(block) if isinstance(block, Table) else block

    def _run(self, section: str, run: Run, paragraph: Paragraph) -> Run:
        if run.number is None or not _loose(run.number):
            return run
        self.said.append((section, paragraph.text, run.number.value))
        return replace(run, number=replace(run.number, ref=f"{SAID}:{len(self.said) - 1}"))

    def _table(self, table: Table) -> Table:
        if not any(_loose(number_of(cell)) for row in table.rows for cell in row.cells):
            return table
        name = name_of(table)
        self.tables[name] = [_plain(row) for row in table.rows]
        rows = tuple(
            Row(tuple(_referred(c, f"{name}.c{j}:{i}") for j, c in enumerate(row.cells)), row.kind)
            for i, row in enumerate(table.rows)
        )
        return replace(table, rows=rows)


def _loose(number: Number) -> bool:
    return number.given and not number.ref


def _referred(cell: Cell, ref: str) -> Cell:
    number = number_of(cell)
    if isinstance(cell, str) or not _loose(number):
        return cell
    named = replace(number, ref=ref)
    return replace(cell, number=named) if isinstance(cell, Shown) else named


def _plain(row: Row) -> dict[str, Any]:
    """Return a row's texts and numbers by column; what is protected or not given is empty."""
    return {
        f"c{j}": cell if isinstance(cell, str) else number_of(cell).value
        for j, cell in enumerate(row.cells)
    }
