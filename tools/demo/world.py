"""The one synthetic Denmark that all datasets are read from: its parts are made once, on demand."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd

from forecast import seeds
from tools.demo.series import Floats, Rng, ar1

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "data" / "demo"


@dataclass
class World:
    """Parameters, areas and every hidden true path; `published` cells are cut from it later."""

    parameters: dict[str, Any]
    areas: pd.DataFrame
    _made: dict[Callable[[World], Any], Any] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls) -> World:
        """Read parameters.toml and the municipalities with their sizes."""
        parameters = tomllib.loads((FOLDER / "parameters.toml").read_text(encoding="utf-8"))
        table = ROOT / "data" / "geography" / "areas.csv"
        areas = pd.read_csv(table, dtype=str, keep_default_na=False)
        sizes = pd.read_csv(Path(__file__).with_name("sizes.csv"), dtype={"code": str})
        areas = areas[areas["level"] == "municipality"].merge(sizes, on="code", validate="1:1")
        return cls(parameters, areas.sort_values("code", ignore_index=True))

    def once(self, make: Callable[[World], T]) -> T:
        """Return a part of this Denmark: made when it is first asked for, then kept."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast(T, self._made[make])

    def rng(self, *path: str) -> Rng:
        """Return the random generator at a path of names below the demonstration's seed."""
        return seeds.generator(int(self.parameters["seed"]), "demo", *path)

    @property
    def codes(self) -> list[str]:
        """The 98 municipalities, by code."""
        return [str(code) for code in self.areas["code"]]

    @property
    def regions(self) -> list[str]:
        """The five regions, by code."""
        return sorted(set(self.areas["region"]))

    @property
    def last_year(self) -> int:
        """The last year of activity and accounts that had been published."""
        return int(self.parameters["last_year"])

    def row(self, code: str) -> int:
        """Return the position of a municipality."""
        return self.codes.index(code)

    def by_group(self, values: dict[str, float]) -> Floats:
        """Return one value a municipality from a table by municipality group."""
        return np.array([float(values[group]) for group in self.areas["group"]])

    @cached_property
    def size_factor(self) -> Floats:
        """Noise of a municipality relative to one of the reference size (power of population)."""
        noise = self.parameters["persistence"]
        relative = self.areas["pop2014"].to_numpy(float) / noise["reference_population"]
        return np.asarray(relative ** noise["size_power"])

    @cached_property
    def shared_permanent(self) -> Floats:
        """What all services of a municipality have in common, standard normal."""
        return self.rng("shared").normal(0, 1, len(self.areas))

    def deviation(self, rng: Rng, periods: int, per_year: int = 1) -> Floats:
        """Return log deviations from the national path (98, periods), permanent plus changing."""
        spread, noise = self.parameters["spread"], self.parameters["persistence"]
        share = spread["shared"]
        own = rng.normal(0, 1, len(self.areas))
        mixed = np.sqrt(share) * self.shared_permanent + np.sqrt(1 - share) * own
        permanent = spread["permanent"] * mixed + self.by_group(spread["group"])
        rho = noise["rho"] ** (1 / per_year)
        changing = ar1(rng, (len(self.areas), periods), rho, noise["sd"] * self.size_factor)
        return np.asarray(permanent[:, None] + changing)

    def surprises(self, stay: float | None = None) -> tuple[float, float]:
        """Return persistence a period and spread of the nation's surprises.

        They come in and go out with people: those of a stock last as long as its people stay.
        """
        noise = self.parameters["persistence"]
        return (noise["national_rho"] if stay is None else stay), noise["national_sd"]
