"""One tree of seeds: every random number is found again from the run's seed and a path of names."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SEED = 20260501  # of a run for which none is named


def seed_of(run: int, *path: str | int) -> int:
    """Return the 64-bit seed at a path of names below a run's seed."""
    text = "\x1f".join([str(run), *(str(part) for part in path)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def futures_of(run: int, model: str) -> int:
    """Return the seed of a model's futures: beside its version they are those of a projection."""
    return seed_of(run, "demand", model)


def generator(run: int, *path: str | int) -> np.random.Generator:
    """Return the random generator at a path of names below a run's seed."""
    import numpy as np

    return np.random.default_rng(seed_of(run, *path))
