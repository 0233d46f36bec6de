"""No leakage: whatever a panel holds, noise in all that came later changes no bit of a forecast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.panels import known_in_sum, social

from forecast.engine import backtest, levels, sums
from forecast.engine.options import EngineOptions
from forecast.engine.walks import Walks
from forecast.panel import Driver, Panel, Shift

Floats = NDArray[np.float64]
OPTIONS = EngineOptions(groups=("service",), levels=("region",), horizon=3, origins=3)
FEW = replace(
    OPTIONS, methods={"naive": {}, "demographic": {}, "damped_trend": {}, "pooled_growth": {}}
)


def _years() -> Panel:
    return social(t=11)


def _published() -> Panel:
    """Counts with the population as it was projected at every earlier origin."""
    source = _years()
    assert source.exposure is not None
    growth = 1.01 ** np.arange(1, 4)
    told = {
        source.periods[cut - 1]: np.concatenate(
            [source.exposure[:, :cut], source.exposure[:, cut - 1 : cut] * growth], axis=1
        )
        for cut in range(3, len(source.periods))
    }
    return replace(source, projected=told)


def _holes() -> Panel:
    """Counts of which some begin late, some end early and some have a hole."""
    source = _years()
    values = source.values.copy()
    values[1::5, :7] = np.nan
    values[2::5, 9:] = np.nan
    values[3::5, 6:8] = np.nan
    values[4::5, 5] = np.nan
    return replace(source, values=values)


def _pulled() -> Panel:
    """Counts with such holes that follow the forecasts of their sums."""
    source = known_in_sum()
    values = source.values.copy()
    values[1::5, :6] = np.nan
    values[3::5, 5:7] = np.nan
    return replace(source, values=values)


def _counting_years() -> Panel:
    """Counts in irregular years, as of the homeless."""
    source = social(t=14)
    values = source.values.copy()
    values[:, [1, 3, 5, 7, 8, 11]] = np.nan
    return replace(source, values=values)


def _few() -> Panel:
    """Small counts, often zero."""
    source = _years()
    return replace(source, values=np.minimum(np.floor(source.values / 40), 4))


def _money() -> Panel:
    """Amounts without a population, falling below zero at times."""
    source = _years()
    return replace(source, values=np.log(source.values + 1) - 4.5, exposure=None)


def _quarters() -> Panel:
    source = social(t=30)
    season = np.array([0.8, 1.0, 1.3, 0.9])[np.arange(30) % 4]
    codes = tuple(f"{2012 + k // 4}Q{k % 4 + 1}" for k in range(30))
    return replace(source, values=np.round(source.values * season), periods=codes)


def _jump() -> Panel:
    """Counts with a registered jump in level, before and after which there are origins."""
    source = _years()
    values = source.values.copy()
    values[:, 6:] *= 1.4
    shift = Shift("law", 6, np.zeros(len(values), dtype=np.intp), ("s85",))
    return replace(source, values=values, breaks=(shift,))


def _driven() -> Panel:
    """Counts that a driver moves a year later, by area, with the driver as it was published."""
    areas, years = 30, 14
    rng = np.random.default_rng(5)
    driver = rng.normal(0, 0.15, (areas, years + 1)).cumsum(axis=1)
    people = np.exp(rng.normal(10.5, 0.7, (areas, 1))) * np.ones(years + 3)
    noise = rng.normal(0, 0.02, (areas, years)).cumsum(axis=1)
    values = rng.poisson(0.05 * people[:, :years] * np.exp(noise - 0.6 * driver[:, :years]))
    line = tuple(str(2010 + t) for t in range(years))
    known = {line[t - 1]: driver[:, : t + 1] for t in range(1, years + 1)}
    keys = pd.DataFrame({
        "area": [str(101 + k) for k in range(areas)],
        "region": [f"08{1 + k % 5}" for k in range(areas)], "service": "s85",
    })  # fmt: skip
    drivers = {"stays": Driver(np.arange(areas), known)}
    return Panel(values.astype(float), keys, line, people, "counted", drivers=drivers)


PULLED = {"naive": {"levels": ["municipality"]}, "drift": {"levels": ["nation", "region"]}}
PANELS: dict[str, tuple[Callable[[], Panel], EngineOptions]] = {
    "the whole bank": (_years, OPTIONS),
    "projections of the day": (_published, FEW),
    "holes": (_holes, FEW),
    "sums that pull": (_pulled, replace(OPTIONS, horizon=2, methods=PULLED)),
    "counting years": (_counting_years, FEW),
    "small counts": (_few, FEW),
    "amounts": (_money, FEW),
    "quarters": (_quarters, replace(FEW, horizon=4)),
    "a registered jump": (_jump, FEW),
    "a driver": (_driven, replace(FEW, methods={"naive": {}, "pooled_growth": {}})),
    "no groups and no sums": (_years, replace(FEW, groups=(), levels=())),
}
NOISES: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Floats]] = {
    "any size": lambda rng, shape: rng.normal(1e5, 1e5, shape),
    "nothing": lambda _, shape: np.zeros(shape),
    "whole": lambda rng, shape: rng.poisson(30.0, shape).astype(float),
    "tiny": lambda rng, shape: rng.uniform(0, 1e-6, shape),
}


def noised(panel: Panel, cut: int, kind: str, rng: np.random.Generator) -> Panel:
    """Return the panel with noise in all that became known after a number of periods."""

    def coming(x: Floats, first: int) -> Floats:
        out = x.copy()
        fresh = NOISES[kind](rng, out[:, first:].shape)
        out[:, first:] = np.where(np.isfinite(out[:, first:]), fresh, np.nan)
        return out

    def later(told: dict[str, Floats]) -> dict[str, Floats]:
        return {p: x if p in panel.periods[:cut] else coming(x, 0) for p, x in told.items()}

    return replace(
        panel,
        values=coming(panel.values, cut),
        exposure=None if panel.exposure is None else np.abs(coming(panel.exposure, cut)),
        projected={p: np.abs(x) for p, x in later(dict(panel.projected)).items()},
        drivers={n: replace(d, known=later(dict(d.known))) for n, d in panel.drivers.items()},
    )


def said(panel: Panel, options: EngineOptions, last: int) -> dict[str, bytes]:
    """Return all that the engine says at origins to one: members, quantiles, draws and sums."""
    known = backtest.lessons(panel, options, 1)
    walks = Walks((options.horizon, 200), 1)
    found: dict[str, bytes] = {}
    for cut in (c for c in known.tried.series.cuts[1:] if c <= last):
        origin = backtest.at_origin(panel, options, known, walks, cut)
        parts = {"members": origin.members, "quantiles": origin.quantiles, "draws": origin.draws}
        for level in levels.of(panel, options):
            parts[level.name] = levels.summed(origin.draws, level.codes)
        for tower in known.tried.towers:
            told = dict(zip(tower.trials.cuts, tower.trials.forecasts, strict=True))
            parts[f"sums by {tower.level.name}"] = told.get(cut, np.zeros(0))
        found |= {f"{name} at {cut}": x.tobytes() for name, x in parts.items()}
    return found


@cache
def undisturbed(name: str, last: int) -> dict[str, bytes]:
    make, options = PANELS[name]
    return said(make(), options, last)


def _cuts(name: str) -> list[int]:
    """Return the origins at which something had been learnt, and after which something came."""
    make, options = PANELS[name]
    return list(backtest.lessons(make(), options, 1).tried.series.cuts[2:])


@pytest.mark.parametrize("name", PANELS)
@settings(max_examples=3, deadline=None, derandomize=True)
@given(data=st.data())
def test_noise_in_what_came_changes_no_bit(name: str, data: st.DataObject) -> None:
    cut = data.draw(st.sampled_from(_cuts(name)), label="origin")
    kind = data.draw(st.sampled_from(sorted(NOISES)), label="noise")
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32), label="seed"))
    make, options = PANELS[name]
    expected = undisturbed(name, cut)
    found = said(noised(make(), cut, kind, rng), options, cut)
    assert expected
    assert [part for part in expected if expected[part] != found[part]] == []


def test_the_panel_whose_sums_pull_is_pulled() -> None:
    make, options = PANELS["sums that pull"]
    assert backtest.lessons(make(), options, 1).learnt.strength > 0


def test_the_driver_is_at_work() -> None:
    make, options = PANELS["a driver"]
    known = backtest.lessons(make(), options, 1)
    assert known.driven.moves(known.tried.series.cuts[-1]) is not None


def test_what_had_not_begun_is_no_part_of_a_sum() -> None:
    source = _pulled()
    began = np.asarray(np.isfinite(source.values[:, :4]).any(axis=1))
    for level in levels.of(source, OPTIONS):
        told = sums.Sums(source, level)
        begun = summed_of(source.values[:, :4], began, level.codes)
        np.testing.assert_allclose(told.known(4).values, begun)
        came = summed_of(levels.whole(source.values)[:, 4:6], began, level.codes)
        np.testing.assert_allclose(told.followed(4, 2), came)
    assert not began.all()


def summed_of(values: Floats, chosen: NDArray[np.bool_], codes: NDArray[np.intp]) -> Floats:
    rows = [values[chosen & (codes == k)].sum(axis=0) for k in range(int(codes.max()) + 1)]
    return np.stack(rows)
