"""Carried: money per inhabitant where nothing says who receives it, and how far it strays.

What is on a function but on no recipients that are known stays at today's level per inhabitant.
How sure is that? At past years the same was expected of every municipality: cost per inhabitant in
fixed prices then against that of one, two … years later. What all municipalities missed together
and what each missed on its own are told apart. The own part is larger where people are few: its
variance is a level plus an amount over the number of inhabitants, by function and years ahead. Its
shape is that of the misses themselves, so that their tails are kept. The shared part is Student's,
since few years say how large it is.

Factors have the mean one: the expected amount is what it was, the interval is what is added. A mean
is ruled by the tails, and a log that is Student's has none: so a factor is held between a tenth and
ten times, as past misses are held to a tenth. Without that the one future in a thousand that no
past year has seen draws the middle of the distribution far below today's amount.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.special import ndtr, stdtrit

from forecast.costs import mapping
from forecast.costs.headcounts import reach
from forecast.costs.wish import Wish
from forecast.seeds import generator

if TYPE_CHECKING:
    from forecast.costs.unit_costs import Ground

Floats = NDArray[np.float64]
LEAST = 0.1  # share of today's cost below which what is left counts as this share
MOST = 1 / LEAST  # times today's cost that no future is beyond
ORIGINS = 2  # past years that must say how far cost strays in so many years
BELIEF_OWN = 50.0  # misses that those of all functions count for beside a function's own
BELIEF_SHARED = 1.0  # past years that they count for
FREEDOM = 3.0  # degrees of freedom, however few the past years
SMOOTH = 5  # rounds in which the variance by size settles
PER = 10_000.0  # inhabitants that the variance by size is measured in
NORMAL = np.linspace(-3.0, 3.0, 61)  # normal scores at which the shape of misses is kept


@dataclass(frozen=True)
class Misses:
    """How one function's cost per inhabitant changed in so many years, from several past years.

    Attributes:
        shared: (past years,) change of the nation's log cost per inhabitant.
        own: (misses,) what a municipality's change was beside that.
        people: (misses,) its inhabitants.
    """

    shared: Floats
    own: Floats
    people: Floats


@dataclass(frozen=True)
class Straying:
    """How far what is carried strays.

    Attributes:
        shared: function → (years ahead,) standard deviation of the log, all municipalities.
        own: function → (years ahead, 2) variance of the log: a level, and what is divided by
            10,000 inhabitants.
        shape: what an own miss of unit size is at each of `NORMAL`.
        freedom: past years that the shared part rests on.
    """

    shared: Mapping[str, Floats]
    own: Mapping[str, Floats]
    shape: Floats
    freedom: float

    def deviations(self, code: str, people: Floats, ahead: int) -> tuple[Floats, Floats]:
        """Return a function's shared (years,) and own (municipalities, years) deviation.

        Neither falls with the years. Beyond the longest span tried the shared one grows as a
        trend does, the own one as a random walk.
        """
        shared = np.maximum.accumulate(self.shared[code])
        level, by_size = self.own[code].T
        variance = level[None] + by_size[None] * PER / np.maximum(people, 1.0)[:, None]
        variance = np.maximum.accumulate(variance, axis=1)
        years = range(1, ahead + 1)
        own = np.array([[reach(line, h) for h in years] for line in variance])
        return np.array([reach(shared, h) for h in years]), np.sqrt(own)


def past(ground: Ground, years: Sequence[int]) -> dict[str, tuple[Floats, Floats]]:
    """Return each function's expenditure in fixed prices and people, (municipalities, years).

    Expenditure of a municipality without any accounts in a year is NaN; years without a gap, from
    the first of those given to the last that is accounted.
    """
    books = ground.accounts
    held = list(range(min(years), min(max(years), books.last_year) + 1))
    index = ground.prices.index(held, held[-1])
    functions = mapping.table()
    spent = [books.array("gross", ground.codes, list(functions), year) for year in held]
    money = np.stack(spent, axis=1) / index[:, None]
    money[~money.any(axis=2)] = np.nan
    return {
        code: (money[:, :, i], ground.population(function.population, held))
        for i, (code, function) in enumerate(functions.items())
    }


def learn(books: Mapping[str, tuple[Floats, Floats]]) -> Straying:
    """Learn from past years how far cost per inhabitant has strayed.

    Args:
        books: function → expenditure in fixed prices and people, (municipalities, years).
    """
    spans = {code: list(_spans(*book)) for code, book in books.items()}
    every = [_together(same) for same in zip(*spans.values(), strict=True)]
    common = [_variance(m.shared) for m in every]
    by_size = [_by_size(m.own, m.people) for m in every]
    shared, own = {}, {}
    for code, misses in spans.items():
        shared[code] = np.array([_shared(m, c) for m, c in zip(misses, common, strict=True)])
        rows = [_own(m, c) for m, c in zip(misses, by_size, strict=True)]
        own[code] = np.array(rows).reshape(-1, 2)
    years = max((len(misses[0].shared) for misses in spans.values() if misses), default=0)
    return Straying(shared, own, _shape(spans, own), max(float(years), FREEDOM))


def _spans(money: Floats, people: Floats) -> Iterator[Misses]:
    """Yield the misses of one, two … years ahead, as long as enough past years tell."""
    for h in range(1, money.shape[1] - ORIGINS + 1):
        both = np.isfinite(money[:, :-h]) & np.isfinite(money[:, h:])
        rate = _growth(*(np.where(both, part, 0.0).sum(axis=0) for part in _pair(money, people, h)))
        told = np.isfinite(rate)
        apart = _growth(*_pair(money, people, h)) - rate
        begun = np.isfinite(apart)
        yield Misses(rate[told], apart[begun], people[:, :-h][begun])


def _together(same: Sequence[Misses]) -> Misses:
    """Return the misses of all functions as those of one."""
    return Misses(
        np.concatenate([misses.shared for misses in same]),
        np.concatenate([misses.own for misses in same]),
        np.concatenate([misses.people for misses in same]),
    )


def _pair(money: Floats, people: Floats, ahead: int) -> tuple[Floats, Floats, Floats, Floats]:
    return money[:, :-ahead], money[:, ahead:], people[:, :-ahead], people[:, ahead:]


def _growth(before: Floats, after: Floats, people: Floats, then: Floats) -> Floats:
    """Return the log growth of cost per inhabitant; NaN where there was none before."""
    usable = (before > 0) & np.isfinite(after)
    left = np.full(before.shape, np.nan)
    np.divide(np.maximum(after, 0.0) * people, before * then, out=left, where=usable)
    return np.asarray(np.log(np.maximum(left, LEAST)))


def _variance(misses: Floats) -> float:
    """Return the mean square: misses that all go one way count in full."""
    return float(np.mean(misses**2)) if len(misses) else 0.0


def _shared(misses: Misses, common: float) -> float:
    count = len(misses.shared)
    both = count * _variance(misses.shared) + BELIEF_SHARED * common
    return float(np.sqrt(both / (count + BELIEF_SHARED)))


def _own(misses: Misses, common: Floats) -> Floats:
    count = len(misses.own)
    mine = _by_size(misses.own, misses.people)
    return (count * mine + BELIEF_OWN * common) / (count + BELIEF_OWN)


def _by_size(own: Floats, people: Floats) -> Floats:
    """Return a level and an amount by 10,000 people that together are the variance of misses.

    A square errs in proportion to its expectation, so each is weighed by what is expected of it.
    """
    square = own**2
    if not square.any():
        return np.zeros(2)
    parts = np.stack([np.ones(len(own)), PER / np.maximum(people, 1.0)], axis=1)
    expected = np.full(len(own), square.mean())
    for _ in range(SMOOTH):
        found, _rest = nnls(parts / expected[:, None], square / expected)
        expected = np.maximum(parts @ found, 1e-3 * square.mean())
    return np.asarray(found, dtype=np.float64)


def _shape(spans: Mapping[str, list[Misses]], own: Mapping[str, Floats]) -> Floats:
    """Return quantiles of all own misses over their size, at the normal scores."""
    parts = []
    for code, misses in spans.items():
        for m, (level, by_size) in zip(misses, own[code], strict=True):
            size = np.sqrt(level + by_size * PER / np.maximum(m.people, 1.0))
            parts.append(m.own[size > 0] / size[size > 0])
    if sum(len(part) for part in parts) < len(NORMAL):
        return NORMAL
    return np.asarray(np.quantile(np.concatenate(parts), ndtr(NORMAL)), dtype=np.float64)


def factor(
    straying: Straying, code: str, people: Floats, wish: Wish, *, shared: bool = True
) -> Floats:
    """Return (municipalities, years, draws) by which a function's carried cost strays.

    Args:
        straying: what was learnt.
        code: the function.
        people: (municipalities,) inhabitants.
        wish: years, draws and seed.
        shared: whether what all municipalities miss together is in it; not where a model of unit
            costs gives that part.
    """
    ahead = len(wish.years)
    common, own = straying.deviations(code, people, ahead)
    shape = (len(people), ahead, wish.size)
    score = _walk(generator(wish.seed, "carried", code), shape)
    line = own[:, :, None] * np.interp(score, NORMAL, straying.shape)
    if shared:
        score = _walk(generator(wish.seed, "carried", code, "shared"), (1, *shape[1:]))
        student = stdtrit(straying.freedom, ndtr(np.clip(score, NORMAL[0], NORMAL[-1])))
        line += common[None, :, None] * student
    found = np.exp(np.clip(line, np.log(LEAST), np.log(MOST)))
    return np.asarray(found / found.mean(axis=2, keepdims=True))


def _walk(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Return standard normal numbers whose years go together as those of a random walk."""
    steps = rng.standard_normal(shape)
    return np.asarray(steps.cumsum(axis=1) / np.sqrt(np.arange(1, shape[1] + 1))[None, :, None])
