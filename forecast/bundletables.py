"""Bundle tables: what the columns of a projection's tables are, the contract with reports.

Conventions in all tables: `area` is a municipality ("751"), a region ("081") or the nation
("000"); `quantile` is the level of a quantile over the draws, NaN for their mean (and for what
was observed); money is DKK 1,000; `function` is an account function ("5.38.50"), "" for all of
them together; `service` is "" for a whole function, "remainder" for what is on the function but
on no service. Quantiles of a sum come from summed draws and never add up themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecast.errors import ProjectionError

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
SHORT = (0.1, 0.5, 0.9)  # the levels of tables that only need P10, P50, P90 (and the mean)

TABLES: dict[str, tuple[str, ...]] = {
    # What was observed, native periods and (for quarterly measures) years as the mean of four
    # quarters; `status` as in the long frame. Regions and nation where the measure adds up, and
    # of shares of people who are known (`population`), weighted by their number.
    "history": ("measure", "model", "area", "service", "age", "period", "value", "status"),
    # The persons that shares are of: of the share's age group, in its periods. quarter: whose
    # figure it is, the period's own or the nearest there is; dataset: where it comes from, counted
    # ("folk1a") or projected ("frkm"). Regions and the nation: the sums that their shares are of.
    "population": ("area", "age", "period", "quarter", "dataset", "value"),
    # What is expected. `period` native and, for quarterly measures, also years (the mean of four
    # quarters). series: "forecast", "demographic" (last rate × projected population, mean only).
    "demand": (
        *("measure", "model", "area", "service", "age"),
        *("period", "series", "quantile", "value"),
    ),
    # price: "fixed" (of meta.price_level) | "current"; component: "gross"|"refund"|"net", for whole
    # functions also "expenses" (places bought included) and "income" (places sold to others), whose
    # balance gross is in every draw; no row where accounts do not tell them apart;
    # series: "accounts"|"budget"|"forecast"|"demographic"; net = gross − refund in every draw.
    "cost": (
        *("area", "function", "service", "year", "price"),
        *("component", "series", "quantile", "value"),
    ),
    # Growth of net cost in current prices from meta.last_accounts_year to `year`. term: "start",
    # "population", "age_mix", "rate", "service_mix", "unit_cost", "price", "refund",
    # "adjustment:<name>", "change" (their sum), "end" (start + change). Quantiles: SHORT + mean.
    "bridge": ("area", "function", "service", "year", "term", "quantile", "value"),
    # Scores of the models, as `Trained.scores`, with the model's name before them.
    "accuracy": (
        *("model", "method", "level", "size_class", "horizon"),
        *("metric", "value", "lower", "upper", "n"),
    ),
    # Forecasts of the past beside what came, of the combination only.
    "backtest": (
        *("model", "area", "service", "age", "origin", "period", "horizon"),
        *("method", "quantile", "value", "actual"),
    ),
    # Weights of the methods in the combination.
    "weights": ("model", "band", "method", "weight"),
    # Past forecasts, adopted budgets and accounts side by side, net, current prices. source:
    # "accounts"|"budget"|"forecast"; vintage: id of the vintage or of the earlier bundle;
    # known: the date it was known.
    "ledger": ("area", "function", "year", "source", "vintage", "known", "quantile", "value"),
    # How budgets and forecasts have missed the accounts. source: "budget"|"forecast"; n years;
    # mean_percent: mean of (accounts − source) ÷ accounts × 100; overrun_share: share of years in
    # which accounts were above; coverage80: share within P10–P90 (forecasts only).
    "bias": (
        *("area", "function", "source", "n", "mean_percent"),
        *("mean_absolute_percent", "overrun_share", "coverage80"),
    ),
    # The part of a forecast's miss that came from each term (efterregulering). term: "population",
    # "rate" (age and service mix in it), "unit_cost", "price", "miss" (their sum: what came −
    # what was forecast), before refund, current prices, of what is on a service.
    "misses": ("area", "function", "origin", "year", "term", "value"),
    # The dear tail. threshold: cost of a case a year in fixed prices (1000, 2000, 5000).
    # item: "number", "gross", "refund", "net" of the cases above it; "marginal_net": what one
    # more case of that cost a year costs net of refund. group: "adults"|"children". Municipalities
    # only. Quantiles: SHORT + mean.
    "cases": ("area", "group", "year", "threshold", "item", "quantile", "value"),
    # Pressure beside the lift, fixed prices of the budget year. item: "pressure" (growth of what
    # counts against the serviceramme since the year before), "lift" (uplifted from its own year's
    # prices), "gap" (pressure − lift), "probability" (that pressure exceeds the lift, a share);
    # "backlog" (what the year before will cost above its adopted budget), "need" (backlog +
    # pressure: above the adopted budget of the year before), "probability_need" (that it exceeds
    # the lift), these three where there are budgets; "sanction" (cut if the gap is spent),
    # "sanction_own", "sanction_shared", "grant_at_risk" (of the 3 bn). The lift is split on
    # municipalities by population.
    "frame": ("area", "year", "item", "quantile", "value"),
    # Net cost of all functions by group of municipalities (areas.csv), in fixed prices, with the
    # bounds of the sum. group: "capital"|"city"|"provincial"|"commuter"|"rural".
    "groups": ("group", "year", "price", "quantile", "value"),
    # The most similar municipalities: rank 1 is nearest; why: codes of what they are alike in,
    # separated by ";".
    "peers": ("area", "peer", "rank", "distance", "why"),
    # A municipality beside its peers and the nation in the last accounts year. item:
    # "users_per_1000", "unit_cost" (DKK 1,000), "cost_per_capita" (DKK an inhabitant).
    "comparison": ("area", "function", "service", "year", "item", "own", "peers", "nation"),
    # Price × volume. series: "accounts"|"forecast"; item: "population", "rate" (per 1,000),
    # "recipients", "unit_cost" (fixed prices), "own_share" (how much of a municipality's unit cost
    # rests on its own numbers, 0 to 1; accounts only).
    "volumes": ("area", "function", "service", "year", "series", "item", "quantile", "value"),
    # Refunds: thresholds used. law: "sel176"|"bl198"; group: "adults"|"children"; status:
    # "observed"|"synthetic"|"uprated".
    "thresholds": ("law", "group", "year", "step", "threshold", "rate", "status", "source"),
    # Prices used. kind: "total"|"wages"|"goods"; growth: per cent; index: price_level = 1.
    "prices": ("year", "kind", "growth", "index", "vintage", "revision"),
}
TEXT = {c for columns in TABLES.values() for c in columns} - {
    *("value", "quantile", "lower", "upper", "n", "weight", "horizon", "threshold", "rate", "rank"),
    *("distance", "own", "peers", "nation", "mean_percent", "mean_absolute_percent", "step"),
    *("overrun_share", "coverage80", "growth", "index", "revision"),
}


def empty(name: str) -> pd.DataFrame:
    """Return a table of the contract without rows."""
    import pandas as pd

    return pd.DataFrame(
        {c: pd.Series(dtype="str" if c in TEXT else "float64") for c in TABLES[name]}
    )


def checked(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in the contract's column order with compact types.

    Raises:
        ProjectionError: columns are missing, or a number is infinite.
    """
    missing = [c for c in TABLES[name] if c not in frame.columns]
    if missing:
        raise ProjectionError(f"table {name} of the bundle lacks: {', '.join(missing)}")
    frame = frame[list(TABLES[name])].reset_index(drop=True)
    for column in frame.columns:
        if column in TEXT:
            frame[column] = frame[column].astype("category")
            continue
        numbers = frame[column].astype("float64")
        if np.isinf(numbers.to_numpy()).any():
            raise ProjectionError(f"table {name} of the bundle: {column} holds an infinite number")
        frame[column] = numbers
    return frame
