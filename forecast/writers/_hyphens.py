"""Hyphens at which no line ends: §§ 109-110, §§ 82 a-b, 2027-priser, 80 %-interval.

The text itself keeps its plain hyphen, so that it is found and copied as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_AT = r"(?:(?<=[\d%])|(?<=\b[^\W\d_]))-(?=\w)"  # after a digit, a percent sign or one letter
HYPHEN = re.compile(_AT)
_WORD = re.compile(rf"[^\s<>&\"']{{0,24}}?{_AT}[\w-]{{0,24}}")


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield a text in pieces, and of each whether it stays on one line."""
    at = 0
    for found in _WORD.finditer(text) if "-" in text else ():
        if found.start() > at:
            yield text[at : found.start()], False
        yield found[0], True
        at = found.end()
    if at < len(text):
        yield text[at:], False
