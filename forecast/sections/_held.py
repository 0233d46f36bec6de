"""How often a model's intervals held what came, and its other scores, as reports tell of them."""

from __future__ import annotations

from forecast.reporting.document import Number
from forecast.reporting.view import View

OWN = "municipality"  # the level under which scores of a model's own series stand
ALL = 0.0  # the horizon under which scores of all of them together stand
PROMISED = 0.8
CHANCE = 0.05  # that an interval which keeps its promise held so seldom, or so often
MUCH = 0.1  # a share of times that an interval held, from what it promised


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

    Few tries hold any interval often or seldom by chance, so they say neither.
    """
    from scipy.special import bdtr

    number, tried = _counted(view, model)
    if not (number.given and tried.given):
        return ""
    share, n = number.value, int(tried.value)
    held = round(share * n)
    if share < PROMISED - MUCH and bdtr(held, n, PROMISED) < CHANCE:
        return "narrow"
    if share > PROMISED + MUCH and 1 - bdtr(held - 1, n, PROMISED) < CHANCE:
        return "wide"
    return ""


def told(view: View, model: str) -> str:
    """Return how often a model's 80 % intervals held, of how many."""
    share, tries = _counted(view, model)
    return view.words.text("coverage.held", share=share, n=tries)


def note(view: View, model: str) -> tuple[str, ...]:
    """Return the note that belongs below intervals which are known to be too narrow."""
    if side(view, model) != "narrow":
        return ()
    return (view.words.text("coverage.too_narrow", held=told(view, model)),)


def _counted(view: View, model: str) -> tuple[Number, Number]:
    share, tries = (score(view, model, "coverage80", ALL, c) for c in ("value", "n"))
    return share, tries
