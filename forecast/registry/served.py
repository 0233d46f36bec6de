"""A registered model as a service: municipality and years in, quantiles out.

`mlflow models serve` imports this module of the installed package and hands it the folder of a
version's plain files; no code comes from the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.errors import ForecastError, ProjectionError
from forecast.seeds import SEED

if TYPE_CHECKING:
    import pandas as pd

    from forecast.draws import Draws
    from forecast.engine.trained import Trained

ASKED = (("municipality", "string"), ("year", "long"), ("service", "string"))
REQUIRED = ("municipality", "year")
ANSWERED = (
    ("municipality", "string"),
    ("service", "string"),
    ("age", "string"),
    ("year", "long"),
    ("quantile", "double"),
    ("value", "double"),
)
EXAMPLE = {"municipality": ["751"], "year": [2027]}
LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
SIZE = 1000


def _load_pyfunc(path: str) -> Model:  # the name MLflow asks a loader module for
    """Read a version's folder of plain files."""
    from forecast.engine import storage
    from forecast.registry.folders import inspect

    inspect(Path(path))
    return Model(storage.load(Path(path)))


class Model:
    """A trained model that answers requests; each question is one row."""

    def __init__(self, trained: Trained) -> None:
        """Keep the model; futures are simulated when the first question comes."""
        self._trained = trained
        self._futures: Draws | None = None

    def predict(self, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:  # noqa: ARG002  # MLflow's signature
        """Return quantiles for each row's municipality and year, of one service or of each.

        Args:
            model_input: columns `municipality` (code or name), `year`, and `service` if wanted.
            params: not used.

        Raises:
            MlflowException: the question has no answer; the server passes the sentence on as the
                message of a refused request.
        """
        from mlflow.exceptions import MlflowException
        from mlflow.protos.databricks_pb2 import BAD_REQUEST

        try:
            return self.answer(model_input)
        except ForecastError as error:
            raise MlflowException(str(error), error_code=BAD_REQUEST) from None

    def answer(self, model_input: pd.DataFrame) -> pd.DataFrame:
        """Return what `predict` answers.

        Raises:
            ForecastError: an unknown municipality or service, or a year that is not ahead.
        """
        import pandas as pd

        for column in REQUIRED:
            if column not in model_input:
                raise ProjectionError(f"the request has no column {column!r}")
        parts = [self._answer(row) for row in model_input.to_dict("records")]
        return pd.concat(parts, ignore_index=True)

    def _answer(self, row: Mapping[Any, Any]) -> pd.DataFrame:
        from forecast import areas

        code, year = areas.find(str(row["municipality"])).code, int(row["year"])
        futures = self._until(year)
        keys = futures.keys
        mask = keys["area"] == code
        if _given(row.get("service")):
            mask &= keys.get("service", "") == str(row["service"])
        if not mask.any():
            raise ProjectionError(
                f"the model holds no series for {areas.name(code)} ({code})"
                + (f", service {row['service']!r}" if _given(row.get("service")) else "")
            )
        return _long(futures.rows(mask.to_numpy()), code, year)

    def _until(self, year: int) -> Draws:
        """Simulate all that was learnt, once; a year must lie within it, whole."""
        from forecast import periods

        if self._futures is None:
            horizon = self._trained.options.horizon
            self._futures = self._trained.simulate(horizon, SIZE, SEED)
        held = [periods.year_of(code) for code in self._futures.periods]
        whole = periods.per_year(self._trained.panel.frequency)
        if held.count(year) != whole:
            years = sorted({y for y in held if held.count(y) == whole})
            raise ProjectionError(
                f"the model does not forecast the year {year}; it forecasts {years[0]} to "
                f"{years[-1]}"
            )
        return self._futures


def _given(value: Any) -> bool:
    """Whether an optional cell was filled in; JSON's null arrives as NaN or None."""
    return isinstance(value, str) and bool(value)


def _long(futures: Draws, code: str, year: int) -> pd.DataFrame:
    """Return the long frame of one year: a year of quarters is their mean, future by future."""
    from dataclasses import replace

    import numpy as np
    import pandas as pd

    from forecast import periods

    held = np.array([periods.year_of(p) == year for p in futures.periods])
    yearly = futures.values[:, held].mean(axis=1, keepdims=True, dtype=np.float64)
    quantiles = replace(futures, values=yearly, periods=(str(year),)).quantile(LEVELS)[:, 0]
    n = len(futures.keys)
    blank = pd.Series([""] * n)
    frame = pd.DataFrame(
        {
            "municipality": np.repeat(code, n * len(LEVELS)),
            "service": np.repeat(futures.keys.get("service", blank).astype(str), len(LEVELS)),
            "age": np.repeat(futures.keys.get("age", blank).astype(str), len(LEVELS)),
            "year": year,
            "quantile": np.tile(LEVELS, n),
            "value": quantiles.ravel(),
        }
    )
    return frame.reset_index(drop=True)
