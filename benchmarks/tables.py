"""Tables and verdicts as Markdown, and their place in a page."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from forecast.errors import DataError
from forecast.files import write_text


@dataclass(frozen=True)
class Check:
    """A figure and the bounds it was promised to keep."""

    what: str
    value: float
    low: float | None
    high: float

    @property
    def kept(self) -> bool:
        """Whether the figure lies inside its bounds (NaN does not)."""
        return (self.low is None or self.value >= self.low) and self.value <= self.high


def markdown(head: list[str], body: list[list[str]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def verdicts(checks: list[Check]) -> str:
    """Return a table of figures beside what was promised."""
    body = []
    for check in checks:
        low = "" if check.low is None else f"{check.low:g} to "
        bound = f"{low}{check.high:g}" if low else f"at most {check.high:g}"
        verdict = "PASS" if check.kept else "FAIL"
        body.append(
            [
                check.what,
                f"{check.value:.3g}" if abs(check.value) < 0.01 else f"{check.value:.3f}",
                bound,
                verdict,
            ]
        )
    return markdown(["promise", "measured", "bound", "verdict"], body)


def told(name: str, asked: Namespace, text: list[str], checks: list[Check]) -> int:
    """Print a benchmark's tables, put them where `--write` says; return 1 when one is not kept."""
    print("\n\n".join(text))
    if asked.write is not None:
        write_part(asked.write, name, [f"Measured on {asked.date}.", *text])
    return 0 if all(check.kept for check in checks) else 1


def write_part(page: Path, name: str, paragraphs: list[str]) -> None:
    """Replace what stands between a page's markers `<!-- bench:NAME -->` and its closing one.

    Raises:
        DataError: the page has no such markers.
    """
    opening, closing = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    text = page.read_text(encoding="utf-8")
    if opening not in text or closing not in text:
        raise DataError(f"{page}: no {opening} … {closing}; put both where the tables belong")
    before, rest = text.split(opening, 1)
    after = rest.split(closing, 1)[1]
    body = "\n\n".join(paragraphs)
    write_text(page, f"{before}{opening}\n\n{body}\n\n{closing}{after}")
