"""Backtests: scores by method, level and size, coverage by horizon, largest misses, residuals."""

from __future__ import annotations

from typing import Any

from forecast import areas
from forecast.reporting import danish
from forecast.reporting.document import (
    Block,
    Cell,
    Column,
    Figure,
    Number,
    Row,
    Section,
    Shown,
    Table,
)
from forecast.reporting.figures.coverage import Coverage, Mark
from forecast.reporting.figures.lines import Line, Lines
from forecast.reporting.view import View
from forecast.sections import _common, _misses, _series

METRICS = (
    ("wape", "pct1"), ("mase", "two"), ("bias", "pctch"), ("skill_vs_benchmark", "pctch"),
    ("coverage50", "pct"), ("coverage80", "pct"), ("coverage95", "pct"),
)  # fmt: skip
LEVELS = ("municipality", "region", "nation")
SIZES = ("all", "small", "medium", "large")


def build(view: View) -> Section | None:
    """Return tables and figures of what a model did on years that it had not seen."""
    scores = Scores(view)
    if not scores.found:
        return None
    words = view.words
    blocks: list[Block] = [words.say("backtest.intro")]
    blocks += [words.say("appendix.synthetic", "warning")] if view.meta["synthetic"] else []
    blocks += [_levels(view, scores), _methods(view, scores), *_horizons(view, scores)]
    blocks += [*_coverage(view, scores), *_largest(view)]
    return Section("backtest", words.text("backtest.title"), tuple(blocks))


class Scores:
    """The scores of the one model of a view, by method, level, size, horizon and metric."""

    def __init__(self, view: View) -> None:
        """Read the model's rows."""
        self._view, self._rows = view, view.slice("accuracy")
        self.found = list(self._rows.select(model=next(iter(view.meta["models"]))))
        self._at: dict[tuple[Any, ...], int] = {
            (k["method"], k["level"], k["size_class"] or "all", float(k["horizon"]), k["metric"]): r
            for k, r in self.found
        }

    def value(self, metric: str, **at: Any) -> Number:
        """Return a score of the combination over all sizes and horizons, unless told otherwise."""
        where = {"method": "combination", "level": "municipality", "size": "all", "horizon": 0.0}
        where |= at
        row = self._at.get((*(where[k] for k in ("method", "level", "size", "horizon")), metric))
        if row is None:
            return Number(float("nan"))
        return self._view.row(self._rows, row, str(at.get("column", "value")))

    def values(self, key: str) -> list[Any]:
        """Return the different values of a key, in the order of the table."""
        return list(dict.fromkeys(k[key] for k, _ in self.found))


def smallest(view: View) -> str:
    """Return the level of the model's own series: some are counted for regions only."""
    return areas.level_of(view.bundle.table("backtest")["area"].unique())


def level_name(view: View, level: str = LEVELS[0]) -> str:
    """Return what readers call the areas of a level; the first is of the model's own series."""
    shown = smallest(view) if level == LEVELS[0] else level
    return view.words.text(f"level.{shown}")


def _metrics(view: View, first: list[str]) -> tuple[Column, ...]:
    heads = [Column(view.words.text(f"accuracy.{m}"), form) for m, form in METRICS]
    return (*(Column(view.words.text(f"accuracy.{f}")) for f in first), *heads)


def _levels(view: View, scores: Scores) -> Table:
    words = view.words
    rows = []
    for level in LEVELS:
        for size in SIZES:
            numbers: list[Cell] = [scores.value(m, level=level, size=size) for m, _ in METRICS]
            if any(isinstance(n, Number) and n.given for n in numbers):
                names = (level_name(view, level), words.text(f"size.{size}"))
                rows.append(Row((*names, *numbers)))
    caption = words.text("backtest.levels")
    notes = (words.text("backtest.sizes"), *_common.explained(view, [m for m, _ in METRICS]))
    columns = _metrics(view, ["level", "size"])
    return Table("backtest_levels", caption, columns, tuple(rows), notes)


def _methods(view: View, scores: Scores) -> Table:
    words = view.words
    rows = []
    for method in scores.values("method"):
        name = words.named(f"method.{method}", method)
        numbers = [scores.value(m, method=method) for m, _ in METRICS]
        kind = "total" if method == "combination" else "body"
        rows.append(Row((name, *numbers), kind))
    caption = words.text("backtest.methods", level=level_name(view))
    return Table("backtest_methods", caption, _metrics(view, ["method"]), tuple(rows))


def _horizons(view: View, scores: Scores) -> list[Block]:
    """Return the scores by distance ahead, and how the miss grows beside that of simple methods."""
    words, model = view.words, next(iter(view.meta["models"]))
    steps = [float(h) for h in sorted(scores.values("horizon")) if h]
    rows = tuple(
        Row(
            (
                _common.ahead(view, model, f"{h:g}"),
                *(scores.value(m, horizon=h) for m, _ in METRICS),
            )
        )
        for h in steps
    )
    caption = words.text("backtest.horizons", level=level_name(view))
    table = Table("backtest_horizons", caption, _metrics(view, ["horizon"]), rows)
    return [table, _growing(view, scores, steps)]


def _growing(view: View, scores: Scores, steps: list[float]) -> Figure:
    words, model = view.words, next(iter(view.meta["models"]))
    drawn = [m for m in ("combination", "demographic", "naive") if m in scores.values("method")]
    lines = tuple(
        Line(words.text(f"method.{method}"), _missed(scores, method, steps)) for method in drawn
    )
    title = words.text("backtest.figure")
    ends = "; ".join(f"{ln.name} {words.show(ln.points[-1][1] / 100, 'pct1')}"
                     for ln in lines if ln.points)  # fmt: skip
    unit = "quarters" if "Q" in str(view.meta["models"][model].get("last", "")) else "years"
    across = words.text(f"ahead.{unit}")
    data = Lines(lines, words.text("backtest.axis"), words.language, from_zero=True, across=across)
    return Figure("backtest", "lines", data, title, f"{title} {ends}.", "backtest_horizons")


def _missed(scores: Scores, method: str, steps: list[float]) -> tuple[_common.Point, ...]:
    """Return the miss of a method in per cent by distance ahead, where it was tried."""
    found = ((h, scores.value("wape", method=method, horizon=h)) for h in steps)
    return tuple((h, 100 * n.value) for h, n in found if n.given)


def _coverage(view: View, scores: Scores) -> list[Block]:
    words = view.words
    marks = []
    for level in LEVELS:
        for metric, promised in (("coverage50", 0.5), ("coverage80", 0.8), ("coverage95", 0.95)):
            share, low, high = (
                scores.value(metric, level=level, column=c) for c in ("value", "lower", "upper")
            )
            if share.given:
                ends = [n.value if n.given else share.value for n in (low, high)]
                ends = [min(max(e, 0.0), 1.0) for e in ends]
                text = words.show(promised, "pct")
                name = f"{level_name(view, level)}, {text}"
                marks.append(Mark(name, promised, share.value, *ends))
    if not marks:
        return []
    caption = words.text("backtest.coverage")
    shares = "; ".join(f"{m.name}: {words.show(m.share, 'pct')}" for m in marks)
    data = Coverage(tuple(marks), words.language, words.text("coverage.axis"))
    alt = f"{caption} {shares}."
    return [Figure("coverage", "coverage", data, caption, alt, "backtest_levels")]


def _largest(view: View) -> list[Block]:
    """Return the largest misses in half-widths of the 80 % interval, by name."""
    words = view.words
    found = [m for m in _misses.read(view) if not _hidden(view, m)]
    largest = sorted(found, key=lambda m: -abs(m.scaled))[:10]
    if not largest:
        return []
    place = "backtest.region" if smallest(view) == "region" else "report.municipality"
    columns = (
        Column(words.text(place)),
        Column(words.text("column.service")),
        Column(words.text("backtest.origin")),
        Column(words.text("record.about")),
        Column(words.text("backtest.said"), "one"),
        Column(words.text("backtest.came"), "one"),
        Column(words.text("backtest.times"), "one"),
    )
    rows = tuple(_miss(view, miss) for miss in largest)
    unit = words.text(f"measure.{next(iter(view.meta['models'].values()))['measure']}")
    return [Table("misses", words.text("backtest.misses", unit=unit), columns, rows)]


def _hidden(view: View, miss: _misses.Miss) -> bool:
    return view.shield.hides("backtest", "actual", miss.key["area"], miss.key)


def _miss(view: View, miss: _misses.Miss) -> Row:
    words, key = view.words, miss.key
    measure = str(view.meta["models"].get(key["model"], {}).get("measure", ""))
    series = _series.Series(key["model"], measure, key["service"], key["age"])
    texts = (view.area_name(key["area"]), _series.name(view, series))
    dates = (danish.period(key[c], words.language) for c in ("origin", "period"))
    times = abs(miss.came - miss.said) / miss.half
    form = _series.form(series)
    return Row((*texts, *dates, Shown(miss.said, form), Shown(miss.came, form), times))
