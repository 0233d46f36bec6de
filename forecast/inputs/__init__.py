"""One module a way in which a model gets its panel from the stored vintages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from forecast.panel import Panel

if TYPE_CHECKING:
    from forecast.specs import ModelSpec
    from forecast.vintages import Vintage
    from forecast.workspace import Workspace


@dataclass(frozen=True)
class Inputs:
    """A model's panel, and where every figure in it came from.

    Attributes:
        panel: the series, with exposure where the model has one.
        used: the vintages that were read, those of the population included.
        real_time: False where today's revised figures were cut by publication date.
        notes: what was left out and why, in sentences.
    """

    panel: Panel
    used: tuple[Vintage, ...]
    real_time: bool = True
    notes: tuple[str, ...] = ()


def build(spec: ModelSpec, workspace: Workspace, known_at: str | None = None) -> Inputs:
    """Build a model's panel from what was known on a date, in the way its TOML names."""
    from forecast import parts

    module = parts.find("inputs", spec.input)
    inputs: Inputs = module.build(spec, workspace, known_at)
    return inputs


def with_breaks(panel: Panel, dataset: str) -> Panel:
    """Return a panel that was stored without its breaks, with what the register says of them."""
    from forecast.inputs import _breaks

    return _breaks.applied(panel, dataset)[0]
