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


def cover(groups: dict[str, tuple[int, int]], wanted: tuple[int, int]) -> None:
    """Refuse an age range that a table's own age groups do not add up to.

    Args:
        groups: first and last age of each group, by its text.
        wanted: first and last age of the range.

    Raises:
        DataError: a group is missing or cut across; the sentence names it.
    """
    held: set[int] = set()
    cut: list[str] = []
    for text, (low, high) in groups.items():
        if wanted[0] <= low and high <= wanted[1]:
            held |= set(range(low, high + 1))
        elif low <= wanted[1] and high >= wanted[0]:
            cut.append(text)
    oldest = max(held, default=-1)
    gaps = set(range(wanted[0], min(wanted[1], oldest) + 1)) - held
    if not held or gaps or (wanted[1] != OLDEST and oldest < wanted[1]):
        named = ", ".join(sorted(cut)) or ", ".join(map(str, sorted(gaps)[:5])) or "none"
        raise DataError(
            f"the population does not add up to ages {wanted[0]}-{wanted[1]}: its own ages there "
            f"are missing or cut across ({named})"
        )
