"""What `forecast demo` leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from forecast.bundle import Bundle
from forecast.workspace import Workspace


@dataclass(frozen=True)
class Demo:
    """What a demonstration left."""

    out: Path
    paths: list[Path]
    talk: str

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.out / "workspace")

    @property
    def bundle(self) -> Bundle:
        """Its one projection."""
        return Bundle.load(self.workspace)
