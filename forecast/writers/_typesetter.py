"""The typesetter: typst with the reports' templates and fonts, none of the machine's."""

from __future__ import annotations

from functools import cache
from typing import Any

from forecast import files


@cache
def compiler() -> Any:
    """Return typst's compiler; its import takes a while, so it is left to the first page."""
    import typst

    assets = files.assets() / "reports"
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[assets / "fonts"]
    )
    return typst.Compiler(root=assets, font_paths=fonts)
