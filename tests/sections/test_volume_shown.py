"""Price × volume: its costs are those of other tables, and hidden ones tell nothing."""

from __future__ import annotations

import pytest
from support import reports
from support.bundles import bundle
from support.shown import build, table, view

from forecast.reporting.document import number_of
from forecast.reporting.extract import extract


@pytest.mark.parametrize("area", ["751", "825", "000"])
def test_price_times_volume_leads_to_net_cost(area: str) -> None:
    seen = view(reports.saved(), area)
    lines = table(build("volume", seen), "volume").rows
    body = [number_of(r.cells[-1]) for r in lines if r.kind == "body"]
    rest, refund, net = (number_of(r.cells[-1]).value for r in lines if r.kind == "total")
    whole = sum(n.value for n in body if n.given) + rest + refund
    assert whole == pytest.approx(net)
    assert net == pytest.approx(seen.cost("2027", "fixed").value)


@pytest.mark.parametrize("area", ["751", "825", "000"])
def test_a_cost_is_the_same_beside_its_recipients_as_beside_its_income(area: str) -> None:
    seen = view(reports.saved(), area)
    volumes = table(build("volume", seen), "volume")
    found = {str(r.cells[0])[:7]: 0.0 for r in volumes.rows if r.kind == "body"}
    for row in (r for r in volumes.rows if r.kind == "body"):
        cost = number_of(row.cells[-1])
        found[str(row.cells[0])[:7]] += cost.value if cost.given else 0.0
    sold = table(build("places", seen), "places").rows
    net = {str(r.cells[0])[:7]: number_of(r.cells[7]).value for r in sold if r.kind == "body"}
    assert found == pytest.approx({code: net[code] for code in found})


def test_what_hidden_services_cost_together_is_public_and_said_so() -> None:
    seen = view(reports.saved(), "825")
    shown = table(build("volume", seen), "volume")
    rows = {str(r.cells[0]): r for r in shown.rows}
    alone = rows["5.38.50 Ydelse s108"]
    assert all(number_of(c).hidden for c in alone.cells[1:7])
    gross = {"component": "gross", "function": "5.38.50"}
    assert number_of(alone.cells[7]).value == seen.cost("2027", "fixed", **gross).value
    assert number_of(rows["5.38.38 Ydelse s85a"].cells[7]).hidden
    together = number_of(rows["5.38.38 Skjulte ydelser tilsammen"].cells[7])
    gross["function"] = "5.38.38"
    assert together.value == seen.cost("2027", "fixed", **gross).value
    assert seen.words.text("volume.whole") in shown.notes


def test_a_missing_row_among_protected_ones_tells_nothing() -> None:
    made = bundle()
    volumes = made.frames["volumes"]
    nobody = (volumes["service"] == "s108") & (volumes["year"] == "2024")
    gone = nobody & (volumes["area"] == "825") & (volumes["item"] == "unit_cost")
    made.frames["volumes"] = volumes[~gone]
    seen = view(made, "825")
    keys = {"function": "5.38.50", "service": "s108", "year": "2024", "series": "accounts"}
    assert seen.number("volumes", item="unit_cost", **keys).hidden
    rest = extract(seen)["volumes"]
    assert not (rest[rest["item"] != "population"]["service"] == "s108").any()
