"""How often a model's intervals held what came, and its other scores, as reports tell of them."""

from __future__ import annotations

from collections.abc import Mapping

from forecast.costs import mapping
from forecast.reporting import kept
from forecast.reporting.document import Number
from forecast.reporting.view import View
from forecast.sections import _common

Tries = Mapping[float, tuple[Number, Number]]
OWN = "municipality"  # the level under which scores of a model's own series stand
PROMISED = kept.PROMISED
ALL = 0.0  # the horizon under which scores of all of them together stand
MOST = 3  # distances that are told one by one; of more, the nearest and the farthest


def score(view: View, model: str, metric: str, horizon: float, column: str = "value") -> Number:
    """Return a score of the combination at the area's level, over all sizes of series."""
    rows = view.slice("accuracy")
    keys = {"model": model, "method": "combination", "metric": metric, "horizon": horizon}
    for size in ("all", ""):
        found = {**keys, "level": level(view, model), "size_class": size}
        row = rows.rows.get(tuple(found[name] for name in rows.names))
        if row is not None:
            return view.row(rows, row, column)
    return Number(float("nan"))


def level(view: View, model: str) -> str:
    """Return the level whose scores speak for an area: its own, else that of the model's series.

    Scores of a model's own series stand under `municipality`, whatever they are counted for.
    """
    return view.level if view.level in view.slice("accuracy").values("level", model=model) else OWN


def name(view: View, model: str, *more: str) -> str:
    """Return a model's title, whose scores it has where not the area's level's, and more."""
    found = level(view, model)
    shown = view.store.own_level(model) if found == OWN else found
    whose = [] if shown == view.level else [view.words.text(f"level.{shown}")]
    said = ", ".join([*whose, *more])
    return f"{view.model_name(model)} ({said})" if said else view.model_name(model)


def side(view: View, model: str) -> str:
    """Return whether a model's 80 % intervals have been too `narrow`, too `wide`, or neither ("").

    They are too narrow where they held too seldom at some distance, or over all of them.
    """
    tries = _tries(view, model)
    return "narrow" if narrow(tries) else _side(tries, ALL)


def told(view: View, model: str) -> str:
    """Return how often a model's 80 % intervals held, and at which distances too seldom."""
    return tell(view, model, _tries(view, model))


def tell(view: View, model: str, tries: Tries) -> str:
    """Return how often 80 % intervals held over all distances, and at which too seldom."""
    words, parts = view.words, list[str]()
    far = [h for h in narrow(tries) if h != ALL]
    shown = far if len(far) <= MOST else [far[0], far[-1]]
    for h in (ALL, *shown):
        share, count = tries.get(h, (Number(float("nan")), Number(float("nan"))))
        if share.given:
            held = words.text("coverage.held", share=share, n=count)
            where = _common.ahead(view, model, f"{h:g}") if h else words.text("coverage.all")
            parts.append(words.text("coverage.at", held=held, where=where))
    return words.listing(parts)


def narrow(tries: Tries) -> list[float]:
    """Return the distances (`ALL`: over all of them) at which intervals held too seldom."""
    return [h for h in sorted(tries) if _side(tries, h) == "narrow"]


def note(view: View, model: str) -> tuple[str, ...]:
    """Return the note that belongs below intervals which are known to be too narrow."""
    if side(view, model) != "narrow":
        return ()
    return (view.words.text("coverage.too_narrow", held=told(view, model)),)


def of_cost(view: View) -> tuple[str, ...]:
    """Return the note that belongs below bounds of cost whose forecasts held too seldom."""
    found = [name(view, m, told(view, m)) for m in _paid(view) if side(view, m) == "narrow"]
    return (view.words.text("coverage.of_cost", models="; ".join(found)),) if found else ()


def _paid(view: View) -> list[str]:
    """Return the models that cost is worked out from: of unit costs, and of paid services."""
    services = {s for function in mapping.table().values() for s in function.services}
    rows = view.slice("demand")
    return [
        model
        for model, entry in view.meta["models"].items()
        if entry["measure"] == "unit_cost" or services & set(rows.values("service", model=model))
    ]


def _side(tries: Tries, horizon: float) -> str:
    if horizon not in tries:
        return ""
    share, count = (n.value if n.given else float("nan") for n in tries[horizon])
    return kept.side(share, count)


def _tries(view: View, model: str) -> Tries:
    """Return how often the intervals held, and of how many, by distance."""
    steps = {float(h) for h in view.slice("accuracy").values("horizon", model=model)}
    return {
        h: (score(view, model, "coverage80", h), score(view, model, "coverage80", h, "n"))
        for h in sorted({ALL, *steps})
    }
