"""Provenance: what a projection was made of, in plain values for its bundle's metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from forecast import areas, quantiles, services, software, specs, vintages
from forecast.costs import mapping
from forecast.dataroom import breaks, checked
from forecast.projection import demand
from forecast.projection.prepared import REASONS

if TYPE_CHECKING:
    from forecast.costs.adjustments import Adjustment, AdjustmentFile
    from forecast.projection.demand import Loaded
    from forecast.projection.prepared import Prepared
    from forecast.vintages import Vintage
    from forecast.workspace import Workspace


def described(prepared: Prepared) -> dict[str, Any]:
    """Return a projection's metadata without making its tables."""
    meta = of(prepared, [])
    if prepared.costing is not None:
        used = prepared.costing.ledgers.used
        meta["vintages"] = vintages_of(used, meta["vintages"], asked_at(prepared))
    return meta


def of(prepared: Prepared, files: Sequence[AdjustmentFile]) -> dict[str, Any]:
    """Return the metadata of a projection, without what only its tables of cost know."""
    known = prepared.models.items()
    models = {name: _model(model, prepared.workspace) for name, model in sorted(known)}
    meta: dict[str, Any] = {
        **_span(prepared),
        **_run(prepared),
        "models": models,
        "missing_models": _missing(prepared),
        "vintages": _read(prepared, models),
        "adjustments": [_entry(a, f) for f in files for a in f.adjustment],
        "year_to_date": [asdict(b) for f in files for b in f.booked],
        "notes": _notes(prepared),
        "breaks": _breaks(prepared),
        "checks": checked.kept(prepared.workspace),
        **_names(prepared),
    }
    mark_synthetic(meta)
    return meta


def _span(prepared: Prepared) -> dict[str, Any]:
    """Return the years that are projected, what they start from, and whether they have a cost."""
    costing, year = prepared.costing, prepared.budget_year
    last = {n: d.model.trained.panel.periods[-1] for n, d in sorted(prepared.demands.items())}
    before = costing.state.base.year if costing else min(int(p[:4]) for p in last.values())
    return {
        "title": f"Budget {year}",
        "budget_year": year,
        "years": list(range(before + 1, year + 4)),
        "last_accounts_year": before if costing else None,
        "last_data": last,
        "price_level": year if costing else None,
        "price_vintage": costing.ledgers.prices.vintage if costing else "",
        "cost_included": costing is not None,
        "cost_reason": _reason(prepared.reason),
    }


def _run(prepared: Prepared) -> dict[str, Any]:
    """Return what the run was asked for and made with."""
    asked = prepared.asked
    return {
        "seed": prepared.seed,
        "draws": next(iter(prepared.demands.values())).native.size,
        "software": dict(software.describe()),
        "known_at": asked.get("known_at") or asked.get("today", ""),
        "today": asked.get("today", ""),
    }


def _read(prepared: Prepared, models: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the vintages that the models were trained on, as far as they are still stored.

    Those of the population that shares are of stand beside them.
    """
    stored = {vintage.id: vintage for vintage in vintages.listing(prepared.workspace)}
    used = {i for model in models.values() for i in model["vintages"]}
    trained_on = [stored[i] for i in sorted(used & set(stored))]
    return vintages_of([*trained_on, *prepared.people.used], [], asked_at(prepared))


def _names(prepared: Prepared) -> dict[str, Any]:
    """Return what areas, services and functions are called."""
    return {
        "areas": {code: areas.get(code).name for code in quantiles.everyone()},
        "services": _services(prepared),
        "functions": _functions(prepared),
    }


def _model(model: Loaded, workspace: Workspace) -> dict[str, Any]:
    sources = model.version.get("sources", [])
    title, data = _named(model.name, workspace)
    return {
        "data": data,
        **{key: model.version.get(key) for key in ("version", "run_id", "sha256")},
        "vintages": [str(source["id"]) for source in sources],
        "synthetic": any(bool(source["synthetic"]) for source in sources),
        "origin": "; ".join(sorted({str(s.get("origin", "")) for s in sources} - {""})),
        "measure": model.measure,
        "title_da": title["da"],
        "title_en": title["en"],
        "last": model.trained.panel.periods[-1],
        "frequency": model.trained.panel.frequency,
        "inherited": model.inherited,
    }


def _named(name: str, workspace: Workspace) -> tuple[dict[str, str], str]:
    """Return a model's title, and the dataset that it counts."""
    if name not in specs.paths("models", workspace):  # its file is gone, the version is not
        return {"da": name, "en": name}, ""
    spec = specs.model(name, workspace)
    return dict(spec.title), spec.data


def _missing(prepared: Prepared) -> list[dict[str, str]]:
    """Return the models that were not trained, and the services that are left out with each."""
    found = []
    uses = {
        (use.model, service)
        for function in mapping.table().values()
        for service, use in function.services.items()
    }
    wanted = {*specs.names("models", prepared.workspace), *(model for model, _ in uses)}
    for name in sorted(wanted - set(prepared.models)):
        lost = sorted(service for model, service in uses if model == name)
        found.append({"model": name, "leaves_out": ", ".join(lost)})
    return found


def _notes(prepared: Prepared) -> list[dict[str, Any]]:
    """Return what a reader must know of shares: of whom nobody knows how many they are."""
    missing = prepared.people.missing
    params = {"ages": list(missing), "reasons": list(missing.values())}
    return [{"code": "people_unknown", "params": params}] if missing else []


def asked_at(prepared: Prepared) -> str:
    """Return the date whose knowledge was asked for, "" for all there is."""
    return prepared.asked.get("known_at") or ""


def vintages_of(
    used: Sequence[Vintage], known: list[dict[str, Any]], known_at: str
) -> list[dict[str, Any]]:
    """Return what is recorded of each data vintage, those that are recorded already included.

    `real_time` says whether its figures are as they stood on the date asked for: the snapshot was
    taken by then, or its cells carry vintages of their own. Else they are later ones cut by date.
    """
    names = ("title", "publisher", "licence", "published", "retrieved", "sha256", "rows", "origin")
    found = {entry["id"]: entry for entry in known}
    for vintage in used:
        found[vintage.id] = {
            **{name: vintage.manifest.get(name, "") for name in names},
            "dataset": vintage.dataset,
            "id": vintage.id,
            "synthetic": vintage.synthetic,
            "real_time": vintage.stood(known_at),
        }
    return [found[key] for key in sorted(found)]


def mark_synthetic(meta: dict[str, Any]) -> None:
    """Say which inputs are made up; one of them makes the whole projection so."""
    made_up = {v["dataset"] for v in meta["vintages"] if v["synthetic"]}
    models = [m for m in meta["models"].values() if m["synthetic"]]
    meta["synthetic_inputs"] = sorted(made_up)
    meta["synthetic"] = bool(made_up or models)


def _entry(adjustment: Adjustment, file: AdjustmentFile) -> dict[str, Any]:
    entry = {k: v for k, v in asdict(adjustment).items() if v not in ("", 0.0, 0)}
    entry["author"] = adjustment.author or file.author
    codes = adjustment.codes()
    entry["municipalities"] = codes
    known = [areas.find(text).code for text in adjustment.area.split(",")]
    entry["area"] = ",".join(known)
    entry["certain"] = adjustment.probability == 1 and adjustment.uncertain == 0
    entry["effect"] = _effect(adjustment)
    entry["file"] = file.title
    return entry


def _effect(adjustment: Adjustment) -> str:
    """Return what it does, in figures that need no language."""
    if adjustment.amount:
        return f"{adjustment.amount:,.0f} (1.000 DKK, {adjustment.price_level})"
    if adjustment.move:
        return f"{adjustment.service} → {adjustment.to}: {adjustment.move:.1%}"
    if adjustment.estimate:
        return adjustment.estimate
    what = adjustment.service or adjustment.function
    return f"{what} {adjustment.change:+.1%}".strip()


def _reason(code: str) -> dict[str, Any] | None:
    return {"code": code, "params": {}, "text": REASONS[code]} if code else None


def _breaks(prepared: Prepared) -> list[dict[str, Any]]:
    """Return the known breaks of the data behind the models, by model."""
    found = []
    for name, model in sorted(prepared.models.items()):
        known = specs.paths("models", prepared.workspace)
        dataset = specs.model(name, prepared.workspace).data if name in known else ""
        found += [entry.record(name, model.measure) for entry in breaks.of(dataset)]
    return found


def _services(prepared: Prepared) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for futures in prepared.demands.values():
        found |= demand.titles(futures.native.keys)
    for code in services.table():
        titles = {"da": services.title(code, "da"), "en": services.title(code, "en")}
        found.setdefault(code, titles)
    return found


def _functions(prepared: Prepared) -> dict[str, dict[str, Any]]:
    if prepared.costing is None:
        return {}
    state = prepared.costing.state
    return {
        code: {
            "da": function.da,
            "en": function.en,
            "serviceramme": function.serviceramme,
            "group": function.group,
            "services": list(state.base.uses(function)),
        }
        for code, function in state.functions().items()
    }
