"""Where models/, data/ and reports/ are, and how files are written so that none is ever half."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent
_FORMULAS = "=+-@\t\r"


def assets() -> Path:
    """Return the folder that holds data/, models/ and reports/, in a wheel and in a checkout."""
    inside = PACKAGE / "assets"
    return inside if inside.is_dir() else PACKAGE.parent


@contextmanager
def replaced_file(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside `path`; on leaving without error it becomes `path` at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside `path`; on leaving without error it becomes `path`.

    Where `path` already exists it wins and the new one is dropped: folders written so are named
    by their content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    temporary.chmod(0o755)
    try:
        yield temporary
        if not path.exists():
            temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with replaced_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def csv_text(text: str) -> str:
    """Return text as a cell of a CSV file; what begins like a formula gets an apostrophe."""
    return f"'{text}" if text and text[0] in _FORMULAS else text


def write_json(path: Path, value: Any) -> None:
    """Write JSON with sorted keys, whole or not at all."""
    write_text(path, canonical(value) + "\n")


def canonical(value: Any) -> str:
    """Return JSON text that is the same for the same value; NaN is refused."""
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)


def digest(path: Path) -> str:
    """Return the sha256 of a file's bytes, as hex."""
    total = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total.update(block)
    return total.hexdigest()
