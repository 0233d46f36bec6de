from __future__ import annotations

import pytest

from forecast.reporting import wording
from forecast.reporting.document import Column, Number, Row, Table
from forecast.writers import _flat

WORDS = wording.load("da")
POINT = 504 / 7.5  # widths of a letter of size 1 between the margins of A4


def holds(share: float, whole: float, word: str) -> bool:
    """Whether a word in Arial of 7.5 points, at about half its size a letter, fits a column."""
    return share / whole * POINT >= 0.5 * len(word)


@pytest.mark.parametrize("more", [0, 4, 8])
def test_no_column_is_narrower_than_its_longest_word(more: int) -> None:
    heads = ("Level", "Enhedsudgift", *(f"{2027 + i}" for i in range(more)))
    columns = (*(Column(h, "int" if i else "") for i, h in enumerate(heads)), Column("Kilde"))
    numbers = [Number(float(i)) for i in range(1 + more)]
    row = Row(("municipalities", *numbers, "Stofmisbrugsbehandling (SMDBV001)"))
    table = Table("t", "c", columns, (row,))
    found = _flat.shares(table, WORDS)
    whole = sum(found)
    assert holds(found[0], whole, "municipalities")
    assert holds(found[1], whole, "Enhedsudgift")
    assert holds(found[-1], whole, "Stofmisbrugsbehandling")
    grouped = (Row(("Specialpædagogiske_foranstaltninger i alt",), "group"), row)
    assert _flat.shares(Table("t", "c", columns, grouped), WORDS) == found


def test_a_word_that_is_none_does_not_take_the_page() -> None:
    columns = (Column("A"), Column("B", "int"), Column("C", "int"))
    row = Row(("x" * 200, *[Number(1.0)] * 2))
    first, *others = _flat.shares(Table("t", "c", columns, (row,)), WORDS)
    assert first <= _flat.WIDEST
    assert min(others) >= 1.0


def test_no_number_is_parted_from_its_sign_of_per_cent() -> None:
    columns = (Column("A"), *(Column(f"{i}", "int") for i in range(8)), Column("B", "pctch"))
    row = Row(("Stofmisbrugsbehandling", *[Number(1.0)] * 8, Number(1.301)))
    found = _flat.shares(Table("t", "c", columns, (row,)), WORDS)
    assert holds(found[-1], sum(found), "+130,1 %")
