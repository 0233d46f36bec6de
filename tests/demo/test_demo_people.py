"""The synthetic population moves as cohorts do: people age, nobody jumps, students come and go."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tools.demo import cohorts, people
from tools.demo.people import FIRST, GROUPS, KNOWN, LAST, START, People, bounds
from tools.demo.series import Floats
from tools.demo.world import World


@pytest.fixture(scope="module")
def world() -> World:
    return World.read()


@pytest.fixture(scope="module")
def made(world: World) -> People:
    return people.make(world)


def ages(made: People, area: int | slice) -> Floats:
    """Return inhabitants by year and single age, both sexes, of one municipality or several."""
    years = range(FIRST, LAST + 1)
    chosen = [made.counts[y][area].reshape(-1, 2, cohorts.TOP + 1).sum(axis=(0, 1)) for y in years]
    return np.stack(chosen)


def kept(by_age: Floats) -> Floats:
    """Return those a year older the next year for each one, (years, ages)."""
    return np.asarray(by_age[1:, 1:99] / by_age[:-1, :98])


def test_every_municipality_has_its_size(world: World, made: People) -> None:
    for year, column in ((START, "pop2014"), (KNOWN, "pop2026")):
        assert made.counts[year].sum(axis=(1, 2)).tolist() == world.areas[column].tolist()
    assert all(counts.min() >= 0 for counts in made.counts.values())
    assert all((counts == np.rint(counts)).all() for counts in made.counts.values())


def test_ages_of_2014_are_each_municipality_s_own(world: World, made: People) -> None:
    counts = made.counts[START].sum(axis=1)
    shares = [counts[:, slice(bounds(g)[0], bounds(g)[1] + 1)].sum(axis=1) for g in GROUPS]
    reached = 100 * np.column_stack(shares) / counts.sum(axis=1, keepdims=True)
    assert np.abs(reached - world.areas[GROUPS].to_numpy()).max() < 0.2


def test_the_nation_s_cohorts_grow_a_year_older(made: People) -> None:
    ratio = kept(ages(made, slice(None)))
    assert ratio[:, :60].min() > 0.99
    assert ratio[:, :75].max() < 1.07, "2022 brought the most from abroad, most of them young"
    assert (ratio[:, 85] < 0.95).all()


def test_no_age_group_jumps_anywhere_nor_where_the_projection_begins(made: People) -> None:
    edges = [bounds(group)[0] for group in GROUPS]
    for area in range(98):
        groups = np.add.reduceat(ages(made, area), edges, axis=1)
        change = np.abs(np.diff(np.log(np.maximum(groups, 1)), axis=0))
        assert change[groups[:-1] > 400].max(initial=0) < 0.08


@pytest.mark.parametrize("code", ["101", "751", "461"])
def test_students_come_to_a_city_and_leave_it_every_year(
    world: World, made: People, code: str
) -> None:
    ratio = kept(ages(made, world.row(code)))
    assert ratio[:, 19].min() > 1.1
    assert ratio[:, 31:36].mean(axis=1).max() < 0.995
    assert np.ptp(ratio[:, 19]) < 0.1, "the same rate in every year"


def test_islands_lose_their_young_and_keep_the_rest(world: World, made: People) -> None:
    for code in ("400", "360"):
        ratio = kept(ages(made, world.row(code)))
        assert ratio[:, 18:22].mean(axis=1).max() < 0.95
        assert ratio[:, 40:60].mean(axis=1).min() > 0.98


def test_figures_that_nothing_was_set_to_are_near_the_real_ones(
    shared: Path, world: World, made: People
) -> None:
    path = shared / "panels" / "FOLK1A_12areas_2008K1-2020K1_codes.csv"
    real = pd.read_csv(path, sep=";", dtype={"OMRÅDE": str, "ALDER": str})
    real = real[(real["TID"] == "2020K1") & real["ALDER"].isin([str(a) for a in range(25, 30)])]
    people_2020 = real.groupby("OMRÅDE")["INDHOLD"].sum()
    for code in ("751", "461", "851"):
        ours = ages(made, world.row(code))[2020 - FIRST, 25:30].sum()
        assert ours == pytest.approx(people_2020[code], rel=0.08)
    nation = ages(made, slice(None))[2020 - FIRST, 25:30].sum()
    assert nation == pytest.approx(people_2020["000"], rel=0.04)


def test_whole_persons_are_never_a_person_off() -> None:
    exact = np.full((1, 2, 10), 0.4)
    persons = cohorts.whole(exact)
    assert persons.sum() == 8
    assert set(persons.ravel()) == {0.0, 1.0}
    upto = np.abs(persons.sum(axis=1).cumsum(axis=1) - exact.sum(axis=1).cumsum(axis=1))
    assert upto.max() < 1


def test_going_back_and_forth_again_ends_where_it_began(world: World, made: People) -> None:
    counts = made.counts[START]
    totals = people.sizes(world)
    shape = np.ones((98, cohorts.TOP + 1))
    held = cohorts.rates(shape, counts, np.zeros(100) + 1e-9, np.zeros(100) + 1e-9)
    before = cohorts.backward(counts, totals[START - 1], held)
    again = cohorts.forward(before, totals[START], held, 1.7)
    assert again[:, :, 5:90].sum() == pytest.approx(counts[:, :, 5:90].sum(), rel=0.01)
