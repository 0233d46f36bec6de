"""Tables of quantiles: from arrays by area, year and draw to long rows, without a loop a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import areas

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


def with_sums(values: Floats) -> Floats:
    """Append regions and nation to (98 municipalities, …), in the order of `everyone`."""
    codes = areas.municipalities()
    regions = areas.regions()
    row = {code: i for i, code in enumerate(codes)}
    sums = [
        values[[row[c] for c in areas.municipalities(region)]].sum(axis=0) for region in regions
    ]
    return np.concatenate([values, np.stack(sums), values.sum(axis=0)[None]])


def everyone() -> list[str]:
    """Return the codes of municipalities, regions and the nation."""
    return [*areas.municipalities(), *areas.regions(), areas.NATION]


def everywhere(years: Iterable[int]) -> tuple[list[str], list[str]]:
    """Return the labels of (areas, years), sums among the areas, as `Rows` takes them."""
    return everyone(), [str(year) for year in years]


def of(values: Floats, levels: Sequence[float]) -> Floats:
    """Return quantiles over the last axis and, last of all, the mean."""
    size = values.shape[-1]
    if size == 1:
        return np.repeat(values, len(levels) + 1, axis=-1)
    position = np.array(levels) * (size - 1)
    below = np.floor(position).astype(int)
    above = np.minimum(below + 1, size - 1)
    placed = np.sort(values, axis=-1)  # vectorised in numpy, so faster than a partition
    found = placed[..., below] + (position - below) * (placed[..., above] - placed[..., below])
    return np.concatenate([found, values.mean(axis=-1, keepdims=True)], axis=-1)


@dataclass
class Rows:
    """Long rows in the making: blocks by area, year and quantile, each with its labels.

    Attributes:
        period: what the time column is called.
        levels: the quantile levels of blocks that have more than a mean.
    """

    period: str
    levels: tuple[float, ...]
    blocks: list[tuple[Floats, list[str], list[str], dict[str, str]]] = field(default_factory=list)

    def add(self, values: Floats, where: tuple[list[str], list[str]], **labels: str) -> None:
        """Add draws (areas, years, draws): their quantiles and mean become rows."""
        self.blocks.append((of(values, self.levels), *where, labels))

    def mean(self, values: Floats, where: tuple[list[str], list[str]], **labels: str) -> None:
        """Add figures without draws (areas, years); NaN is left out."""
        self.blocks.append((values[:, :, None], *where, labels))

    def frame(self) -> pd.DataFrame:
        """Return all rows: area, the period, the labels, quantile and value."""
        import pandas as pd

        if not self.blocks:
            return pd.DataFrame(columns=["area", self.period, "quantile", "value"])
        names = list(self.blocks[0][3])
        sizes = [block.size for block, *_ in self.blocks]
        columns: dict[str, object] = {
            "area": _category([_spread(b, a, 0) for b, a, _, _ in self.blocks]),
            self.period: _category([_spread(b, t, 1) for b, _, t, _ in self.blocks]),
        }
        for name in names:
            texts = [labels[name] for *_, labels in self.blocks]
            columns[name] = _category(
                [([t], np.zeros(n, int)) for t, n in zip(texts, sizes, strict=True)]
            )
        columns["quantile"] = np.concatenate([self._quantiles(b) for b, *_ in self.blocks])
        columns["value"] = np.concatenate([b.reshape(-1) for b, *_ in self.blocks])
        frame = pd.DataFrame(columns)
        return frame[frame["value"].notna()].reset_index(drop=True)

    def _quantiles(self, block: Floats) -> Floats:
        alone = block.shape[2] == 1
        levels = np.array([np.nan] if alone else [*self.levels, np.nan])
        return np.tile(levels, block.shape[0] * block.shape[1])


def _spread(block: Floats, labels: list[str], axis: int) -> tuple[list[str], NDArray[np.intp]]:
    """Return the labels of one axis, and which of them each of the block's figures has."""
    shape = [1, 1, 1]
    shape[axis] = len(labels)
    codes = np.broadcast_to(np.arange(len(labels)).reshape(shape), block.shape)
    return labels, codes.reshape(-1)


def _category(parts: list[tuple[list[str], NDArray[np.intp]]]) -> pd.Categorical:
    """Join labelled codes of blocks whose labels differ."""
    import pandas as pd

    known = sorted({label for labels, _ in parts for label in labels})
    place = {label: i for i, label in enumerate(known)}
    codes = [np.array([place[t] for t in labels], dtype=np.intp)[code] for labels, code in parts]
    index = pd.Index(known, dtype="str")
    return pd.Categorical.from_codes(np.concatenate(codes), categories=index)
