"""A small made-up bundle with every table of the contract, for tests of what reads bundles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from forecast import areas
from forecast.bundle import QUANTILES, SHORT, Bundle
from forecast.draws import Draws

AREAS = {
    "101": "084",
    "183": "084",
    "253": "085",
    "461": "083",
    "751": "082",
    "825": "081",
    "851": "081",
}
REGIONS = ("081", "082", "083", "084", "085")
FUNCTIONS = {
    "5.28.20": ("placement",),
    "5.28.22": ("placement",),
    "5.38.38": ("s85_home", "s85a"),
    "5.38.50": ("s108",),
    "5.38.52": ("s107",),
    "5.38.59": ("s104",),
}
UNIT_COST = {"5.28.20": 950, "5.28.22": 480, "5.38.38": 130, "5.38.50": 1050}
POPULATION = {
    **{"101": 660e3, "183": 24e3, "253": 53e3, "461": 208e3},
    **{"751": 370e3, "825": 1.7e3, "851": 224e3},
}
PER_THOUSAND = {
    **{"placement": 2.4, "s85_home": 8.0, "s85a": 0.5},
    **{"s107": 1.6, "s108": 1.1, "s104": 2.0},
}
ACCOUNTS_YEAR, YEARS = 2024, (2025, 2026, 2027, 2028, 2029, 2030)
PAST = tuple(range(2018, 2025))
TERMS = ("population", "age_mix", "rate", "service_mix", "unit_cost", "price", "refund")


WITHOUT_COST: dict[str, Any] = {
    "last_accounts_year": None,
    "price_level": None,
    "price_vintage": "",
    "functions": {},
}


def bundle(*, cost: bool = True, synthetic: bool = True, size: int = 60, seed: int = 1) -> Bundle:
    """Return a bundle of seven municipalities, their regions and the nation.

    Not real and not modelled: levels of the right size and paths with noise, that add up.
    """
    rng = np.random.default_rng(seed)
    demand = _demand(rng, size)
    frames = {
        "history": _history(rng),
        "demand": _demand_table(demand),
        "population": _people(),
        "accuracy": _accuracy(),
        "backtest": _backtest(rng),
        "weights": pd.DataFrame(
            [("recipients_adults", "1", m, w) for m, w in (("naive", 0.4), ("pooled_rate", 0.6))],
            columns=["model", "band", "method", "weight"],
        ),
    }
    futures = {"demand.recipients_adults": demand}
    if cost:
        gross, refund = _money(rng, demand)
        frames |= _cost_tables(gross, refund)
        futures |= {"cost.gross": gross, "cost.refund": refund}
    told = meta(cost=cost, synthetic=synthetic, size=size)
    return Bundle(meta=told if cost else told | WITHOUT_COST, frames=frames, futures=futures)


def meta(*, cost: bool, synthetic: bool, size: int) -> dict[str, Any]:
    """Return metadata with every key that a bundle always has."""
    vintage = {
        **{"dataset": "hand01", "id": "hand01-2025-06-20-0a1b2c3d", "title": "Voksne, helårs"},
        "publisher": "synthetic demonstration" if synthetic else "Danmarks Statistik",
        **{"licence": "CC0", "published": "2025-06-20"},
        **{"retrieved": "2026-05-01", "sha256": "0" * 64, "synthetic": synthetic},
        **{"rows": 1000, "real_time": True, "origin": "embedded"},
    }
    models = {
        name: {
            **{"version": 1, "run_id": "0" * 32, "sha256": "0" * 64, "origin": "embedded"},
            "data": "hand01",
            **{"vintages": [vintage["id"]], "synthetic": synthetic, "measure": measure},
            **{"title_da": da, "title_en": en, "last": "2024Q4", "frequency": "Q"},
        }
        for name, measure, da, en in (
            ("recipients_adults", "full_year_services", "Voksne modtagere", "Adult recipients"),
            ("unit_costs", "unit_cost", "Enhedsudgifter", "Unit costs"),
        )
    }
    return {
        **{"title": "Budget 2027", "budget_year": 2027, "last_accounts_year": ACCOUNTS_YEAR},
        **{"years": list(YEARS), "price_level": 2027, "price_vintage": "2026-03-15"},
        **{"last_data": {"recipients_adults": "2024Q4"}, "seed": 1, "draws": size},
        **{"models": models, "missing_models": [], "vintages": [vintage], "adjustments": []},
        **{"synthetic": synthetic, "synthetic_inputs": ["hand01"] if synthetic else []},
        **{"software": {"social-forecast": "0.1.0"}, "cost_included": cost},
        "cost_reason": None
        if cost
        else {"code": "no_accounts", "params": {}, "text": "cost is left out: no accounts"},
        **{"known_at": "2026-05-01", "today": "2026-05-01", "breaks": []},
        "notes": [{"code": "refund_left_out", "params": {"years": [2028, 2029, 2030]}}],
        "areas": {
            **{"000": "Hele landet", "101": "København", "183": "Ishøj", "253": "Greve"},
            **{"461": "Odense", "751": "Aarhus", "825": "Læsø", "851": "Aalborg"},
            **{r: f"Region {r}" for r in REGIONS},
        },
        "services": {s: {"da": f"Ydelse {s}", "en": f"Service {s}"} for s in PER_THOUSAND},
        "functions": {
            f: {
                **{"da": f"Konto {f}", "en": f"Account {f}", "serviceramme": True},
                **{"group": "children" if f.startswith("5.28") else "adults"},
                "services": list(services),
            }
            for f, services in FUNCTIONS.items()
        },
    }


def _demand(rng: np.random.Generator, size: int) -> Draws:
    keys = pd.DataFrame(
        [(a, s, "") for a in AREAS for s in PER_THOUSAND], columns=["area", "service", "age"]
    ).astype("str")
    start = np.array([POPULATION[a] / 1000 * PER_THOUSAND[s] for a in AREAS for s in PER_THOUSAND])
    noise = rng.normal(0.012, 0.02, (len(keys), len(YEARS), size))
    values = start[:, None, None] * np.exp(np.cumsum(noise, axis=1))
    years = tuple(str(y) for y in YEARS)
    return Draws(values, keys, years, "full_year_services", ("area", "service"))


def _history(rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for area, people in POPULATION.items():
        for service, rate in PER_THOUSAND.items():
            level = people / 1000 * rate
            for year in PAST:
                value = level * np.exp(0.012 * (year - PAST[-1]) + rng.normal(0, 0.01))
                rows.append(
                    (
                        "full_year_services",
                        "recipients_adults",
                        area,
                        service,
                        "",
                        str(year),
                        value,
                        "observed",
                    )
                )
    frame = pd.DataFrame(
        rows, columns=["measure", "model", "area", "service", "age", "period", "value", "status"]
    )
    return pd.concat([frame, *_sums(frame, "value")], ignore_index=True)


def _sums(frame: pd.DataFrame, value: str) -> list[pd.DataFrame]:
    by = [c for c in frame.columns if c not in ("area", value)]
    nation = frame.groupby(by, dropna=False, as_index=False)[value].sum().assign(area="000")
    regional = frame.assign(area=frame["area"].map(AREAS))
    regions = regional.groupby(["area", *by], dropna=False, as_index=False)[value].sum()
    return [regions[frame.columns], nation[frame.columns]]


def everywhere(draws: Draws) -> Draws:
    """Return municipalities, regions and nation of draws that have an area key."""
    others = [c for c in draws.keys.columns if c != "area"]
    parts = [draws]
    for area in (draws.keys["area"].map(AREAS), pd.Series("000", index=draws.keys.index)):
        keys = draws.keys.assign(area=area.astype("str"))
        moved = Draws(draws.values, keys, draws.periods, draws.measure, tuple(keys.columns))
        parts.append(moved.sum(["area", *others]))
    keys = pd.concat([p.keys for p in parts], ignore_index=True)
    values = np.concatenate([p.values for p in parts])
    return Draws(values, keys, draws.periods, draws.measure, draws.additive)


def long(draws: Draws, period: str, levels: tuple[float, ...]) -> pd.DataFrame:
    """Return quantiles and mean of draws as rows."""
    table = np.concatenate([draws.quantile(levels), draws.mean()[:, :, None]], axis=2)
    n, h, q = table.shape
    rows = draws.keys.loc[draws.keys.index.repeat(h * q)].reset_index(drop=True)
    rows[period] = np.tile(np.repeat(np.array(draws.periods), q), n)
    rows["quantile"] = np.tile(np.array([*levels, np.nan]), n * h)
    rows["value"] = table.reshape(-1)
    return rows


def _demand_table(demand: Draws) -> pd.DataFrame:
    rows = long(everywhere(demand), "period", QUANTILES).assign(series="forecast")
    flat = rows[rows["quantile"].isna()].assign(series="demographic")
    flat["value"] *= 0.97
    frame = pd.concat([rows, flat], ignore_index=True)
    return frame.assign(measure="full_year_services", model="recipients_adults")


def _money(rng: np.random.Generator, demand: Draws) -> tuple[Draws, Draws]:
    keys, gross = [], []
    for area in AREAS:
        for function, services in FUNCTIONS.items():
            mask = (demand.keys["area"] == area) & demand.keys["service"].isin(services)
            users = demand.values[mask.to_numpy()].sum(axis=0)
            price = 1.03 ** np.arange(1, len(YEARS) + 1)[:, None]
            drift = np.exp(np.cumsum(rng.normal(0.005, 0.02, users.shape), axis=0))
            keys.append((area, function))
            gross.append(users * UNIT_COST.get(function, 300) * price * drift)
    frame = pd.DataFrame(keys, columns=["area", "function"]).astype("str")
    values = np.array(gross)
    years = demand.periods
    whole = Draws(values, frame, years, "expenditure", ("area", "function"))
    return whole, whole.scale(0.04)


def _cost_tables(gross: Draws, refund: Draws) -> dict[str, pd.DataFrame]:
    net = gross.scale(1 - 0.04)
    parts = {"gross": gross, "refund": refund, "net": net}
    parts |= {"expenses": gross.scale(1.2), "income": gross.scale(0.2)}
    cost, levels = [], {}
    for component, draws in parts.items():
        whole = draws.sum(["area"])
        whole = Draws(
            whole.values, whole.keys.assign(function=""), draws.periods, "", ("area", "function")
        )
        both = [everywhere(draws), everywhere(whole)]
        levels[component] = both
        for some in both:
            rows = long(some, "year", QUANTILES)
            cost.append(_prices(rows.assign(component=component)))
    table = pd.concat(cost, ignore_index=True)
    net_rows = [long(some, "year", SHORT) for some in levels["net"]]
    return {
        "cost": pd.concat([table, _by_service(table)], ignore_index=True),
        "bridge": _bridge(pd.concat(net_rows, ignore_index=True)),
        "ledger": _ledger(table),
        "bias": _bias(table),
        "misses": _misses(),
        "cases": _cases(),
        "frame": _frame(),
        "groups": _groups(levels["net"][1]),
        "peers": _peers(),
        "comparison": _comparison(),
        "volumes": _volumes(table),
        "thresholds": pd.DataFrame(
            [
                ("sel176", "adults", str(y), i, t, r, "observed", "made up")
                for y in (2024, 2025)
                for i, t, r in ((1, 860.0, 0.25), (2, 1680.0, 0.5), (3, 2120.0, 0.75))
            ],
            columns=["law", "group", "year", "step", "threshold", "rate", "status", "source"],
        ),
        "prices": pd.DataFrame(
            [
                (str(y), "total", 3.0, 1.03 ** (y - 2027), "2026-03-15", 0.2)
                for y in range(2018, 2031)
            ],
            columns=["year", "kind", "growth", "index", "vintage", "revision"],
        ),
    }


def _by_service(cost: pd.DataFrame) -> pd.DataFrame:
    """Return the mean costs of services: a function's, the first of several taking most."""
    mean = cost[(cost["series"] == "forecast") & cost["quantile"].isna()]
    parts = []
    for function, services in FUNCTIONS.items():
        rows = mean[mean["function"] == function]
        shares = (1.0,) if len(services) == 1 else (0.9, 0.1)
        for service, share in zip(services, shares, strict=True):
            parts.append(rows.assign(service=service, value=rows["value"] * share))
    return pd.concat(parts, ignore_index=True)


def _prices(rows: pd.DataFrame) -> pd.DataFrame:
    mean = rows["quantile"].isna()
    history = rows[mean & (rows["year"] == str(YEARS[0]))]
    parts = [rows.assign(series="forecast"), rows[mean].assign(series="demographic")]
    for year in PAST:
        old = history.assign(year=str(year), series="accounts")
        old["value"] = history["value"] * 1.045 ** (year - YEARS[0])
        parts.append(old)
    for year in (2024, 2025, 2026):
        plan = history.assign(year=str(year), series="budget")
        plan["value"] = history["value"] * 0.97 * 1.045 ** (year - YEARS[0])
        parts.append(plan)
    current = pd.concat(parts, ignore_index=True)
    fixed = current.copy()
    fixed["value"] /= 1.03 ** (fixed["year"].astype(int) - 2027)
    both = pd.concat([current.assign(price="current"), fixed.assign(price="fixed")])
    return both.assign(service="").reset_index(drop=True)


def _bridge(net: pd.DataFrame) -> pd.DataFrame:
    share = {"population": 0.15, "age_mix": 0.05, "rate": 0.2, "service_mix": 0.05}
    share |= {"unit_cost": 0.15, "price": 0.45, "refund": -0.05}
    mean = net["quantile"].isna()
    start = (
        net[mean & (net["year"] == str(YEARS[0]))].set_index(["area", "function"])["value"] / 1.03
    )
    index = pd.MultiIndex.from_frame(net[["area", "function"]])
    begin = start.reindex(index).to_numpy()
    change = net["value"].to_numpy() - begin
    parts = [net.assign(term=term, value=change * part) for term, part in share.items()]
    parts += [net.assign(term="change", value=change), net.assign(term="end")]
    parts += [net.assign(term="start", value=begin)]
    return pd.concat(parts, ignore_index=True).assign(service="")


def _ledger(cost: pd.DataFrame) -> pd.DataFrame:
    rows = cost[(cost["component"] == "net") & (cost["price"] == "current")]
    parts = []
    for source, lag in (("accounts", 1), ("budget", -1), ("forecast", -1)):
        some = rows[rows["series"] == source]
        known = (some["year"].astype(int) + lag).astype(str) + "-04-15"
        parts.append(some.assign(source=source, vintage=source + "-1", known=known))
    return pd.concat(parts, ignore_index=True)


def _bias(cost: pd.DataFrame) -> pd.DataFrame:
    keys = cost[["area", "function"]].drop_duplicates()
    budget = keys.assign(
        source="budget",
        n=6,
        mean_percent=2.9,
        mean_absolute_percent=3.1,
        overrun_share=5 / 6,
        coverage80=np.nan,
    )
    forecast = keys.assign(
        source="forecast",
        n=3,
        mean_percent=0.4,
        mean_absolute_percent=1.8,
        overrun_share=2 / 3,
        coverage80=2 / 3,
    )
    return pd.concat([budget, forecast], ignore_index=True)


def _misses() -> pd.DataFrame:
    terms = {
        "population": 0.8,
        "rate": 2.5,
        "unit_cost": 4.0,
        "price": 1.2,
        "other": 0.0,
        "miss": 8.5,
    }
    rows = [
        (a, "", "2023", "2024", t, v * POPULATION.get(a, 5e5) / 1e4)
        for a in (*AREAS, *REGIONS, "000")
        for t, v in terms.items()
    ]
    return pd.DataFrame(rows, columns=["area", "function", "origin", "year", "term", "value"])


def _cases() -> pd.DataFrame:
    rows = []
    for area, people in POPULATION.items():
        for year in YEARS:
            for threshold, rate in ((1000, 0.9), (2000, 0.25), (5000, 0.03)):
                number = people / 1000 * rate
                for q in (*SHORT, np.nan):
                    spread = 1 + (0 if np.isnan(q) else (q - 0.5)) * 0.6 / np.sqrt(number + 0.2)
                    gross = number * threshold * 1.4 * max(spread, 0)
                    for item, value in (
                        ("number", number * max(spread, 0)),
                        ("gross", gross),
                        ("refund", gross * 0.2),
                        ("net", gross * 0.8),
                        ("marginal_net", threshold * 0.85),
                    ):
                        rows.append((area, "adults", str(year), threshold, item, q, value))
    return pd.DataFrame(
        rows, columns=["area", "group", "year", "threshold", "item", "quantile", "value"]
    )


def _frame() -> pd.DataFrame:
    rows = []
    total = sum(POPULATION.values())
    for area, people in {**POPULATION, "000": total}.items():
        lift = 3_400_000 * people / total
        values = {
            "pressure": lift * 1.1,
            "lift": lift,
            "gap": lift * 0.1,
            "backlog": lift * 0.9,
            "need": lift * 2.0,
            "probability": 0.62,
            "probability_need": 0.98,
            "sanction": lift * 0.1,
            "sanction_own": lift * 0.06,
            "sanction_shared": lift * 0.04,
        }
        for item, value in values.items():
            levels = (
                (np.nan,)
                if item in ("lift", "probability", "probability_need")
                else (*SHORT, np.nan)
            )
            for q in levels:
                shift = 0 if np.isnan(q) else (q - 0.5) * lift * 0.5
                rows.append((area, "2027", item, q, value + shift))
    return pd.DataFrame(rows, columns=["area", "year", "item", "quantile", "value"])


def _peers() -> pd.DataFrame:
    rows = []
    for area in AREAS:
        others = [a for a in AREAS if a != area][:4]
        rows += [
            (area, peer, i + 1, 0.2 * (i + 1), "size;children") for i, peer in enumerate(others)
        ]
    return pd.DataFrame(rows, columns=["area", "peer", "rank", "distance", "why"])


def _comparison() -> pd.DataFrame:
    rows = []
    for area in AREAS:
        for function, services in FUNCTIONS.items():
            for service in services:
                base = PER_THOUSAND[service]
                unit = UNIT_COST.get(function, 300)
                for item, v in (
                    ("users_per_1000", base),
                    ("unit_cost", unit),
                    ("cost_per_capita", base * unit),
                ):
                    rows.append((area, function, service, "2024", item, v, v * 1.05, v * 0.98))
    return pd.DataFrame(
        rows, columns=["area", "function", "service", "year", "item", "own", "peers", "nation"]
    )


def _groups(net: Draws) -> pd.DataFrame:
    """Net cost by group of municipalities, from the sums of draws over all functions."""
    group = {code: areas.get(code).group for code in AREAS}
    own = net.keys["area"].map(group)
    named = Draws(net.values[own.notna()], net.keys.loc[own.notna()].assign(area=own.dropna()),
                  net.periods, "", ("area", "function"))  # fmt: skip
    rows = long(named.sum(["area"]), "year", QUANTILES).rename(columns={"area": "group"})
    return rows.assign(price="fixed")


def _volumes(cost: pd.DataFrame) -> pd.DataFrame:
    years = cost[["year", "series"]].drop_duplicates()
    years = years[years["series"].isin(["accounts", "forecast"])]
    rows = []
    for area, people in {**POPULATION, "000": sum(POPULATION.values())}.items():
        for function, services in FUNCTIONS.items():
            for service in services:
                for year, series in years.itertuples(index=False):
                    growth = 1.01 ** (int(year) - ACCOUNTS_YEAR)
                    users = people / 1000 * PER_THOUSAND[service] * growth
                    unit = UNIT_COST.get(function, 300) * growth
                    levels = (*SHORT, np.nan) if series == "forecast" else (np.nan,)
                    for q in levels:
                        f = 1 if np.isnan(q) else 1 + (q - 0.5) * 0.1
                        for item, value in (
                            ("population", people),
                            ("rate", users / people * 1e3 * f),
                            ("recipients", users * f),
                            ("unit_cost", unit * f),
                            ("own_share", 0.7),
                        ):
                            rows.append((area, function, service, year, series, item, q, value))
    return pd.DataFrame(
        rows, columns=["area", "function", "service", "year", "series", "item", "quantile", "value"]
    )


def _people() -> pd.DataFrame:
    rows = [
        (area, "0-22", str(year), f"{year}Q1", "folk1a", people / 4)
        for area, people in {**POPULATION, "000": sum(POPULATION.values())}.items()
        for year in PAST
    ]
    return pd.DataFrame(rows, columns=["area", "age", "period", "quarter", "dataset", "value"])


def _accuracy() -> pd.DataFrame:
    rows = []
    for model in ("recipients_adults", "unit_costs"):
        for method in ("combination", "demographic", "naive"):
            for level in ("municipality", "region", "nation"):
                for horizon in range(7):  # 0: all of them together
                    for metric, v in (
                        ("mase", 0.9),
                        ("wape", 0.04),
                        ("bias", 0.01),
                        ("coverage80", 0.8),
                        ("skill_vs_benchmark", 0.08),
                    ):
                        rows.append(
                            (
                                model,
                                method,
                                level,
                                "",
                                horizon,
                                metric,
                                v * (1 + horizon / 30),
                                v * 0.95,
                                v * 1.1,
                                400,
                            )
                        )
    return pd.DataFrame(
        rows,
        columns=[
            "model",
            "method",
            "level",
            "size_class",
            "horizon",
            "metric",
            "value",
            "lower",
            "upper",
            "n",
        ],
    )


def _backtest(rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for area, people in POPULATION.items():
        for service, rate in PER_THOUSAND.items():
            for origin in (2021, 2022, 2023):
                for horizon in range(1, 2025 - origin):
                    level = people / 1000 * rate
                    actual = level * (1 + rng.normal(0, 0.03))
                    for q in (0.1, 0.5, 0.9, np.nan):
                        f = 1 if np.isnan(q) else 1 + (q - 0.5) * 0.08 * horizon
                        rows.append(
                            (
                                "recipients_adults",
                                area,
                                service,
                                "",
                                str(origin),
                                str(origin + horizon),
                                horizon,
                                "combination",
                                q,
                                level * f,
                                actual,
                            )
                        )
    return pd.DataFrame(
        rows,
        columns=[
            "model",
            "area",
            "service",
            "age",
            "origin",
            "period",
            "horizon",
            "method",
            "quantile",
            "value",
            "actual",
        ],
    )
