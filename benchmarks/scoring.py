"""A panel's methods, scored over all its origins, and their ratios with uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks import metrics
from benchmarks.datasets import Task
from benchmarks.metrics import Floats
from benchmarks.peers import Answer

OURS = "engine"


@dataclass(frozen=True)
class Scored:
    """Scores per series and origin of all methods of one panel.

    Attributes:
        scores: method -> metric -> (N,), N being series times origins.
        origins: the origin's number of each score (N,).
        clusters: what each score is resampled with (N,).
        milliseconds: method -> cost of one series and origin, on one core.
        failed: method -> how many times naive stood in.
    """

    scores: dict[str, dict[str, Floats]]
    origins: NDArray[np.intp]
    clusters: tuple[str, ...]
    milliseconds: dict[str, float]
    failed: dict[str, int]

    def mean(self, method: str, metric: str, weights: Floats | None = None) -> float:
        """Return a score's mean over series, then over origins."""
        values = self.scores[method][metric]
        w = np.ones(len(values)) if weights is None else weights
        return metrics.mean_over_origins(values, self.origins, w)

    def owa(self, method: str, suffix: str = "", weights: Floats | None = None) -> float:
        """Return OWA relative to naive; the suffix `_median` takes the median as point."""
        ratios = [
            self.mean(method, name + suffix, weights) / self.mean("naive", name, weights)
            for name in ("smape", "mase")
        ]
        return metrics.owa(*ratios)

    def ratio(self, method: str, other: str, metric: str, weights: Floats | None = None) -> float:
        """Return one method's loss divided by another's."""
        return self.mean(method, metric, weights) / self.mean(other, metric, weights)

    def best_peer(self, metric: str) -> str:
        """Return the peer with the smallest loss."""
        peers = [name for name in self.scores if not name.startswith(OURS)]
        return min(peers, key=lambda name: self.mean(name, metric))

    def owa_interval(self, method: str, suffix: str = "", seed: int = 1) -> tuple[float, float]:
        """Return the paired bootstrap interval of OWA over whole clusters."""
        return metrics.bootstrap(lambda w: self.owa(method, suffix, w), self.clusters, seed)

    def ratio_interval(
        self, method: str, other: str, metric: str, seed: int = 1
    ) -> tuple[float, float]:
        """Return the paired bootstrap interval of a ratio of losses over whole clusters."""
        return metrics.bootstrap(
            lambda w: self.ratio(method, other, metric, w), self.clusters, seed
        )


def scored(tasks: list[Task], answers: dict[str, list[Answer]]) -> Scored:
    """Score every method's answers, one per task."""
    scores = {}
    for method, given in answers.items():
        parts = [
            metrics.all_scores(task.actual, answer.values, task.scale)
            for task, answer in zip(tasks, given, strict=True)
        ]
        scores[method] = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    count = sum(len(task.ids) for task in tasks)
    return Scored(
        scores=scores,
        origins=np.concatenate([np.full(len(t.ids), k) for k, t in enumerate(tasks)]),
        clusters=tuple(name for task in tasks for name in task.clusters),
        milliseconds={m: 1000 * sum(a.seconds for a in g) / count for m, g in answers.items()},
        failed={m: sum(a.failed for a in g) for m, g in answers.items()},
    )
