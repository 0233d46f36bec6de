"""Wording: what reports say, in Danish and in English, with numbers put in."""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import cache
from typing import Any

from forecast import files, tomlfile
from forecast.errors import ReportError, suggestion
from forecast.reporting import danish
from forecast.reporting.document import FORMS, HIDDEN, Number, Paragraph, Run, Shown

LANGUAGES = ("da", "en")
UNITS = {
    "da": {"mio": "mio. kr.", "mia": "mia. kr.", "thousand": "t.kr.", "kr": "kr.", "%": "%"},
    "en": {"mio": "DKK m", "mia": "DKK bn", "thousand": "DKK 1,000", "kr": "DKK", "%": "%"},
}
_BEFORE = ("DKK", "DKK m", "DKK bn")


@dataclass(frozen=True)
class Wording:
    """One language's catalogue (reports/wording/LANGUAGE.toml), flat: `section.key` to text."""

    language: str
    texts: dict[str, str]

    def text(self, key: str, /, **values: Any) -> str:
        """Return a text with its places filled in, without references.

        Raises:
            ReportError: the catalogue has no such key, or a place gets no value.
        """
        return "".join(run.text for run in self.runs(key, **values))

    def say(self, key: str, /, style: str = "body", **values: Any) -> Paragraph:
        """Return a text as a paragraph whose numbers keep their references."""
        return Paragraph(self.runs(key, **values), style)

    def runs(self, key: str, /, **values: Any) -> tuple[Run, ...]:
        """Return a text in pieces; a key with `one` and `other` is chosen by `n`."""
        template = self._template(key, values.get("n"))
        pieces: list[Run] = []
        for literal, name, form, _ in string.Formatter().parse(template):
            if literal:
                pieces.append(Run(_after(pieces, literal)))
            if name is not None:
                pieces.append(self._filled(key, name, form or "", values))
        return _whole(pieces)

    def has(self, key: str) -> bool:
        """Whether the catalogue holds a key."""
        return key in self.texts

    def named(self, key: str, otherwise: object) -> str:
        """Return a text; where the catalogue has none, what is to stand for it."""
        return self.text(key) if self.has(key) else str(otherwise)

    def show(self, number: Number | float, form: str, unit: bool = True) -> str:
        """Return a number as displayed, with its unit unless that stands in a heading."""
        if isinstance(number, Number) and number.hidden:
            return HIDDEN
        value = number.value if isinstance(number, Number) else number
        shape = FORMS[form]
        write = danish.signed if shape.signed else danish.number
        text = write(value * shape.factor, shape.decimals, self.language)
        if text == danish.MISSING or not (unit and shape.unit):
            return text
        return self._with_unit(text, UNITS[self.language][shape.unit])

    def unit(self, form: str) -> str:
        """Return a form's unit as headings name it, on one line."""
        return UNITS[self.language].get(FORMS[form].unit, "").replace(" ", danish.NBSP)

    def date(self, iso: str) -> str:
        """Return a date in words."""
        return danish.date(iso, self.language)

    def listing(self, items: list[str]) -> str:
        """Return names as a list in a sentence."""
        return danish.listing(items, self.language)

    def _with_unit(self, text: str, unit: str) -> str:
        if unit == "%":
            return f"{text}{danish.NBSP}%" if self.language == "da" else f"{text}%"
        if unit in _BEFORE:
            return f"DKK{danish.NBSP}{text}{unit.removeprefix('DKK')}".replace(" ", danish.NBSP)
        return f"{text}{danish.NBSP}{unit}".replace(" ", danish.NBSP)

    def _template(self, key: str, n: Any) -> str:
        if key in self.texts:
            return self.texts[key]
        count = n.value if isinstance(n, Number) else n
        plural = f"{key}.{'one' if count is not None and abs(count) == 1 else 'other'}"
        if plural in self.texts:
            return self.texts[plural]
        near = suggestion(key, list(self.texts))
        raise ReportError(f"reports/wording/{self.language}.toml has no {key!r}{near}")

    def _filled(self, key: str, name: str, form: str, values: dict[str, Any]) -> Run:
        if name not in values:
            raise ReportError(f"wording {key!r} has a place {{{name}}} that got no value")
        value = values[name]
        if isinstance(value, Shown):  # in a form of its own; a change stays one
            form = f"{value.form}ch" if FORMS[form].signed else value.form
            value = value.number
        if isinstance(value, Number | float):
            number = value if isinstance(value, Number) else Number(value, repr(value))
            return Run(self.show(number, form or "int"), number, form or "int")
        return Run(str(value))


def _whole(pieces: list[Run]) -> tuple[Run, ...]:
    """Return pieces with neighbours that show no number joined: 2027-priser is one word."""
    whole: list[Run] = []
    for piece in pieces:
        if whole and whole[-1].number is None and piece.number is None:
            whole[-1] = Run(whole[-1].text + piece.text)
        else:
            whole.append(piece)
    return tuple(whole)


def _after(pieces: list[Run], literal: str) -> str:
    """Return text without the full stop that the unit before it (mio. kr.) already brought."""
    ends = bool(pieces) and pieces[-1].text.endswith(".") and pieces[-1].text != HIDDEN
    return literal[1:] if ends and literal.startswith(".") else literal


@cache
def load(language: str) -> Wording:
    """Return a language's catalogue.

    Raises:
        ReportError: there is no catalogue of that language.
    """
    if language not in LANGUAGES:
        raise ReportError(f"language {language!r} is not written; expected da or en")
    file = files.assets() / "reports" / "wording" / f"{language}.toml"
    return Wording(language, _flat(tomlfile.read(file), ""))


def _flat(table: dict[str, Any], prefix: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            texts |= _flat(value, f"{prefix}{key}.")
        else:
            texts[f"{prefix}{key}"] = _joined(str(value))
    return texts


def _joined(text: str) -> str:
    """Return text whose signs and units stay on the line of their number."""
    for apart in (" %", "mio. kr", "mia. kr", "DKK m)", "§ "):
        text = text.replace(apart, apart.replace(" ", danish.NBSP))
    return text
