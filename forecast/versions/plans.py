"""Plans: what a training would use, before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forecast import inputs, measures, specs
from forecast.engine.options import EngineOptions

if TYPE_CHECKING:
    from forecast.inputs import Inputs
    from forecast.workspace import Workspace


@dataclass(frozen=True)
class Plan:
    """What a training would use.

    Attributes:
        spec: the model's specification.
        text: its TOML, as it stands in the file.
        inputs: the panel, and the vintages that it was read from.
        options: what the engine is told.
        known_at: the date whose knowledge is used, empty for today's.
    """

    spec: specs.ModelSpec
    text: str
    inputs: Inputs
    options: EngineOptions
    known_at: str = ""

    @property
    def cells(self) -> int:
        """How many figures the panel has room for."""
        return int(self.inputs.panel.values.size)

    @property
    def sentence(self) -> str:
        """What would be trained, in one sentence."""
        panel = self.inputs.panel
        return (
            f"{self.spec.name}: {len(panel.keys)} series, {panel.periods[0]} to "
            f"{panel.periods[-1]}, {self.options.horizon} periods ahead"
        )

    @property
    def left_out(self) -> list[str]:
        """Members that are named and could not take part, in sentences."""
        from forecast.engine import findings, trained

        return findings.members(trained.left_out(self.inputs.panel, self.options))

    def plain(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        panel = self.inputs.panel
        return {
            "model": self.spec.name,
            "series": len(panel.keys),
            "first_period": panel.periods[0],
            "last_period": panel.periods[-1],
            "horizon": self.options.horizon,
            "methods": list(self.options.methods),
            "known_at": self.known_at,
            "real_time": self.inputs.real_time,
            "vintages": [vintage.id for vintage in self.inputs.used],
            "notes": [*self.inputs.notes, *self.left_out],
        }


def plan(workspace: Workspace, model: str, known_at: str | None = None) -> Plan:
    """Return what a training would use, without training.

    Raises:
        ForecastError: the specification is wrong or data are missing.
    """
    spec = specs.model(model, workspace)
    text = specs.path("models", model, workspace).read_text(encoding="utf-8")
    return planned(spec, text, workspace, known_at)


def planned(spec: specs.ModelSpec, text: str, workspace: Workspace, known_at: str | None) -> Plan:
    """Return what a training of a given specification would use."""
    read = inputs.build(spec, workspace, known_at)
    options = EngineOptions(
        groups=spec.groups,
        levels=spec.levels,
        scale=spec.scale,
        methods=spec.methods,
        horizon=spec.horizon,
        origins=spec.backtest.origins,
        additive=measures.get(spec.measure).additive,
    )
    return Plan(spec, text, read, options, known_at or "")
