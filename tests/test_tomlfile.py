"""TOML files: what is wrong is said with the file and the key, and lists come back as tuples."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from forecast import tomlfile
from forecast.errors import SpecError


@dataclass(frozen=True)
class Shelf:
    name: str
    metres: float = 1.0
    books: tuple[str, ...] = ()
    places: dict[str, int] = field(default_factory=dict)


def test_lists_become_tuples_and_whole_numbers_lengths() -> None:
    table = {"name": "law", "metres": 2, "books": ["a", "b"], "places": {"top": 3}}
    assert tomlfile.record(Shelf, table, "x.toml") == Shelf("law", 2.0, ("a", "b"), {"top": 3})


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({}, r"^x\.toml: name missing; add it$"),
        ({"name": "a", "meters": 1.0}, "unknown key 'meters'.*did you mean metres"),
        ({"name": 1}, r"^x\.toml: name is 1; expected a text in quotation marks$"),
        ({"name": "a", "books": "b"}, r"books is 'b'; expected a list of texts, such as \["),
        ({"name": "a", "metres": "2"}, "metres is '2'; expected a number$"),
        ({"name": "a", "metres": False}, "metres is false; expected a number$"),
        ({"name": "a", "metres": date(2025, 5, 23)}, "metres is 2025-05-23; expected a number$"),
        ({"name": {"da": "b"}}, "name is a table; expected a text in quotation marks$"),
        ({"name": "a", "places": 3}, "places is 3; expected a table$"),
        ({"name": "a", "books": ["b", 1]}, r"books\[1\] is 1; expected a text in quotation marks$"),
        ({"name": "a", "places": {"top": True}}, r"places\.top is true; expected a whole number$"),
    ],
)
def test_each_mistake_is_named(table: dict[str, object], says: str) -> None:
    with pytest.raises(SpecError, match=says):
        tomlfile.record(Shelf, table, "x.toml")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"none\.toml does not exist"):
        tomlfile.read(tmp_path / "none.toml")
    with pytest.raises(SpecError, match="is a folder; name the file in it"):
        tomlfile.read(tmp_path)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_bytes("title = 'Æ'".encode("cp1252"))
    with pytest.raises(SpecError, match="UTF-8"):
        tomlfile.read(bad)


def test_a_file_that_is_not_toml_names_the_line(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("a = 1\nb = ?", encoding="utf-8")
    with pytest.raises(SpecError, match="line 2"):
        tomlfile.read(bad)


def test_a_mark_of_utf8_before_the_first_key_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "notepad.toml").write_bytes(b"\xef\xbb\xbftitle = 'a'\r\n")
    assert tomlfile.read(tmp_path / "notepad.toml") == {"title": "a"}
