"""Engine options: what a model file, or the command line, says about one panel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from forecast.errors import MethodError, suggestion

SCALES = ("identity", "log", "logit")


@dataclass(frozen=True)
class EngineOptions:
    """How a panel is forecast.

    Attributes:
        groups: key columns; series that agree in them share growth and common shocks.
        levels: key columns from the top down over which series add up inside a group; the sum
            over all series of a group is the implicit top.
        scale: `identity`, `log` or `logit`: where the errors of this measure are additive.
        methods: members of the combination by name, each with its options; a name that is no
            method names one with `method = "…"`; `standard` stands for the whole standard bank,
            and so does an empty table.
        horizon: periods ahead that are learnt and may be simulated.
        origins: rolling origins on which accuracy is reported.
        additive: key columns over which draws may be summed.
    """

    groups: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    scale: str = "log"
    methods: dict[str, dict[str, Any]] = field(default_factory=dict)
    horizon: int = 6
    origins: int = 5
    additive: tuple[str, ...] = ("area", "region")

    def __post_init__(self) -> None:
        """Refuse what no panel could be forecast with."""
        if self.scale not in SCALES:
            near = suggestion(self.scale, list(SCALES))
            raise MethodError(f"scale {self.scale!r} is none of {', '.join(SCALES)}{near}")
        if self.horizon < 1:
            raise MethodError(f"horizon {self.horizon} is not at least 1 period")
        if self.origins < 1:
            raise MethodError(f"origins {self.origins} is not at least 1")
