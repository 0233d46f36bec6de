"""Embedded: the synthetic demonstration data that ship beside the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from forecast import files, specs, tomlfile
from forecast.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def folder() -> Path:
    """Return where the demonstration data lie."""
    return files.assets() / "data" / "demo"


def manifest() -> dict[str, Any]:
    """Return what the demonstration data say of themselves, such as `today` and `seed`.

    Raises:
        SourceError: the manifest does not call the data synthetic.
    """
    found = tomlfile.read(folder() / "manifest.toml")
    if found.get("synthetic") is not True:
        raise SourceError(f"{folder() / 'manifest.toml'} does not say synthetic = true")
    return found


def read() -> Iterator[tuple[str, pd.DataFrame, dict[str, Any]]]:
    """Yield each dataset's name, long frame and what its vintage's manifest is to say.

    Raises:
        SourceError: a file is missing, or is not the one that the manifest describes.
    """
    import pandas as pd

    whole = manifest()
    for dataset, entry in sorted(whole["datasets"].items()):
        path = folder() / entry["file"]
        if not path.is_file() or files.digest(path) != entry["sha256"]:
            raise SourceError(
                f"{path} is missing or is not the file in its manifest; install the program again"
            )
        yield dataset, pd.read_parquet(path), _described(whole, dataset)


def _described(whole: dict[str, Any], dataset: str) -> dict[str, Any]:
    spec = tomlfile.read(specs.path("data", dataset))
    return {
        "title": spec["title"]["da"],
        "publisher": whole["publisher"],
        "licence": whole["licence"],
        "origin": "embedded demonstration data",
        "query": f"seed {whole['seed']}",
        "updated": str(whole["today"]),
        "retrieved": str(whole["today"]),
        "published": str(whole["today"]),
        "synthetic": True,
    }
