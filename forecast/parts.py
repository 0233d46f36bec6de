"""Find a module of a folder by name: the file name is the registration."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from forecast.errors import SpecError, suggestion


def names(folder: str) -> list[str]:
    """Return the names of the parts in a folder of the package, such as `methods`."""
    return list(_names(folder))


@cache
def _names(folder: str) -> tuple[str, ...]:
    """Look once: a folder of an installed package does not change while it runs."""
    package = importlib.import_module(f"forecast.{folder}")
    found = (m.name for m in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def find(folder: str, name: str) -> ModuleType:
    """Import the part of a folder that a specification names.

    Raises:
        SpecError: no file of that name lies in the folder.
    """
    known = _names(folder)
    if name not in known:
        raise SpecError(
            f"there is no {name!r} in forecast/{folder}/{suggestion(name, list(known))} "
            f"(there are: {', '.join(known)})"
        )
    return importlib.import_module(f"forecast.{folder}.{name}")
