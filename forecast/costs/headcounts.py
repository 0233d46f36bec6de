"""Head counts: how far the projected population may stray, as earlier projections have.

Past projections, set to start at the count of their first year, are compared with the counts that
came: what all municipalities missed together and what each missed on its own, by years ahead and
size. Misses have mostly gone one way, so their size is measured around the published figure and not
around their mean.

Recipients are simulated with errors that past origins showed, and these held the population
projection of their day: the error of the population is in them already. So people are drawn *given*
the recipients: p | r with the regression that holds where recipients = people × rate and the rate
errs on its own. Recipients and cost stay as they were, in every draw, and the error is named: what
the people account for leaves the rate. Only what is carried per inhabitant moves with the people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.costs import volumes
from forecast.costs.wish import Wish
from forecast.dataroom import population, projectionerrors
from forecast.seeds import generator

if TYPE_CHECKING:
    import pandas as pd

    from forecast.workspace import Workspace

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Straying:
    """Standard deviations of the log of people around their projection.

    Attributes:
        common: (years ahead,) what all municipalities share.
        own: size class → (years ahead,) what each has on its own.
    """

    common: Floats
    own: Mapping[str, Floats]

    def at(self, sizes: list[str], ahead: list[int]) -> tuple[Floats, Floats]:
        """Return the common (years,) and the own (municipalities, years) deviation.

        0 for a year that is counted; beyond the longest one tried, growth goes on as a line.
        """
        common = np.array([reach(self.common, h) for h in ahead])
        flat = np.zeros(len(self.common))
        own = [[reach(self.own.get(size, flat), h) for h in ahead] for size in sizes]
        return common, np.array(own)


def reach(line: Floats, ahead: int) -> float:
    """Return what a line of one, two … years ahead is so many years ahead, straight on beyond."""
    if ahead <= 0 or not len(line):
        return 0.0
    last = len(line)
    return float(line[ahead - 1] if ahead <= last else line[-1] * ahead / last)


def learn(errors: pd.DataFrame) -> Straying:
    """Learn from the misses of past projections (`projectionerrors.past`)."""
    wide = errors.pivot_table(index=["vintage", "area", "size", "persons"], columns="horizon",
                              values="error")  # fmt: skip
    wide = wide[wide[0].notna()] if 0 in wide else wide.iloc[:0]
    ahead = [h for h in wide.columns if int(h) > 0]
    missed = wide[ahead].sub(wide[0], axis=0) if len(wide) else wide[ahead]
    weight = missed.index.get_level_values("persons").to_numpy(dtype=np.float64)[:, None]
    known = missed.notna()
    shared = (missed.fillna(0) * weight).groupby(level="vintage").sum()
    shared = shared / (known * weight).groupby(level="vintage").sum().replace(0, np.nan)
    apart = missed - shared.reindex(missed.index.get_level_values("vintage")).to_numpy()
    sizes = apart.index.get_level_values("size")
    own = {str(size): _spread(apart[sizes == size]) for size in sorted(set(sizes))}
    return Straying(_spread(shared), own)


def _spread(misses: pd.DataFrame) -> Floats:
    """Return (years ahead,) the root mean square of some misses, never falling."""
    size = np.sqrt((misses**2).mean(axis=0)).dropna().to_numpy(dtype=np.float64)
    return np.maximum.accumulate(size) if len(size) else np.zeros(0)


def draws(
    workspace: Workspace, people: Mapping[str, Floats], used: Mapping[str, Floats], wish: Wish
) -> dict[str, Floats]:
    """Return, by ages, factors (municipalities, years, draws) on the projected population.

    Args:
        workspace: where counts and projections lie.
        people: ages → (municipalities,) persons.
        used: service → recipients (municipalities, years, draws).
        wish: years, seed and date.
    """
    last = population.counted_until(workspace, wish.known_at)
    ahead = [year - last for year in wish.years]
    found = {}
    for ages, persons in people.items():
        straying = learn(projectionerrors.past(workspace, ages, wish.known_at))
        sizes = [projectionerrors.size_class(float(n)) for n in persons]
        spread = straying.at(sizes, ahead)
        mine = [v for service, v in used.items() if volumes.age_of(service) == ages]
        size = next(iter(used.values())).shape[2]
        together = sum(mine[1:], mine[0]) if mine else np.ones((len(persons), len(ahead), size))
        found[ages] = np.exp(given(together, spread, generator(wish.seed, "people", ages)))
    return found


def given(recipients: Floats, spread: tuple[Floats, Floats], rng: np.random.Generator) -> Floats:
    """Return the log deviation of people (municipalities, years, draws), given recipients.

    The deviation of one future keeps its course over the years.

    Args:
        recipients: (municipalities, years, draws) of all services for these ages.
        spread: common (years,) and own (municipalities, years) standard deviations.
        rng: randomness.
    """
    common, own = spread
    positive = recipients > 0
    line = np.log(recipients, out=np.zeros(recipients.shape), where=positive)
    off = np.where(positive.all(axis=2, keepdims=True), line - line.mean(axis=2, keepdims=True), 0)
    total, varied = common**2 + own**2, off.var(axis=2)
    slope = np.divide(total, varied, out=np.zeros_like(total), where=varied > 0).clip(max=1.0)
    rest = np.sqrt(np.maximum(total - slope**2 * varied, 0.0))
    count, _, size = recipients.shape
    shock = common[None, :, None] * rng.standard_normal((1, 1, size))
    shock = shock + own[:, :, None] * rng.standard_normal((count, 1, size))
    unit = shock / np.sqrt(np.maximum(total, 1e-30))[:, :, None]
    return np.asarray(slope[:, :, None] * off + rest[:, :, None] * unit)
