"""Ages as text: single years, ranges and open ends."""

from __future__ import annotations

import re

from forecast.errors import DataError

OLDEST = 125
_RANGE = re.compile(r"(\d+)(?:(\+|-)|-(\d+))?")


def bounds(text: str) -> tuple[int, int]:
    """Return first and last single age of `18+`, `0-17`, `65` or `` (everyone).

    Raises:
        DataError: the text is none of these.
    """
    if not text:
        return 0, OLDEST
    found = _RANGE.fullmatch(text.strip())
    if not found:
        raise DataError(f"age {text!r} is not a range; expected one such as 18+, 0-17 or 17")
    first = int(found[1])
    return first, OLDEST if found[2] else int(found[3] or first)
