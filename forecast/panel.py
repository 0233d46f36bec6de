"""Panel: series by periods on one regular time line, with gaps and with exposure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import periods as periods_
from forecast.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Driver:
    """Another measure that may move a panel's series some time later.

    Attributes:
        codes: (n,) row of `known` that acts on each series: its own area's or, where only regions
            are known, its region's; −1 where there is none.
        known: by the period of an origin, (areas, T' + any): log of the driver one lag before
            each of the panel's periods, as it was known at that origin; NaN where it was not.
    """

    codes: NDArray[np.intp]
    known: Mapping[str, Floats]

    def until(self, periods: tuple[str, ...]) -> Driver:
        """Return what was known at some periods, nothing that came later."""
        return replace(self, known={p: x for p, x in self.known.items() if p in periods})


@dataclass(frozen=True)
class Shift:
    """A registered jump in the level of some series.

    Attributes:
        name: the break's in the register.
        first: position of the first period on the new level.
        codes: (n,) which series' jump is measured together; −1 where it does not concern one.
        groups: what those that are measured together are called.
    """

    name: str
    first: int
    codes: NDArray[np.intp]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """All series of one measure, read at one time.

    Attributes:
        values: (n series, T periods), float64; NaN is *not observed*, never zero.
        keys: one row a series; the columns identify it (area, service, age …) or place it
            (region, a group); `keys` has a RangeIndex and no two rows alike.
        periods: T codes of one frequency without holes (an uncounted year is a NaN column).
        exposure: (n, T + H) population that a rate refers to, the last H columns projected
            as known at the origin; None where the measure has none.
        measure: name of the measure.
        projected: exposure as it was known at earlier origins, (n, T' + H') by the origin's
            period, so that a backtest sees the projection of its day and not what came.
        drivers: what may move the series, by the name of its model.
        breaks: registered jumps in level, by time.
    """

    values: Floats
    keys: pd.DataFrame
    periods: tuple[str, ...]
    exposure: Floats | None = None
    measure: str = ""
    projected: Mapping[str, Floats] = field(default_factory=dict)
    drivers: Mapping[str, Driver] = field(default_factory=dict)
    breaks: tuple[Shift, ...] = ()

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit together."""
        n, t = self.values.shape
        if len(self.keys) != n or len(self.periods) != t:
            raise DataError(
                f"panel {self.measure}: {n} × {t} values, but {len(self.keys)} keys and "
                f"{len(self.periods)} periods"
            )
        if self.exposure is not None and (
            self.exposure.shape[0] != n or self.exposure.shape[1] < t
        ):
            raise DataError(
                f"panel {self.measure}: exposure {self.exposure.shape} does not cover {n} × {t}"
            )

    @property
    def frequency(self) -> str:
        """`A` for years, `Q` for quarters."""
        return periods_.parse(self.periods[-1]).frequency

    @property
    def horizon(self) -> int:
        """How many periods past the last one the exposure is projected (0: none)."""
        return 0 if self.exposure is None else self.exposure.shape[1] - len(self.periods)

    def until(self, period: str) -> Panel:
        """Return what was known at a period: the values to it, and the exposure projected then.

        Where no projection of that day is held, the exposure ends with the period (horizon 0):
        who needs more must extrapolate from it, since what came later was not known.
        """
        cut = self.periods.index(period) + 1
        exposure = self.projected.get(period)
        if exposure is None and self.exposure is not None:
            exposure = self.exposure[:, :cut]
        earlier = {p: e for p, e in self.projected.items() if p in self.periods[:cut]}
        line = self.periods[:cut]
        drivers = {name: d.until(line) for name, d in self.drivers.items()}
        return replace(
            self, values=self.values[:, :cut], periods=line, exposure=exposure,
            projected=earlier, drivers=drivers,
            breaks=tuple(b for b in self.breaks if b.first < cut),
        )  # fmt: skip

    def future(self, horizon: int) -> tuple[str, ...]:
        """Return the codes of the next periods."""
        return tuple(periods_.shift(self.periods[-1], h) for h in range(1, horizon + 1))
