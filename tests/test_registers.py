"""Registers: entries become records, and a name that is in none is told with its neighbour."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from forecast import registers
from forecast.errors import SpecError

FILE = "data/registers/things.toml"


@dataclass(frozen=True)
class Thing:
    name: str
    unit: str = "persons"


def test_tables_become_records_by_name_in_the_order_of_the_file() -> None:
    found = registers.records(Thing, {"b": {"unit": "days"}, "a": {}}, FILE, "name")
    assert list(found.items()) == [("b", Thing("b", "days")), ("a", Thing("a"))]


def test_a_key_that_no_record_has_names_file_and_table() -> None:
    with pytest.raises(
        SpecError, match=r"things\.toml \[a\]: unknown key 'units'; did you mean unit"
    ):
        registers.records(Thing, {"a": {"units": "days"}}, FILE, "name")


def test_a_name_that_is_in_no_register_is_told_with_its_neighbour() -> None:
    known = {"recipients": Thing("recipients")}
    assert registers.pick(known, "recipients", "measure", FILE) is known["recipients"]
    with pytest.raises(SpecError) as told:
        registers.pick(known, "recipient", "measure", FILE)
    assert str(told.value) == (
        "unknown measure 'recipient'; did you mean recipients? "
        "(data/registers/things.toml holds them)"
    )
