"""Random paths that the demonstration data are built of: shares, stocks, surprises, rounding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

Floats = NDArray[np.float64]
Rng = np.random.Generator


def anchors(table: Mapping[str, float]) -> tuple[Floats, Floats]:
    """Return times and values of a table of anchors, in order of time."""
    times = sorted(table, key=float)
    return np.array([float(t) for t in times]), np.array([float(table[t]) for t in times])


def smooth(table: Mapping[str, float], times: Sequence[float] | NDArray[Any]) -> Floats:
    """Return a curve through the anchors without overshoot; outside them the end values."""
    x, y = anchors(table)
    inside = np.clip(np.asarray(times, dtype=float), x[0], x[-1])
    return y[0] + 0 * inside if len(x) == 1 else np.asarray(PchipInterpolator(x, y)(inside))


def steady(table: Mapping[str, float], times: Sequence[float] | NDArray[Any]) -> Floats:
    """Return a path that grows at one rate between anchors: no turn that nobody published."""
    x, y = anchors(table)
    return np.asarray(np.exp(np.interp(np.asarray(times, dtype=float), x, np.log(y))))


def ar1(rng: Rng, shape: tuple[int, int], rho: float, sd: Floats | float) -> Floats:
    """Return standing first-order autoregressions, one a row, with standard deviation `sd`."""
    scale = np.broadcast_to(np.asarray(sd, dtype=float), (shape[0],))
    out = np.empty(shape)
    out[:, 0] = rng.normal(0, 1, shape[0]) * scale
    for t in range(1, shape[1]):
        shock = rng.normal(0, 1, shape[0]) * scale * np.sqrt(1 - rho**2)
        out[:, t] = rho * out[:, t - 1] + shock
    return out


def surprised(
    rng: Rng,
    table: Mapping[str, float],
    times: Floats,
    noise: tuple[float, float],
    curve: Callable[[Mapping[str, float], Floats], Floats] = smooth,
) -> Floats:
    """Return the curve times surprises that vanish at the anchors; noise = (rho, sd)."""
    x, _ = anchors(table)
    wander = ar1(rng, (1, len(times)), *noise)[0]
    at = [t for t in x if times[0] <= t <= times[-1]] or [times[0]]
    wander -= np.interp(times, at, np.interp(at, times, wander))
    return np.asarray(curve(table, times) * np.exp(wander))


def stock(rng: Rng, mean: Floats, stay: float) -> NDArray[np.int64]:
    """Return counts (n, T) of a stock with entries and exits whose expectation is `mean`."""
    out = np.empty(mean.shape, dtype=np.int64)
    out[:, 0] = rng.poisson(mean[:, 0])
    for t in range(1, mean.shape[1]):
        entries = np.clip(mean[:, t] - stay * mean[:, t - 1], 0, None)
        out[:, t] = rng.binomial(out[:, t - 1], stay) + rng.poisson(entries)
    return out


def to_total(counts: NDArray[Any], total: float) -> NDArray[np.int64]:
    """Return whole numbers in proportion to `counts` that sum to the rounded total."""
    whole = round(float(total))
    if counts.sum() <= 0:
        return np.zeros(len(counts), dtype=np.int64)
    exact = np.asarray(counts, dtype=float) * whole / counts.sum()
    floor = np.floor(exact)
    missing = int(whole - floor.sum())
    first = np.argsort(-(exact - floor), kind="stable")[:missing]
    floor[first] += 1
    return np.asarray(floor, dtype=np.int64)


def columns_to_total(counts: NDArray[np.int64], totals: Floats) -> NDArray[np.int64]:
    """Return counts (n, T) whose columns sum to the rounded totals."""
    return np.column_stack([to_total(counts[:, t], totals[t]) for t in range(counts.shape[1])])
