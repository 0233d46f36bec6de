"""Services: what is given, under which paragraph, to which ages, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from forecast import files, periods, registers, tomlfile

FILE = "data/registers/services.toml"


@dataclass(frozen=True)
class Service:
    """One service (data/registers/services.toml); before `valid_from` it did not exist."""

    code: str
    paragraph: str
    title_da: str
    title_en: str
    age: str
    dataset: str
    valid_from: str = ""
    paragraph_en: str = ""

    def title(self, language: str) -> str:
        """Return the paragraph and the name, in `da` or `en`; an act without paragraph follows."""
        name = self.title_da if language == "da" else self.title_en
        if self.paragraph and not self.paragraph.startswith("§"):
            act = f"{self.paragraph[:1].lower()}{self.paragraph[1:]}"
            return f"{name} ({act if language == 'da' else self.paragraph_en or act})"
        return f"{self.paragraph} {name}".strip()


@cache
def table() -> dict[str, Service]:
    """Return all services by code."""
    found = registers.records(Service, tomlfile.read(files.assets() / FILE), FILE, "code")
    for service in found.values():
        if service.valid_from:
            periods.parse(service.valid_from)
    return found


def get(code: str) -> Service:
    """Return one service.

    Raises:
        SpecError: there is none of that code.
    """
    return registers.pick(table(), code, "service", FILE)


def title(code: str, language: str) -> str:
    """Return a service's name in `da` or `en`; a code that is in no register names itself."""
    known = table()
    return known[code].title(language) if code in known else code
