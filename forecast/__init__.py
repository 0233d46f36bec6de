"""Forecasts of demand and cost on the specialised social area.

What the commands do can be called from Python by the same names, such as `forecast.train`.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
_OFFERED = ("check_specs", "demo", "project", "report", "status", "train")


def __getattr__(name: str) -> Any:
    """Import what is offered only when it is asked for: `import forecast` stays light."""
    if name == "Workspace":
        from forecast.workspace import Workspace

        return Workspace
    if name in _OFFERED:
        from forecast import api

        # bound here, since importing `forecast.status` has put the module under the function's name
        globals().update({offered: getattr(api, offered) for offered in _OFFERED})
        return globals()[name]
    raise AttributeError(f"module 'forecast' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return what is offered."""
    return sorted([*globals(), "Workspace", *_OFFERED])
