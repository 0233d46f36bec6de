"""What was known on a date: a projection made as of it uses nothing that came out later."""

from __future__ import annotations

import pytest
from support.bundles import bundle

from forecast.reporting import suppression, wording
from forecast.reporting.document import Table
from forecast.reporting.view import Store, View
from forecast.sections import known


@pytest.mark.parametrize(
    ("known_at", "real_time", "said", "noted"),
    [
        ("2025-06-30", True, "ja", False),  # the snapshot came out before the date
        ("2025-06-01", False, "ja, i en senere udgave", True),
        ("2025-06-01", True, "ja", False),  # figures that are never revised
    ],
)
def test_figures_that_were_out_on_the_date_are_not_said_to_have_come_since(
    known_at: str, real_time: bool, said: str, noted: bool
) -> None:
    table = shown(known_at, real_time)
    assert [row.cells[-1] for row in table.rows] == [said]
    assert bool(table.notes) is noted


def test_what_a_later_projection_uses_has_come_since_an_earlier_agreement() -> None:
    table = shown("2026-05-01", real_time=True, agreed_on="2025-06-01")
    assert [row.cells[-1] for row in table.rows] == ["nej, kommet siden"]


def shown(known_at: str, real_time: bool, agreed_on: str = "") -> Table:
    """Return the table of data of a projection whose snapshot came out on 20 June 2025."""
    made = bundle()
    made.meta["known_at"] = known_at
    made.meta["vintages"] = [
        {**made.meta["vintages"][0], "published": "2025-06-20", "real_time": real_time}
    ]
    extra = {"agreed_on": agreed_on}
    shield = suppression.shield(made)
    view = View(Store(made), "000", wording.load("da"), shield, extra=extra)
    (table,) = [b for b in known.build(view).blocks if isinstance(b, Table)]
    return table
