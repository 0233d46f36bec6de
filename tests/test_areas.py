"""Areas: found by code and by name, with a suggestion, and former names refused."""

import pytest

from forecast import areas
from forecast.errors import DataError


@pytest.mark.parametrize("text", ["Aarhus", "aarhus", "Århus", "751", " Aarhus Kommune "])
def test_an_area_has_many_spellings(text: str) -> None:
    assert areas.find(text).code == "751"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Arhus", "did you mean Aarhus"),
        ("Kobenhavn", "did you mean København"),
        ("Ringe", "Faaborg-Midtfyn"),
        ("Skagen", "Frederikshavn"),
        ("752", "codes such as 751"),
        ("", "codes such as 751"),
    ],
)
def test_an_unknown_name_gets_a_sentence(text: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        areas.find(text)


def test_english_sentences_call_the_nation_denmark_and_places_by_their_own_names() -> None:
    assert areas.name(areas.NATION) == "Denmark"
    assert areas.name("101") == "København"
    assert areas.find("Hele landet").code == areas.NATION


def test_there_are_98_municipalities_in_five_regions() -> None:
    assert len(areas.municipalities()) == 98
    assert len(areas.regions()) == 5
    assert sum(len(areas.municipalities(r)) for r in areas.regions()) == 98
    assert "411" not in areas.municipalities()


def test_ishoj_reports_for_vallensbaek() -> None:
    assert areas.get("183").reports_for.split() == ["187"]


def test_no_former_name_is_a_name_of_today() -> None:
    today = {areas.fold(areas.name(c)) for c in areas.municipalities()}
    assert not today & set(areas.former_names())
    assert set(areas.former_names().values()) <= set(areas.municipalities())


@pytest.mark.parametrize(
    ("codes", "level"),
    [
        (["101", "081", "000"], "municipality"),
        (["081", "085"], "region"),
        (["081", "000"], "region"),
        (["000"], "nation"),
        (["north", "south"], "municipality"),  # places of one's own are the lowest level
        ([], "municipality"),
    ],
)
def test_the_level_of_series_is_that_of_their_lowest_areas(codes: list[str], level: str) -> None:
    assert areas.level_of(codes) == level
