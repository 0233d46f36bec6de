"""A share of N persons is protected as the count that it stands for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support.share_attack import attack, small
from support.shares import AGE, MODEL, PERIODS, projection, sizes, store

from forecast import areas
from forecast.bundle import Bundle
from forecast.reporting import shares, suppression, wording
from forecast.reporting.document import Paragraph, Table
from forecast.reporting.shield import Shield
from forecast.reporting.totals import Series
from forecast.reporting.view import Store, View
from forecast.sections import conclusion
from forecast.sections import demand as section
from forecast.workspace import Workspace

CODES = areas.municipalities()
LAESO, FANOE, SAMSOE = "825", "563", "741"


def parts(value: float, preventive: float, placed: tuple[float, float]) -> pd.DataFrame:
    names = ["measure", "model", "area", "service", "age", "period", "value"]
    rows = [
        ("supported_share", "support_share", "751", "any", "0-22", "2024", value),
        ("supported", "supported_children", "751", "preventive", "0-22", "2024", preventive),
        ("placed", "recipients_children", "751", "placement", "0-5", "2024", placed[0]),
        ("placed", "recipients_children", "751", "placement", "12-17", "2024", placed[1]),
    ]
    return pd.DataFrame(rows, columns=names)


HIDDEN: set[Series] = {("751", "recipients_children", "placement", "0-5")}
SHARE: set[Series] = {("751", MODEL, "any", AGE)}


def telling(history: pd.DataFrame, people: shares.People, hidden: set[Series]) -> set[Series]:
    return shares.telling(history, shares.behind(history, people, 5), hidden, 5)


@pytest.mark.parametrize(
    ("people", "expected"),
    [(1000.0, set[object]()), (200.0, SHARE), (None, SHARE)],
)
def test_a_share_of_few_or_of_nobody_knows_how_many_is_hidden(
    people: float | None, expected: set[object]
) -> None:
    known = {} if people is None else {("751", AGE): {"2024": (people, people)}}
    assert telling(parts(2.0, 15.0, (3.0, 20.0)), known, set()) == expected


def test_a_share_that_bounds_hidden_placements_from_below_is_hidden() -> None:
    known = {("751", AGE): {"2024": (1000.0, 1000.0)}}
    tight = parts(4.0, 15.0, (3.0, 22.0))  # 40 with support, 15 with measures: 3 or more left
    assert telling(tight, known, HIDDEN) == SHARE
    loose = parts(3.0, 15.0, (3.0, 22.0))
    assert telling(loose, known, HIDDEN) == set()


@pytest.mark.parametrize(
    ("share", "people", "hidden"),
    [
        *((1.9, 260.0, False), (1.5, 260.0, True)),  # 5 and 4 persons
        *((0.1, 6000.0, True), (0.1, 12000.0, False)),  # 3 to 9, 6 to 18
        *((0.0, 900.0, False), (0.0, 4000.0, True)),  # nobody; nobody, one or two
        *((0.0, 50000.0, False), (2.1, 10000.0, False)),  # anything up to 25; 205 to 215
    ],
)
def test_a_share_stands_for_the_fewest_that_round_to_it(
    share: float, people: float, *, hidden: bool
) -> None:
    known = {("751", AGE): {"2024": (people, people)}}
    assert bool(telling(parts(share, 0.0, (0.0, 0.0)), known, set())) is hidden


def test_people_of_another_year_may_have_become_fewer() -> None:
    """1.8 per cent of 300 are 5 or 6; of the 215 that may be left after eleven years, 4."""
    rows = [("751", AGE, "2024", quarter, "folk1a", 300.0) for quarter in ("2024Q1", "2014Q1")]
    tables = [pd.DataFrame([row], columns=["area", "age", "period", "quarter", "dataset", "value"])
              for row in rows]  # fmt: skip
    empty = pd.DataFrame(columns=["item", "service", "area", "value"])
    history = parts(1.8, 0.0, (0.0, 0.0))
    now, then = (telling(history, shares.people(t, empty), set()) for t in tables)
    assert now == set()
    assert then == SHARE


def counted(workspace: Workspace, seed: int, rate: float) -> Bundle:
    """A projection of shares to one decimal of whole persons, and of the people behind them."""
    rng = np.random.default_rng(seed)
    people = sizes(seed)
    store(workspace, {a: {"2022Q1": n, "2024Q1": round(0.98 * n)} for a, n in people.items()})
    size = np.array([people[c] for c in CODES])[:, None] * np.array([1.0, 0.99, 0.98])
    persons = rng.poisson(size * rate / 100)
    return projection(workspace, (100 * persons / size).round(1))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rate", [0.3, 0.6, 1.2])
def test_no_share_of_few_can_be_worked_out(workspace: Workspace, seed: int, rate: float) -> None:
    made = counted(workspace, seed, rate)
    attacked, truth = attack(made, suppression.shield(made))
    cells = small(made, truth)
    assert len(cells) > 1
    for cell, size in cells.items():
        low, high = (end / 100 * size for end in attacked.bounds(cell))
        assert low <= 1 + 1e-6, (cell, low, high)
        assert high >= 4 - 1e-6, (cell, low, high)


def test_the_attack_finds_what_hiding_the_few_alone_leaves_open(workspace: Workspace) -> None:
    made = counted(workspace, 1, 2.0)
    few = {s for s in suppression.shield(made).hidden if s[0] == LAESO}
    attacked, truth = attack(made, Shield(hidden=frozenset(few)))
    cells = [c for c in small(made, truth) if c[0] == LAESO]
    assert cells
    for cell in cells:
        low, high = attacked.bounds(cell)
        assert high - low < 1e-6
        assert low == pytest.approx(truth[cell])


def test_most_shares_are_shown(workspace: Workspace) -> None:
    made = counted(workspace, 1, 1.2)
    hidden = {s[0] for s in suppression.shield(made).hidden}
    assert LAESO in hidden
    assert len(hidden) < 15
    assert not hidden & {"000", "751", "101"}


def said(made: Bundle, area: str, language: str = "en") -> list[str]:
    """Return the paragraphs and tables' captions of the section on demand."""
    view = View(Store(made), area, wording.load(language), suppression.shield(made))
    built = section.build(view)
    assert built is not None
    return [b.text if isinstance(b, Paragraph) else b.caption for b in built.blocks
            if isinstance(b, Paragraph | Table)]  # fmt: skip


def test_a_report_says_how_many_a_share_stands_for_and_who_counted(workspace: Workspace) -> None:
    store(workspace, {c: {"2014Q1": 20_000.0} for c in CODES})
    made = projection(workspace, np.full((98, len(PERIODS)), 2.5))
    own, region = said(made, "751"), said(made, "082")
    (told,) = [text for text in own if "inhabitants" in text]
    assert "2.5 per cent of the 20,000 inhabitants of that age is about 500 persons (2024)" in told
    assert "the nearest that was given: Population (FOLK1A)" in told
    assert any("380,000" in text and "weighted" in text for text in region)


def test_a_sum_says_of_its_people_how_old_the_oldest_figure_is(workspace: Workspace) -> None:
    """Aarhus' people are known of 2024, all others' of 2022 only."""
    store(workspace, {c: {"2024Q1" if c == "751" else "2022Q1": 20_000.0} for c in CODES})
    made = projection(workspace, np.full((98, len(PERIODS)), 2.5))
    for area, told in (
        ("751", "as counted on 1 January 2024: Population (FOLK1A)"),
        ("101", "as counted on 1 January 2022, the nearest that was given: Population (FOLK1A)"),
        ("082", "the nearest that was given for each, the oldest as counted on 1 January 2022:"),
        ("000", "the nearest that was given for each, the oldest as counted on 1 January 2022:"),
    ):
        assert any(told in text.replace("\u00a0", " ") for text in said(made, area)), area


def test_a_share_of_people_who_are_not_known_says_so(workspace: Workspace) -> None:
    store(workspace, {c: {"2022Q1": 20_000.0} for c in CODES if c != "751"})
    made = projection(workspace, np.full((98, len(PERIODS)), 2.5))
    shield = suppression.shield(made)
    assert shield.unknown == SHARE
    assert any("no head counts" in text for text in said(made, "751"))
    assert not any("no head counts" in text for text in said(made, "101"))
    assert ("751", MODEL, "any", AGE) in shield.hidden


def test_a_region_whose_people_are_not_all_known_says_why_it_has_no_share(
    workspace: Workspace,
) -> None:
    """All but Aarhus' people are known: Midtjylland and the nation have no share, others have."""
    store(workspace, {c: {"2022Q1": 20_000.0} for c in CODES if c != "751"})
    made = projection(workspace, np.full((98, len(PERIODS)), 2.5))
    why = "a share of {} together can be worked out once the population of that age (FOLK1A)"
    region = why.format("the municipalities of Region Midtjylland")
    assert any(region in text for text in said(made, "082"))
    assert any(why.format("Denmark's municipalities") in text for text in said(made, "000"))
    assert not any("can be worked out" in text for a in ("081", "101") for text in said(made, a))
    view = View(Store(made), "000", wording.load("en"), suppression.shield(made))
    first = conclusion.build(view)
    assert first is not None
    assert "can be worked out" in first.blocks[0].text  # type: ignore[union-attr]


def test_a_region_of_which_one_share_was_never_known_does_not_ask_for_people(
    workspace: Workspace,
) -> None:
    """Everybody's people are known, but Aarhus has never told its share."""
    store(workspace, {c: {"2022Q1": 20_000.0} for c in CODES})
    shares = np.full((98, len(PERIODS)), 2.5)
    shares[CODES.index("751")] = np.nan
    made = projection(workspace, shares)
    why = "there is no share of {} together, since it is not known of all of them"
    region = why.format("the municipalities of Region Midtjylland")
    assert any(region in text for text in said(made, "082"))
    assert any(why.format("Denmark's municipalities") in text for text in said(made, "000"))
    assert not any("can be worked out" in text for text in said(made, "082"))
    assert not any("is no share" in text for area in ("081", "101") for text in said(made, area))


def test_a_hidden_share_of_people_who_are_known_says_that_it_is_protected(
    workspace: Workspace,
) -> None:
    made = counted(workspace, 1, 2.0)
    texts = said(made, LAESO)
    assert any("not shown, to protect people" in text for text in texts)
    assert not any("no head counts" in text or "inhabitants" in text for text in texts)
