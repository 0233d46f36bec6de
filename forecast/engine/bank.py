"""The bank: the members of a combination, fitted on one panel and looked ahead with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast import parts
from forecast.engine import exposures, levels
from forecast.engine.options import EngineOptions
from forecast.engine.standing import Standing
from forecast.errors import MethodError
from forecast.methods import State
from forecast.methods._working import aligned
from forecast.panel import Panel

Floats = NDArray[np.float64]
GROUPED = ("group_share", "pooled_growth", "pooled_rate", "pooled_regression", "shrunk_growth")
REASONS = ("too_many", "gaps", "frequency", "no_exposure")  # for which a member is left out
STANDARD = "standard"  # in a model's methods: the whole standard bank
IRREGULAR = 0.2  # share of unobserved periods inside series that makes a panel irregular
FEW = 8  # series that a slow member is fitted to at every origin without being asked
MANY = 40  # and where a model names the level; beyond, it costs minutes
FAR = 50.0  # a member further away than this many scales is held there


@dataclass(frozen=True)
class Member:
    """One member of a combination: its name, its method and the method's options."""

    name: str
    method: str
    options: dict[str, Any]


def standard(panel: Panel, options: EngineOptions) -> dict[str, dict[str, Any]]:
    """Return the standard bank for a panel: methods by member name.

    With an exposure two members forecast rates; the others go on with counts, which hold the
    population's own trend already, and are moved by what is projected beyond it (`carried`).
    """
    log = {"scale": options.scale if options.scale != "identity" else "log"}
    bank: dict[str, dict[str, Any]] = {
        "naive": {},
        "drift": {},
        "drift_fading": {"method": "drift", "damping": 0.8, "window": 5},
        "smoothing": {"method": "theta", "shares": (0.0,)},
        "theta": {},
        "damped_trend": {},
        "damped_trend_log": {"method": "damped_trend", **log},
        "holt": {"method": "damped_trend", "dampings": (1.0,)},
        "state_space": {},
        "state_space_log": {"method": "state_space", **log},
        "mean_reversion": {},
        "pooled_growth": {"damping": 0.95},
        "pooled_growth_short": {"method": "pooled_growth", "damping": 0.85, "window": 3},
        "mixed_growth": {"method": "pooled_growth", "own": 0.3, "own_window": 5, "middle": "mean"},
        "shrunk_growth": {},
        "own_growth": {"method": "pooled_growth", "own": 1.0},
        "own_growth_short": {
            "method": "pooled_growth",
            "own": 1.0,
            "own_window": 5,
            "middle": "mean",
            "damping": 0.85,
        },
        "pooled_regression": {},
        "pooled_regression_log": {"method": "pooled_regression", **log},
        "group_share": {},
    }
    if panel.exposure is None:
        return bank
    counts = {name: {**given, "rate": False} for name, given in bank.items() if name != "naive"}
    return {"naive": {}, **counts, "demographic": {}, "pooled_rate": {}}


def named(panel: Panel, options: EngineOptions) -> dict[str, dict[str, Any]]:
    """Return the methods that were named; `standard` stands for all of the standard bank."""
    if not options.methods:
        return standard(panel, options)
    found: dict[str, dict[str, Any]] = {}
    for name, given in options.methods.items():
        found |= standard(panel, options) if name == STANDARD else {name: given}
    return found


def members(panel: Panel, options: EngineOptions, level: str = "") -> list[Member]:
    """Return the members that may answer for a panel, in the order they are named.

    A method with `levels` is a member there only, and a slow one only where there are few series.

    Args:
        panel: the series, or the sums of a level.
        options: engine options.
        level: name of the level; empty for the series themselves.

    Raises:
        MethodError: none of the named methods can answer.
    """
    wanted = named(panel, options)
    without = left_out(panel, options, level)
    found = []
    for name, given in wanted.items():
        if name in without or not _meant(given, level or levels.bottom(panel)):
            continue
        rest = {k: v for k, v in given.items() if k not in ("method", "levels")}
        method = str(given.get("method", name))
        if method in GROUPED:
            kept = tuple(c for c in options.groups if c in panel.keys.columns)
            rest.setdefault("groups", kept)
        if panel.exposure is not None and name not in ("naive", "demographic"):
            rest.setdefault("rate", True)
        found.append(Member(name, method, rest))
    if not found:
        raise MethodError(
            f"none of {', '.join(wanted)} can forecast this panel; name naive as well"
        )
    return found


def left_out(panel: Panel, options: EngineOptions, level: str = "") -> dict[str, str]:
    """Return the members that are named for a level and cannot take part there, and why (REASONS).

    Args:
        panel: the series, or the sums of a level.
        options: engine options.
        level: name of the level; empty for the series themselves.
    """
    place, gaps = level or levels.bottom(panel), irregular(panel)
    found = {}
    for name, given in named(panel, options).items():
        needs = parts.find("methods", str(given.get("method", name))).NEEDS
        most = MANY if "levels" in given else FEW
        if not _meant(given, place):
            continue
        if needs.slow and len(panel.keys) > most:
            found[name] = "too_many"
        elif gaps and not needs.gaps:
            found[name] = "gaps"
        elif panel.frequency not in needs.frequencies:
            found[name] = "frequency"
        elif needs.exposure and panel.exposure is None:
            found[name] = "no_exposure"
    return found


def _meant(given: dict[str, Any], level: str) -> bool:
    """Tell whether a method is named for a level, or for every one."""
    named = given.get("levels")
    return named is None or level in named


def irregular(panel: Panel) -> bool:
    """Tell whether so much is unobserved inside the series that bridging would invent data."""
    seen = np.isfinite(panel.values)
    inside = np.maximum.accumulate(seen, axis=1)
    inside &= np.maximum.accumulate(seen[:, ::-1], axis=1)[:, ::-1]
    return bool((inside & ~seen).sum() > IRREGULAR * max(inside.sum(), 1))


def fit(panel: Panel, bank: list[Member]) -> list[State]:
    """Fit every member on a panel.

    Raises:
        MethodError: a member was given an option that its method does not have.
    """
    states = []
    for member in bank:
        method = parts.find("methods", member.method)
        try:
            states.append(method.fit(panel, **member.options))
        except TypeError as error:
            raise MethodError(f"methods.{member.name}: {error}") from None
    return states


def points(bank: list[Member], states: list[State], horizon: int) -> Floats:
    """Return (members, n, horizon) paths in the panel's units."""
    return np.stack(
        [
            parts.find("methods", m.method).point(s, horizon)
            for m, s in zip(bank, states, strict=True)
        ]
    )


def carried(paths: Floats, bank: list[Member], panel: Panel) -> Floats:
    """Move members that forecast counts by what the exposure is projected to do beyond its trend.

    Args:
        paths: (members, n, H) as the members made them.
        bank: the members; those with `rate = false` are moved.
        panel: what they were fitted on, its exposure known through the horizon.
    """
    counts = np.array([m.options.get("rate") is False for m in bank])
    if panel.exposure is None or not counts.any():
        return paths
    beyond = exposures.beyond_trend(panel.exposure, panel.values.shape[1], paths.shape[2])
    return np.where(counts[:, None, None], paths * beyond, paths)


def tamed(paths: Floats, panel: Panel, standing: Standing) -> Floats:
    """Hold wild members near the last value, and all at or above zero where the data are.

    Of quarters the last year's values are meant: scales are without season, so that a season may
    be more of them than any member should go astray.
    """
    line = aligned(panel.values)[0]
    last = line[:, -1:]
    year = np.where(np.isfinite(line), line, last)[:, -4 if panel.frequency == "Q" else -1 :]
    low, high = (np.nan_to_num(end(year, axis=1))[None, :, None] for end in (np.min, np.max))
    reach = FAR * standing.scale[None, :, None]
    finite = np.nan_to_num(paths, nan=0.0, posinf=1e300, neginf=-1e300)
    held = np.clip(finite, low - reach, high + reach)
    return np.maximum(held, standing.floor[None, :, None])
