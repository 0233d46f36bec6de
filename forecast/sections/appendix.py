"""The appendix: the method in plain words, how accurate it was, and which versions were used."""

from __future__ import annotations

from forecast import periods
from forecast.reporting import danish
from forecast.reporting.document import Block, Column, Figure, Row, Section, Shown, Table
from forecast.reporting.figures.coverage import Coverage, Mark
from forecast.reporting.view import View
from forecast.sections import _common, _held

PROGRAM = "social-forecast"
POPULATION = "frkm"
METRICS = (
    ("wape", "pct1"), ("bias", "pctch"), ("mase", "two"), ("skill_vs_benchmark", "pctch"),
    ("coverage80", "pct"),
)  # fmt: skip


def build(view: View) -> Section:
    """Return method, accuracy and coverage from backtests, and model versions with hashes."""
    words = view.words
    said = "synthetic" if view.meta["synthetic"] else "real"
    used = {i for model in view.meta["models"].values() for i in model["vintages"]}
    counts = any(v["dataset"] == POPULATION and v["id"] in used for v in view.meta["vintages"])
    blocks: list[Block] = [*_common.of_the_new(view)]
    blocks += [words.say(f"appendix.{'counts' if counts else 'shares'}")]
    blocks += [words.say("appendix.pooled")]
    blocks += [words.say("appendix.cost")] if view.meta["cost_included"] else []
    blocks += [words.say(f"appendix.{said}")]
    blocks += [*_accuracy(view), *_coverage(view), _versions(view)]
    return Section("appendix", words.text("appendix.title"), tuple(blocks))


def _software(view: View) -> str:
    """Return the program and its parts by version; the revision and the code's digest begin."""
    words, known = view.words, {k: v for k, v in view.meta["software"].items() if v}
    clean = known.pop("clean", "")
    revision, code = known.pop("revision", ""), known.pop("code", "")
    own = [f"{PROGRAM} {version}"] if (version := known.pop(PROGRAM, "")) else []
    if revision:
        key = "versions.revision" if clean == "true" else "versions.revision_changed"
        own.append(words.text(key, revision=revision[:12]))
    own += [words.text("versions.code", code=code[:12])] if code else []
    return ", ".join([*own, *(f"{k} {v}" for k, v in sorted(known.items()))])


def _accuracy(view: View) -> list[Table]:
    words = view.words
    columns = (
        Column(words.text("accuracy.model")),
        Column(words.text("accuracy.horizon")),
        *(Column(words.text(f"accuracy.{m}"), form) for m, form in METRICS),
        Column(words.text("accuracy.n"), "int"),
    )
    rows = []
    for model in view.meta["models"]:
        for horizon in _chosen(horizons(view, model)):
            scores = [Shown(_held.score(view, model, m, horizon), f) for m, f in METRICS]
            if any(s.number.given for s in scores):
                far = _common.ahead(view, model, f"{horizon:g}")
                count = _held.score(view, model, METRICS[0][0], horizon, "n")
                rows.append(Row((_held.name(view, model), far, *scores, count)))
    caption = words.text("accuracy.table", level=words.text(f"level.{view.level}"))
    notes = (*_common.explained(view, [m for m, _ in METRICS]), *_beyond(view), *_untried(view))
    return [Table("accuracy", caption, columns, tuple(rows), notes)] if rows else []


def _untried(view: View) -> tuple[str, ...]:
    """Return a note on models whose past is too short for any forecast to have been tried."""
    names = [view.model_name(m) for m in view.meta["models"] if not horizons(view, m)]
    return (view.words.text("accuracy.untried", models=view.words.listing(names)),) if names else ()


def _beyond(view: View) -> tuple[str, ...]:
    """Return a note where a forecast reaches farther ahead than its model could be tried."""
    farthest = {m: horizons(view, m)[-1:] for m in view.meta["models"]}
    beyond = any(tried and _reach(view, m) > tried[0] for m, tried in farthest.items())
    return (view.words.text("accuracy.beyond"),) if beyond else ()


def _reach(view: View, model: str) -> int:
    """Return how many of its own periods ahead a model's forecast reaches; 0 where none is here."""
    years = view.slice("demand").values("period", model=model, series="forecast")
    last = str(view.meta["models"][model].get("last", ""))
    if not years or not last:
        return 0
    end = max(map(str, years))
    return periods.ordinal(f"{end}Q4" if "Q" in last else end) - periods.ordinal(last)


def horizons(view: View, model: str) -> list[float]:
    """Return the horizons that a model was tried at; 0 stands for all together."""
    found = set(view.slice("accuracy").values("horizon", model=model))
    return sorted(h for h in found if h)


def _chosen(some: list[float]) -> list[float]:
    """Return the first, the middle and the last horizon."""
    return sorted({some[0], some[len(some) // 2], some[-1]}) if some else []


def _coverage(view: View) -> list[Block]:
    words = view.words
    marks = []
    for model in view.meta["models"]:
        for horizon in horizons(view, model)[-1:]:
            numbers = [_held.score(view, model, "coverage80", horizon, c)
                       for c in ("value", "lower", "upper")]  # fmt: skip
            if numbers[0].given:
                value = numbers[0].value
                low, high = (n.value if n.given else value for n in numbers[1:])
                name = _held.name(view, model, _common.ahead(view, model, f"{horizon:g}"))
                marks.append(Mark(name, _held.PROMISED, value, max(low, 0.0), min(high, 1.0)))
    if not marks:
        return []
    caption = words.text("coverage.figure")
    shares = "; ".join(f"{m.name}: {words.show(m.share, 'pct')}" for m in marks)
    data = Coverage(tuple(marks), words.language, words.text("coverage.axis"))
    figure = Figure("coverage", "coverage", data, caption, f"{caption} {shares}.", "accuracy")
    return [figure, *_kept(view)]


def _kept(view: View) -> list[Block]:
    """Say whose intervals held much less, or much more, often than they promise, beyond chance."""
    words = view.words
    found: dict[str, list[str]] = {"narrow": [], "wide": []}
    for model in view.meta["models"]:
        if key := _held.side(view, model):
            found[key].append(_held.name(view, model, _held.told(view, model)))
    return [
        words.say(f"coverage.{key}", "note", models=words.listing(names))
        for key, names in found.items()
        if names
    ]


def _versions(view: View) -> Table:
    words = view.words
    heads = ("model", "version", "last", "run", "hash")
    columns = tuple(Column(words.text(f"versions.{h}")) for h in heads)
    rows = tuple(
        Row(
            (
                view.model_name(name),
                f"{name}@{entry['version']}",  # as commands take it
                danish.period(str(entry.get("last", "")), words.language),
                str(entry["run_id"])[:12],
                str(entry["sha256"])[:16],
            )
        )
        for name, entry in view.meta["models"].items()
    )
    draws = danish.number(float(view.meta["draws"]), 0, words.language)
    note = words.text("versions.note", seed=str(view.meta["seed"]), draws=draws,
                      software=_software(view), id=view.bundle.id)  # fmt: skip
    return Table("versions", words.text("versions.table"), columns, rows, (note,))
