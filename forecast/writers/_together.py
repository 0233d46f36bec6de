"""What stays on one page: a table or a figure, and what is said right before it."""

from __future__ import annotations

from itertools import takewhile

from forecast.reporting.document import Block, Figure, Paragraph, Table

ROOM = 600  # characters, about seven lines: a longer text leads on by its last paragraph only


def introduces(blocks: tuple[Block, ...], i: int) -> bool:
    """Whether a paragraph stays on the page of the table or figure that it leads to.

    The one right before it does, and those above where all are a few lines: else a heading and its
    sentence would end a page. Of a long text only the end does, or a page would be left empty.
    """
    led = list(takewhile(lambda block: isinstance(block, Paragraph), blocks[i:]))
    if not any(isinstance(block, Table | Figure) for block in blocks[i + len(led) :][:1]):
        return False
    told = sum(len(p.text) for p in led if isinstance(p, Paragraph) and p.style != "reference")
    return len(led) == 1 or told <= ROOM
