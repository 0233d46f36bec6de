"""Empirical Bayes over a grid of parameters: every series votes, every series borrows.

A short series cannot identify a smoothing parameter. Its likelihood over a small grid is
therefore combined with a prior that is the panel's own distribution over that grid, found by
expectation-maximisation (Laird 1978: nonparametric maximum likelihood of a mixing distribution).
Forecasts are averaged over the posterior, not taken at its top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROUNDS = 8
FLAT = 1.0  # pseudo-series spread evenly over the grid, which keep the prior from collapsing
BLOCK = 1024  # series at a time: the working set of a recursion stays in the cache


def posterior(sse: Floats, count: Floats) -> Floats:
    """Return (grid, n) weights that sum to one over the grid.

    Args:
        sse: (grid, n) sums of squared one-step errors.
        count: (n,) how many errors each sum holds; a series with none takes the panel's prior.
    """
    grid = len(sse)
    mean = sse / np.maximum(count, 1.0)
    floor = 1e-6 * mean.mean(axis=0) + np.finfo(float).tiny
    loglik = -0.5 * count * np.log(mean + floor)
    likelihood = np.exp(loglik - loglik.max(axis=0))
    voters = count > 0
    prior = np.full(grid, 1.0 / grid)
    for _ in range(ROUNDS if voters.any() else 0):
        joint = likelihood[:, voters] * prior[:, None]
        votes = (joint / joint.sum(axis=0)).sum(axis=1)
        prior = (votes + FLAT / grid) / (votes.sum() + FLAT)
    joint = likelihood * prior[:, None]
    return np.asarray(joint / joint.sum(axis=0))


def blocks(n: int) -> Iterator[slice]:
    """Yield slices over n series, so that (grid × series) arrays stay small."""
    for start in range(0, n, BLOCK):
        yield slice(start, min(start + BLOCK, n))


def in_blocks(z: Floats, run: Callable[[Floats], tuple[Floats, ...]]) -> tuple[Floats, ...]:
    """Run a recursion that maps (n, T) to arrays (…, n) block by block and join the results."""
    parts = [run(z[block]) for block in blocks(len(z))]
    return tuple(np.concatenate(arrays, axis=-1) for arrays in zip(*parts, strict=True))
