"""Unit costs of the past: whether what they are made of is as it stood then."""

from pathlib import Path

import pytest
from support.money import stocked

from forecast import specs
from forecast.inputs import build


@pytest.mark.parametrize(
    ("known_at", "stood"),
    [
        (None, True),
        ("2026-05-01", True),  # the day on which the snapshots were taken
        ("2025-12-01", False),  # later accounts and recipients, cut by date of publication
    ],
)
def test_they_say_whether_their_figures_stood_so(
    tmp_path: Path, known_at: str | None, stood: bool
) -> None:
    workspace = stocked(tmp_path / "w")
    made = build(specs.model("unit_costs"), workspace, known_at)
    assert made.real_time is stood
    assert {"regk31", "price_estimate", "hand01"} <= {v.dataset for v in made.used}
