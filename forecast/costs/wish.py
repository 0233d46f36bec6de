"""Wish: the years, draws, seed and date of knowledge that a costing is made for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wish:
    """What a costing is to cover.

    Attributes:
        years: projected years, the first after the last accounts.
        size: number of draws.
        seed: seed of the run.
        known_at: use only what was published by this date; None for all there is.
    """

    years: list[int]
    size: int
    seed: int
    known_at: str | None = None

    @property
    def base(self) -> int:
        """The year of the last accounts."""
        return self.years[0] - 1
