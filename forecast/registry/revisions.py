"""Revisions of the store's tables, as the installed MLflow numbers them."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from forecast.registry import library

_FOLDER = "store/db_migrations/versions"  # in MLflow's package, one migration a file
_LINE = re.compile(r"""(?m)^(down_)?revision(?:\s*:[^=]+)?\s*=\s*["']([0-9a-f]+)["']\s*$""")


@cache
def newest() -> str:
    """Return the revision of the tables that the installed MLflow writes.

    It is the one that no other follows. The files are read, not run as MLflow's own function
    does, which takes as long as a small model; where they do not tell, that function is asked.
    """
    made: set[str] = set()
    followed: set[str] = set()
    for file in _migrations():
        for down, revision in _LINE.findall(file.read_text(encoding="utf-8")):
            (followed if down else made).add(revision)
    heads = made - followed
    return heads.pop() if len(heads) == 1 else _asked()


def _migrations() -> list[Path]:
    spec = find_spec("mlflow")
    places = [] if spec is None else list(spec.submodule_search_locations or [])
    return [file for place in places for file in sorted((Path(place) / _FOLDER).glob("*.py"))]


def _asked() -> str:
    return str(library.schema()._get_latest_schema_revision())
