"""Price × volume: sums of areas hold where a municipality's count is not known."""

from __future__ import annotations

import numpy as np
import pytest
from support.money import shared_base

from forecast import areas
from forecast.costs import price_volume


def counts() -> np.ndarray:
    return np.asarray(np.add.outer(np.arange(1.0, 99.0), np.array([0.0, 100.0, 300.0])))


def test_a_hole_is_filled_in_sums_and_stays_a_hole_where_it_is() -> None:
    row = areas.municipalities().index("751")
    values = counts()
    values[row, 1] = np.nan
    found = price_volume.sums(values)
    assert np.isnan(found[row, 1])
    whole = counts().sum(axis=0)
    between = counts()[row, [0, 2]].mean() - counts()[row, 1]
    whole[1] += between
    assert found[-1] == pytest.approx(whole)
    assert found[98:103].sum(axis=0) == pytest.approx(found[-1])


def test_the_last_known_count_stands_at_the_end() -> None:
    values = counts()
    values[3, 2] = np.nan
    found = price_volume.sums(values)
    assert found[-1, 2] == pytest.approx(counts()[:, 2].sum() - 200)


def test_a_year_that_hardly_anyone_reported_has_no_sum() -> None:
    values = counts()
    values[:20, 1] = np.nan
    found = price_volume.sums(values)
    assert np.isnan(found[98:, 1]).all()
    assert np.isfinite(found[98:, [0, 2]]).all()


def test_every_line_of_the_nation_has_a_figure_in_the_accounts_year() -> None:
    base = shared_base()
    assert base.costing is not None
    rows = price_volume.table(base.costing.ground, base.state, base.level)
    rows = rows[(rows["area"] == "000") & (rows["year"] == "2024") & (rows["item"] == "recipients")]
    told = set(zip(rows["function"], rows["service"], strict=True))
    for code, function in base.state.functions().items():
        for service in base.state.base.uses(function):
            assert (code, service) in told, (code, service)
            held = rows[(rows["function"] == code) & (rows["service"] == service)]["value"].item()
            share = base.state.base.share(function.services[service])
            assert held == pytest.approx((share * base.state.base.volumes[service]).sum())


def test_a_service_has_no_recipients_to_tell_of_before_it_existed() -> None:
    base = shared_base()
    rows = price_volume.past(base.costed.ground, base.state, base.level)
    for service, first in (("s117a", "2024"), ("s82ab", "2020"), ("s107", "2018")):
        mine = rows[(rows["service"] == service) & rows["item"].isin(["recipients", "rate"])]
        assert sorted(set(mine["year"].astype(str)))[0] == first
        assert set(mine["area"].astype(str)) >= {"000", "751"}


def test_a_future_without_recipients_does_not_hide_the_unit_cost() -> None:
    base = shared_base()
    assert base.costing is not None
    row = base.state.base.codes.index("751")
    used = base.state.volumes["s102"].copy()
    used[row, :, 0] = 0.0  # one future of forty
    state = base.state.changed(volumes={**base.state.volumes, "s102": used})
    told = []
    for one in (base.state, state):
        rows = price_volume.table(base.costing.ground, one, base.level)
        rows = rows[(rows["area"] == "751") & (rows["service"] == "s102")]
        rows = rows[(rows["item"] == "unit_cost") & (rows["series"] == "forecast")]
        told.append(rows["value"].to_numpy())
    assert len(told[0]) == 6 * 4
    assert told[1] == pytest.approx(told[0])
