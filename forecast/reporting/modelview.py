"""A model version seen as a bundle: its tables and record, for the model report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from forecast import areas, registry, reporting, services, specs, vintages
from forecast.bundle import Bundle, checked
from forecast.dataroom import breaks
from forecast.reporting.document import Report
from forecast.versions import comparison, monitoring

if TYPE_CHECKING:
    import pandas as pd

    from forecast.registry import VersionInfo
    from forecast.workspace import Workspace

_KEYS = ("service", "age")


def report(workspace: Workspace, info: VersionInfo, language: str, today: str) -> Report:
    """Return the model report of a version, with its challenger and with figures come since.

    Raises:
        RegistryError: the version's tables or files are not those that were registered.
    """
    extra = {
        "spec": specs.model(info.model, workspace),
        **rivals(workspace, info.model),
        "drift": monitoring.monitor(workspace, info),
        "drivers": registry.table(workspace, info, "drivers"),
        "left_out": registry.table(workspace, info, "left_out"),
        "jumps": registry.table(workspace, info, "breaks"),
        "titles": {n: specs.model(n, workspace).title for n in specs.names("models", workspace)},
    }
    spec = reporting.spec("model", workspace)
    sources = reporting.sources(of(workspace, info, today), spec.threshold, extra=extra)
    return reporting.build(spec, sources, areas.NATION, language)


def rivals(workspace: Workspace, model: str) -> dict[str, Any]:
    """Return how champion and challenger compare; where they share no past, which two they are."""
    found = {alias: info for info in registry.versions(workspace, model) for alias in info.aliases}
    champion, challenger = (found.get(a) for a in (registry.CHAMPION, registry.CHALLENGER))
    if champion is None or challenger is None or champion.version == challenger.version:
        return {}
    try:
        return {"comparison": comparison.compare(workspace, champion, challenger)}
    except comparison.NothingSharedError:
        return {"apart": (champion, challenger)}


def of(workspace: Workspace, info: VersionInfo, today: str = "") -> Bundle:
    """Return a registered version's scores, backtest, weights, history and forecast as a bundle.

    Args:
        workspace: where the version is registered.
        info: the version.
        today: date that the report states.

    Raises:
        RegistryError: the version's tables are not those that were registered.
    """
    spec = specs.model(info.model, workspace)
    named = {"model": info.model, "measure": spec.measure}
    tables = {
        name: registry.table(workspace, info, name)
        for name in ("scores", "weights", "backtest", "forecast", "history", "shrinkage")
    }
    history = tables["history"].assign(status="observed", **named)
    demand = tables["forecast"].assign(series="forecast", **named)
    frames = {
        "accuracy": checked("accuracy", tables["scores"].assign(**named)),
        "weights": checked("weights", tables["weights"].assign(**named)),
        "backtest": checked("backtest", _keyed(tables["backtest"].assign(**named))),
        "history": checked("history", _keyed(history[history["value"].notna()])),
        "demand": checked("demand", _keyed(demand)),
    }
    return Bundle(meta=_meta(workspace, info, spec, today), frames=frames)


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which every key column is there, empty where the model has none.

    The series of unit costs are named by their account function, as in a projection: their
    protection goes by it.
    """
    if "function" in frame.columns and "service" not in frame.columns:
        frame = frame.assign(service=frame["function"])
    missing = {name: "" for name in ("area", *_KEYS) if name not in frame.columns}
    return frame.assign(**missing)


def _meta(
    workspace: Workspace, info: VersionInfo, spec: specs.ModelSpec, today: str
) -> dict[str, Any]:
    tags = info.tags
    year = int((tags.get("known_at") or today or tags.get("when", "2000"))[:4]) + 1
    used = tags.get("vintages", "").split()
    own: dict[str, Any] = {
        **{"version": info.version, "run_id": info.run_id, "sha256": info.sha256},
        **{"title_da": spec.title["da"], "title_en": spec.title["en"]},
        **{"measure": spec.measure, "last": tags.get("last_period", "")},
        **{"synthetic": tags.get("synthetic") == "true"},
        "vintages": used,
    }
    sources = [_vintage(workspace, name) for name in used]
    return {
        **{"id": f"{info.reference}-{info.sha256[:8]}", "budget_year": year, "years": []},
        **{"today": today or tags.get("when", ""), "known_at": tags.get("known_at") or today},
        **{"models": {spec.name: own}, "vintages": sources, "adjustments": [], "notes": []},
        **{"synthetic": own["synthetic"], "cost_included": False, "cost_reason": None},
        "synthetic_inputs": [v["dataset"] for v in sources if v["synthetic"]],
        **{"price_level": year, "price_vintage": "", "seed": tags.get("seed", ""), "draws": ""},
        **{"software": {"code": tags.get("code", "")[:12]}},
        "breaks": [entry.record(spec.name, spec.measure) for entry in breaks.of(spec.data)],
        "last_accounts_year": year - 2,
        "areas": {a.code: a.name for a in map(areas.get, _codes())},
        "services": {s: {x: services.title(s, x) for x in ("da", "en")} for s in services.table()},
        "functions": {},
    }


def _codes() -> list[str]:
    return [areas.NATION, *areas.regions(), *areas.municipalities()]


def _vintage(workspace: Workspace, name: str) -> dict[str, Any]:
    manifest = vintages.get(workspace, name).manifest
    kept = ("title", "publisher", "licence", "published", "rows")
    return {
        **{key: manifest.get(key, "") for key in kept},
        **{"id": name, "dataset": name.rsplit("-", 4)[0]},
        "synthetic": bool(manifest.get("synthetic")),
    }
