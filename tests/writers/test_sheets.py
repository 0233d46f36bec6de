from __future__ import annotations

import re

import pytest
from support import reports

from forecast import files, specs
from forecast.reporting import wording
from forecast.reporting.document import Table
from forecast.writers import _sheets


def table(name: str, caption: str = "A caption: of a table") -> Table:
    return Table(name, caption, (), ())


def test_every_table_that_a_section_makes_has_a_short_name_in_both_languages() -> None:
    sources = [p.read_text("utf-8") for p in (files.PACKAGE / "sections").glob("*.py")]
    sources += [(files.PACKAGE / "reporting" / "causes.py").read_text("utf-8")]
    made = {n for text in sources for n in re.findall(r'Table\(\s*"([a-z_]+)"', text)}
    models = [specs.model(m) for m in specs.names("models") if m != "unit_costs"]  # no demand
    titles = {f"demand_{m.name}": m.title for m in models}  # a short one is the sheet's name
    made |= {*titles}
    made |= {"pressure_fixed", "pressure_current", "spread_region", "spread_group", "scenario"}
    assert len(made) > 45
    for language in wording.LANGUAGES:
        words = wording.load(language)
        own = {name: title[language] for name, title in titles.items()}
        names = {n: words.texts.get(f"sheet.{n}", own.get(n, "")) for n in made}
        assert [n for n, text in names.items() if not 0 < len(text) <= _sheets.LONGEST] == []
        assert len({text.casefold() for text in names.values()}) == len(names)


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("kind", ["budget", "negotiation", "compare"])
def test_names_are_words_that_a_spreadsheet_takes(kind: str, language: str) -> None:
    report, words, taken = reports.hostile(kind, language), wording.load(language), list[str]()
    for made in report.tables:
        taken.append(_sheets.name(made, words, taken))
    assert len({name.casefold() for name in taken}) == len(taken) > 5
    assert [n for n in taken if re.search(r"[\[\]:*?/\\_\x00-\x1f]", n) or not n.strip("'")] == []
    assert max(map(len, taken)) <= _sheets.LONGEST


def test_a_table_of_a_users_own_is_called_what_its_caption_begins_with() -> None:
    words = wording.load("en")
    assert (
        _sheets.name(table("demand_own", "Own recipients: latest"), words, []) == "Own recipients"
    )
    long = table("x", "A very long name of a measure that nobody else has: latest")
    assert _sheets.name(long, words, []) == "A very long name of a measure"
    assert _sheets.name(table("y", "[a]/b*?"), words, []) == "a b"
    assert _sheets.name(table("z", "::"), words, []) == "-"


def test_a_name_that_is_taken_gets_a_number() -> None:
    words = wording.load("da")
    assert _sheets.name(table("record"), words, ["BUDGET MOD REGNSKAB"]) == "Budget mod regnskab 2"
    assert _sheets.name(table("scenario_3"), words, []) == "Scenarie 3"
    assert _sheets.free("History", []) == "History 2"
    full = "x" * 40
    assert _sheets.free(full, ["x" * 31]) == "x" * 29 + " 2"
