"""Pictures: drawings as PNG, for a format that takes no SVG; all of a report in one pass."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from forecast.reporting import figures
from forecast.reporting.document import Figure
from forecast.writers import _typesetter

_SOURCE = b"""#let drawings = json(bytes(sys.inputs.data))
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#for (i, svg) in drawings.enumerate() {
  if i > 0 { pagebreak() }
  image(bytes(svg), format: "svg")
}"""
DOTS = 144.0


def drawn(some: Sequence[Figure]) -> dict[str, bytes]:
    """Return the figures' drawings as PNG, by the figures' names."""
    if not some:
        return {}
    drawings = [figures.draw(figure) for figure in some]
    made: Any = _typesetter.compiler().compile(
        input=_SOURCE, format="png", ppi=DOTS, sys_inputs={"data": json.dumps(drawings)}
    )
    pages = made if isinstance(made, list) else [made]
    return {figure.name: bytes(page) for figure, page in zip(some, pages, strict=True)}
