"""The verdict on a model: how far it missed, beside a simple one, and what its intervals held."""

from __future__ import annotations

from forecast.reporting.document import Block, Number, Section
from forecast.reporting.view import View
from forecast.sections import _common, _held
from forecast.sections.backtest import LEVELS, Scores, level_name


def build(view: View) -> Section | None:
    """Return the conclusion of a model report in two or three sentences."""
    scores = Scores(view)
    if not scores.found:
        return None
    words, model = view.words, next(iter(view.meta["models"]))
    wape, skill = scores.value("wape"), scores.value("skill_vs_benchmark")
    covered = scores.value("coverage80")
    blocks: list[Block] = []
    if wape.given and skill.given:
        simple = scores.value("wape", method=_simple(scores))
        key = "beside" if simple.given else "missed"
        blocks.append(
            words.say(f"verdict.{key}", "lead", level=level_name(view), wape=wape, simple=simple)
        )
        key = "same" if abs(skill.value) < SMALL else "better" if skill.value > 0 else "worse"
        blocks.append(words.say(f"verdict.{key}", "lead", skill=abs(skill)))
        blocks += _beyond_chance(view, scores, skill.value)
    if covered.given:
        blocks.append(words.say("verdict.covered", "lead", covered=covered))
    steps = sorted(h for h in scores.values("horizon") if h)
    if steps:
        far = _common.ahead(view, model, f"{steps[-1]:g}")
        last = {m: scores.value(m, horizon=float(steps[-1])) for m in ("wape", "coverage80")}
        said = words.say("verdict.far", "lead", far=far, wape=last["wape"],
                         covered=last["coverage80"])  # fmt: skip
        blocks += [said, *_dates(view, steps[-1])]
    blocks += _narrow(view, scores)
    return Section("verdict", words.text("verdict.title"), tuple(blocks)) if blocks else None


def _beyond_chance(view: View, scores: Scores, gain: float) -> list[Block]:
    """Say whether a gain or loss is more than chance gives, and at which sums there is a loss."""
    words = view.words
    low, high = (scores.value("skill_vs_benchmark", column=c) for c in ("lower", "upper"))
    said: list[Block] = []
    if low.given and low.value <= 0 <= high.value:
        said.append(words.say("verdict.chance", "lead", low=low, high=high))
    elif low.given and abs(gain) >= SMALL:
        said.append(words.say("verdict.sure", "lead", low=low, high=high))
    for level in LEVELS[1:]:
        skill = scores.value("skill_vs_benchmark", level=level)
        if skill.given and skill.value < -SMALL:
            name = level_name(view, level)
            said.append(words.say("verdict.sums", "lead", level=name, skill=abs(skill)))
    return said


def _dates(view: View, farthest: float) -> list[Block]:
    """Say from how many dates the farthest distance was tried."""
    rows = view.bundle.table("backtest")
    count = rows.loc[rows["horizon"].astype(float) == farthest, "origin"].nunique()
    if not count:
        return []
    key = "one" if count == 1 else "other"
    return [view.words.say(f"verdict.dates_{key}", "note", n=Number(float(count)))]


def _narrow(view: View, scores: Scores) -> list[Block]:
    """Say at which levels and distances the intervals held too seldom, by what was measured."""
    words, model = view.words, next(iter(view.meta["models"]))
    steps = [float(h) for h in scores.values("horizon")]
    found = []
    for level in LEVELS:
        tries = {
            h: (
                scores.value("coverage80", level=level, horizon=h),
                scores.value("coverage80", level=level, horizon=h, column="n"),
            )
            for h in steps
        }
        if _held.narrow(tries):
            held, name = _held.tell(view, model, tries), level_name(view, level)
            found.append(words.text("verdict.narrow_at", level=name, held=held))
    return [words.say("verdict.narrow", "warning", found=words.listing(found))] if found else []


def _simple(scores: Scores) -> str:
    """Return the method that a gain is measured against: without a population, the last figure."""
    return "demographic" if "demographic" in scores.values("method") else "naive"


SMALL = 0.01  # a gain that a reader would round away
