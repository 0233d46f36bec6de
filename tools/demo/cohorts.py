"""A year's move of people by single age: survive, grow older, be born, move; forth and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.series import Floats

TOP = 99


@dataclass(frozen=True)
class Rates:
    """What stays the same from year to year: only how many children are born changes.

    Attributes:
        moves: Those at an age in a municipality for each one expected from those a year younger,
            as people move between municipalities, (98, 100); 1 at age 0 and at the open top.
        newcomers: How the nation's gain from abroad falls on ages, (100,).
        settlers: How what a municipality gains or loses beyond that falls on ages, (100,).
        fertility: Newborn in a municipality relative to its women at the nation's rates, (98,).
    """

    moves: Floats
    newcomers: Floats
    settlers: Floats
    fertility: Floats


def rates(shape: Floats, first: Floats, newcomers: Floats, settlers: Floats) -> Rates:
    """Return the rates that keep a municipality's ages in the same proportion to the nation's.

    Students move to a city at 20 and on at 30 year after year, so the city always has many
    25-year-olds, and it is never the same people. `shape` (98, 100) is the first year's local
    ages relative to the nation's, `first` (98, 2, 100) the counts of that year.
    """
    moves = np.ones_like(shape)
    moves[:, 1:TOP] = shape[:, 1:TOP] / shape[:, : TOP - 1]
    born, women = first[:, :, 0].sum(axis=1), mothers(first)
    return Rates(moves, newcomers, settlers, born / born.sum() * women.sum() / women)


def survival() -> Floats:
    """Return the share that lives through a year, by sex and age (Gompertz, level of 2015-20)."""
    ages = np.arange(TOP + 1)
    rate = np.stack([2.7e-5 * np.exp(0.098 * ages), 1.35e-5 * np.exp(0.1025 * ages)])
    return np.asarray(np.exp(-np.minimum(rate, 0.45)))


def childbearing() -> Floats:
    """Return the share of a woman's children that is born at each age."""
    ages = np.arange(TOP + 1)
    shape = np.exp(-(((ages - 30.5) / 6.5) ** 2)) * ((ages >= 15) & (ages < 50))
    return np.asarray(shape / shape.sum())


def mothers(counts: Floats) -> Floats:
    """Return newborn by municipality if every woman had one child over her life."""
    return np.asarray((counts[:, 1] * childbearing()).sum(axis=1))


def births(counts: Floats, children: float, fertility: Floats) -> Floats:
    """Return newborn by municipality and sex, at so many children a woman over her life."""
    born = mothers(counts) * children * fertility
    return np.stack([born * 0.513, born * 0.487], axis=1)


def forward(counts: Floats, total: Floats, held: Rates, children: float) -> Floats:
    """Return the next 1 January, (98, 2, 100), at so many children a woman."""
    alive = counts * survival()
    after = np.empty_like(alive)
    after[:, :, 1:] = alive[:, :, :-1]
    after[:, :, TOP] += alive[:, :, TOP]
    after[:, :, 0] = births(counts, children, held.fertility)
    return filled(after * held.moves[:, None, :], total, held.newcomers, held.settlers)


def backward(counts: Floats, total: Floats, held: Rates) -> Floats:
    """Return the 1 January before: everyone a year younger, where they then lived."""
    before = np.empty_like(counts)
    before[:, :, :-1] = counts[:, :, 1:] / held.moves[:, None, 1:]
    before /= survival()
    before[:, :, TOP] = counts[:, :, TOP] * 0.97
    before[:, :, TOP - 1] = counts[:, :, TOP] * 0.60
    later = [np.append(ages[1:], 0.0) for ages in (held.newcomers, held.settlers)]
    return filled(before, total, *later)


def filled(counts: Floats, total: Floats, newcomers: Floats, settlers: Floats) -> Floats:
    """Return counts that meet each total: first all alike from abroad, then each its own way."""
    coming = counts * newcomers
    counts = counts + coming * (total.sum() - counts.sum()) / coming.sum()
    moving = counts * settlers
    gap = (total - counts.sum(axis=(1, 2))) / moving.sum(axis=(1, 2))
    return np.asarray(np.clip(counts + moving * gap[:, None, None], 0, None))


def whole(counts: Floats) -> Floats:
    """Return whole persons: what an age group is short by is carried to the next age.

    So every range of ages that starts at 0 is less than one person off, the total not at all.
    """
    row = counts.transpose(0, 2, 1).reshape(len(counts), -1)
    upto = np.rint(np.cumsum(row, axis=1))
    persons = np.diff(upto, axis=1, prepend=0.0)
    return np.asarray(persons.reshape(len(counts), -1, counts.shape[1]).transpose(0, 2, 1))
