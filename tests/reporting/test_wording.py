from __future__ import annotations

import re
import string
from itertools import pairwise

import pytest

from forecast import datasets, files, measures
from forecast.errors import ReportError
from forecast.reporting import wording
from forecast.reporting.document import FORMS, PROTECTED, Number

PACKAGE = files.PACKAGE


def places(text: str) -> list[tuple[str, str]]:
    return sorted((n, f or "") for _, n, f, _ in string.Formatter().parse(text) if n is not None)


def test_both_languages_hold_the_same_keys_and_places() -> None:
    da, en = wording.load("da").texts, wording.load("en").texts
    assert set(da) == set(en)
    different = [key for key in da if places(da[key]) != places(en[key])]
    assert different == []


def test_no_text_is_empty_and_every_form_exists() -> None:
    for language in wording.LANGUAGES:
        for key, text in wording.load(language).texts.items():
            assert text.strip(), key
            assert all(form in FORMS for _, form in places(text) if form), key


def test_every_key_that_code_and_templates_name_is_there() -> None:
    texts = wording.load("da").texts
    sources = [*PACKAGE.rglob("*.py"), *(files.assets() / "reports" / "templates").glob("*.j2")]
    pattern = re.compile(r"\.(?:text|say)\(\s*\"([a-z_0-9.]*[a-z0-9])\"")
    used: set[str] = set()
    for path in sources:
        used |= set(pattern.findall(path.read_text("utf-8")))
    missing = {k for k in used if k not in texts and f"{k}.other" not in texts}
    assert len(used) > 60
    assert missing == set()


def test_every_method_has_a_name() -> None:
    modules = list((PACKAGE / "methods").glob("[a-z]*.py"))
    assert len(modules) > 10
    for language in wording.LANGUAGES:
        words = wording.load(language)
        assert [m.stem for m in modules if not words.has(f"method.{m.stem}")] == []


def test_every_measure_has_a_unit_word() -> None:
    """A model may be of any measure in the register."""
    for language in wording.LANGUAGES:
        words = wording.load(language)
        assert [m for m in measures.table() if not words.has(f"measure.{m}")] == []


def test_every_publisher_and_licence_of_a_dataset_is_said_in_both_languages() -> None:
    specs = datasets.everyone()
    keys = {f"publisher.{s.publisher}" for s in specs} | {f"licence.{s.licence}" for s in specs}
    assert len(keys) > 10
    for language in wording.LANGUAGES:
        assert {key for key in keys if not wording.load(language).has(key)} == set()
    assert wording.load("da").text("publisher.Statistics Denmark") == "Danmarks Statistik"


def test_numbers_are_put_in_with_their_reference() -> None:
    said = wording.load("da").say(
        "conclusion.level",
        area="Aarhus", year="2027", price_year="2027",
        amount=Number(2_757_812.0, "cost:4"), low=Number(1e6, "cost:2"), high=Number(2e6, "cost:3"),
    )  # fmt: skip
    text = said.text.replace("\u00a0", " ")
    assert "2.757,8 mio. kr. netto" in text
    assert text.endswith("og 2.000,0 mio. kr.")  # one full stop, not two
    assert [r.number.ref for r in said.runs if r.number] == ["cost:4", "cost:2", "cost:3"]
    (between,) = [r.text for r in said.runs if "2027-priser" in r.text]  # no line ends inside it
    assert said.runs[2].text == between
    assert all(a.number or b.number for a, b in pairwise(said.runs))


def test_a_protected_number_is_two_dots_whatever_its_unit() -> None:
    assert wording.load("da").show(PROTECTED, "mio") == ".."


def test_units_stand_where_the_language_has_them() -> None:
    amount = Number(12_345.0, "cost:1")
    da, en = (wording.load(language).show(amount, "mio") for language in wording.LANGUAGES)
    assert (da.replace("\u00a0", " "), en.replace("\u00a0", " ")) == ("12,3 mio. kr.", "DKK 12.3 m")


def test_mistakes_are_sentences() -> None:
    words = wording.load("da")
    with pytest.raises(ReportError, match=r"'conclusion\.titel'; did you mean conclusion\.ti"):
        words.text("conclusion.titel")
    with pytest.raises(ReportError, match=r"place \{n\} that got no value"):
        words.text("report.table")
    with pytest.raises(ReportError, match="'sv' is not written; expected da or en"):
        wording.load("sv")


def test_a_unit_in_a_heading_is_not_parted_at_a_line_s_end() -> None:
    assert wording.load("en").unit("mio") == "DKK\N{NO-BREAK SPACE}m"
    assert wording.load("da").unit("mia") == "mia.\N{NO-BREAK SPACE}kr."
    assert wording.load("da").unit("int") == ""
