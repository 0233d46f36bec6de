"""The working scale: rates instead of counts, logs where asked, season taken out, ends aligned.

Every method computes on `Working.z`, whose last column is each series' own last observation, and
answers with a path on that scale; `original` brings the path back to the units of the panel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import MethodError
from forecast.methods import Plain, State, _season
from forecast.panel import Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Path = Callable[[State, int], Floats]

SCALES = ("identity", "log", "logit")
CEILING = 30.0  # |log| beyond which nothing in this domain lies; keeps exp() finite


@dataclass(frozen=True)
class Working:
    """A panel as the methods see it.

    Attributes:
        z: (n, T) values on the working scale, right-aligned; NaN before a series begins.
        seen: (n, T) which cells of `z` were observed (not bridged).
        back: state arrays that lead back to the panel's units.
        values: plain values of the same purpose.
    """

    z: Floats
    seen: NDArray[np.bool_]
    back: dict[str, NDArray[np.float64]]
    values: dict[str, Plain]

    @property
    def count(self) -> Ints:
        """(n,) observed periods a series."""
        return np.asarray(self.seen.sum(axis=1))

    @property
    def last(self) -> Floats:
        """(n,) last value on the working scale."""
        return self.z[:, -1]

    def state(self, **arrays: Floats) -> State:
        """Return a method's state: what it learnt and the way back to the panel's units."""
        named = {name: np.asarray(array, dtype=np.float64) for name, array in arrays.items()}
        return State({**self.back, **named}, dict(self.values))


def working(panel: Panel, *, scale: str = "identity", rate: bool = False) -> Working:
    """Bring a panel to its working scale.

    Args:
        panel: series by periods.
        scale: `identity`, `log` or `logit`; a series that the scale cannot hold (negative under
            log) stays on identity.
        rate: divide by the exposure first, where the panel has one.

    Raises:
        MethodError: the scale is unknown, or the panel has no series or no period.
    """
    if scale not in SCALES:
        raise MethodError(f"scale {scale!r} is none of {', '.join(SCALES)}")
    if panel.values.size == 0:
        raise MethodError(f"panel {panel.measure}: there is no series to fit")
    exposure = panel.exposure if rate else None
    values = panel.values if exposure is None else _rates(panel.values, exposure)
    values, lag = aligned(_never_observed(values))
    offset = _offset(values) if scale == "log" else np.zeros(len(values))
    kind = _kind(values, scale)
    z = _forward(values, offset, kind)
    seen = np.isfinite(z)
    z = bridged(z)
    season, shares = np.zeros((len(z), 1)), np.zeros(len(z), dtype=np.bool_)
    if panel.frequency == "Q":
        season, shares = _season.of(z, kind == 0)
        z = _season.without(z, season, shares)
    back = {
        "_lag": lag.astype(np.float64),
        "_offset": offset,
        "_kind": kind.astype(np.float64),
        "_season": season,
    }
    if shares.any():
        back["_shares"] = shares.astype(np.float64)
    if exposure is not None:
        back["_exposure"] = _future_exposure(exposure, panel.values.shape[1])
    return Working(z, seen, back, {"scale": scale, "rate": exposure is not None})


def original(state: State, path: Path, horizon: int) -> Floats:
    """Return a method's path (n, horizon) in the panel's units, from the panel's last period."""
    lag = state.arrays["_lag"].astype(np.intp)
    steps = horizon + int(lag.max(initial=0))
    z = path(state, steps)
    take = lag[:, None] + np.arange(horizon)[None, :]
    return _units(state, np.take_along_axis(z, take, axis=1), take)


def flat(state: State, steps: int) -> Floats:
    """Return the path (n, steps) of a method that foresees no change from the level it learnt."""
    return np.repeat(state.arrays["level"][:, None], steps, axis=1)


def simulated(
    state: State, path: Path, horizon: int, size: int, rng: np.random.Generator
) -> Floats:
    """Return draws (n, horizon, size): the path plus one-step errors that add up over time.

    The error size is the method's own in-sample one; the engine replaces it by errors measured
    out of sample.
    """
    lag = state.arrays["_lag"].astype(np.intp)
    steps = horizon + int(lag.max(initial=0))
    sigma = state.arrays["sigma"]
    noise = rng.standard_normal((len(lag), steps, size)).cumsum(axis=1) * sigma[:, None, None]
    z = path(state, steps)[:, :, None] + noise
    take = lag[:, None] + np.arange(horizon)[None, :]
    return _units(state, np.take_along_axis(z, take[:, :, None], axis=1), take)


def aligned(values: Floats) -> tuple[Floats, Ints]:
    """Shift each series to the right until its last column is observed; return also by how much."""
    t = values.shape[1]
    lag = np.argmax(np.isfinite(values[:, ::-1]), axis=1)
    if not lag.any():
        return values, lag
    source = np.arange(t)[None, :] - lag[:, None]
    moved = np.take_along_axis(values, np.maximum(source, 0), axis=1)
    return np.where(source >= 0, moved, np.nan), lag


def bridged(z: Floats) -> Floats:
    """Join observations over unobserved periods by a straight line; the time before stays NaN."""
    seen = np.isfinite(z)
    position = np.arange(z.shape[1])[None, :]
    before = np.maximum.accumulate(np.where(seen, position, -1), axis=1)
    if not (~seen & (before >= 0)).any():
        return z
    after = np.where(seen, position, z.shape[1] - 1)
    after = np.minimum.accumulate(after[:, ::-1], axis=1)[:, ::-1]
    low = np.take_along_axis(z, np.maximum(before, 0), axis=1)
    high = np.take_along_axis(z, after, axis=1)
    share = (position - before) / np.maximum(after - before, 1)
    return np.where(before >= 0, np.where(seen, z, low + share * (high - low)), np.nan)


def spread(errors: Floats) -> Floats:
    """Return (n,) root mean square of errors; series without any borrow the panel's median."""
    count = np.isfinite(errors).sum(axis=1)
    total = np.nansum(errors**2, axis=1)
    own = np.sqrt(total / np.maximum(count, 1))
    typical = float(np.median(own[count > 0])) if (count > 0).any() else 0.0
    return np.where(count > 0, own, typical)


def _rates(values: Floats, exposure: Floats) -> Floats:
    exposure = exposure[:, : values.shape[1]]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(exposure > 0, values / exposure, np.nan)


def _future_exposure(exposure: Floats, known: int) -> Floats:
    """The exposure after the known periods; where it is not projected it stays level."""
    ahead, last = exposure[:, known:], exposure[:, known - 1 : known]
    return np.where(np.isfinite(ahead), ahead, last) if ahead.shape[1] else last


def _never_observed(values: Floats) -> Floats:
    """Give a series that was never observed the median of the others' last values, seen as one."""
    empty = ~np.isfinite(values).any(axis=1)
    if not empty.any():
        return values
    others, _ = aligned(values[~empty])
    typical = float(np.median(others[:, -1])) if len(others) else 0.0
    filled = values.copy()
    filled[empty, -1] = typical
    return filled


def _offset(values: Floats) -> Floats:
    """A quarter of the mean where a series has zeros, so that its log stays finite."""
    low, mean = np.nanmin(values, axis=1), np.nanmean(values, axis=1)
    return np.where(low > 0, 0.0, np.where(mean > 0, 0.25 * mean, 1.0))


def _kind(values: Floats, scale: str) -> Ints:
    """0 identity, 1 log, 2 logit, decided series by series."""
    low, high = np.nanmin(values, axis=1), np.nanmax(values, axis=1)
    if scale == "log":
        return np.where(low >= 0, 1, 0)
    if scale == "logit":
        return np.where((low > 0) & (high < 1), 2, 0)
    return np.zeros(len(values), dtype=np.intp)


def _forward(values: Floats, offset: Floats, kind: Ints) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(values + offset[:, None])
        odds = np.log(values / (1 - values))
    return np.where(kind[:, None] == 1, logs, np.where(kind[:, None] == 2, odds, values))


def _units(state: State, z: Floats, take: Ints) -> Floats:
    """Bring (n, horizon[, size]) on the working scale back to the panel's units."""
    wide = (slice(None),) + (None,) * (z.ndim - 1)
    tail = (...,) + (None,) * (z.ndim - 2)
    season = state.arrays["_season"]
    effect = np.take_along_axis(season, take % season.shape[1], axis=1)[tail]
    shares = state.arrays.get("_shares", np.zeros(len(z)))[wide] > 0
    z = np.where(shares, z * _season.factor(effect, shares), z + effect)
    kind, offset = state.arrays["_kind"][wide], state.arrays["_offset"][wide]
    safe = np.clip(z, -CEILING, CEILING)
    logs = np.maximum(np.exp(safe) - offset, 0.0)
    values = np.where(kind == 1, logs, np.where(kind == 2, 1 / (1 + np.exp(-safe)), z))
    if "_exposure" not in state.arrays:
        return values
    exposure = state.arrays["_exposure"]
    ahead = np.minimum(np.arange(take.shape[1]), exposure.shape[1] - 1)
    return np.asarray(values * exposure[:, ahead][tail])
