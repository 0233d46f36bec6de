"""Reporting: a specification, a bundle and an area become a report, and the report files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from forecast import files, parts, specs, tomlfile
from forecast.bundle import Bundle
from forecast.errors import ReportError, suggestion
from forecast.reporting import extract, ownrows, suppression, wording
from forecast.reporting.document import Report, Section
from forecast.reporting.shield import THRESHOLD, Shield
from forecast.reporting.view import Store, View
from forecast.workspace import Workspace

ROOM = 60  # letters of a model's title at the foot of a page
MANY = 4  # so many synthetic inputs are named in the table of data rather than on every page


@dataclass(frozen=True)
class ReportSpec:
    """All of one report (reports/NAME.toml).

    Attributes:
        title: in Danish and English; `{area}` and `{budget_year}` are put in.
        scope: levels it can be made for: `municipality`, `region`, `nation`.
        sections: modules of forecast/sections, in order.
        threshold: counts of people above zero and below this are not shown.
        options: a section's own options by its name.
    """

    name: str
    title: dict[str, str]
    sections: tuple[str, ...]
    scope: tuple[str, ...] = ("municipality", "region", "nation")
    threshold: float = THRESHOLD
    options: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sources:
    """What reports are rendered from: a bundle's store and its protected cells.

    Attributes:
        other: a second bundle to compare with.
        extra: what the caller gave beside the bundle.
        scenarios: other projections of the same draws.
    """

    store: Store
    shield: Shield
    other: Sources | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    scenarios: tuple[Sources, ...] = ()


def spec(name: str, workspace: Workspace | None = None) -> ReportSpec:
    """Read one report's TOML.

    Raises:
        SpecError: a key is unknown or wrong.
        ReportError: it names a section that is not there, or lacks a language.
    """
    path = specs.path("reports", name, workspace)
    where = specs.named(path)
    read = tomlfile.record(ReportSpec, {"name": name, **tomlfile.read(path)}, where)
    if set(read.title) != set(wording.LANGUAGES):
        raise ReportError(f"{where}: title needs da and en, and only these")
    if read.threshold < 0:
        raise ReportError(
            f"{where}: threshold is {read.threshold}; expected the smallest count that is shown"
        )
    known = parts.names("sections")
    for section in (*read.sections, *read.options):
        if section not in known:
            raise ReportError(f"{where}: unknown section {section!r}{suggestion(section, known)}")
    return read


def sources(
    bundle: Bundle,
    threshold: float = THRESHOLD,
    other: Bundle | None = None,
    extra: dict[str, Any] | None = None,
) -> Sources:
    """Return a bundle made ready for any number of reports."""
    given = dict(extra or {})
    shield = suppression.shield(bundle, threshold)
    if other is None:
        return Sources(Store(bundle), shield, None, given)
    both = shield.joined(suppression.shield(other, threshold))
    return Sources(Store(bundle), both, Sources(Store(other), both), given)


def in_order(first: Bundle, second: Bundle) -> tuple[Bundle, Bundle]:
    """Return two projections, the one that rests on older knowledge first.

    By what was known, then by budget year; the order given decides where both agree. Neither the
    day on which they were made nor the number of a version says which is older.
    """

    def age(made: Bundle) -> tuple[str, int]:
        return str(made.meta["known_at"]), int(made.meta["budget_year"])

    return (second, first) if age(second) < age(first) else (first, second)


def build(report: ReportSpec, given: Sources, area: str, language: str) -> Report:
    """Return the report about one area in one language.

    Raises:
        ReportError: the bundle does not hold the area, or the report is not made for its level.
    """
    view = _view(given, area, language)
    if area not in view.meta["areas"]:
        raise ReportError(f"bundle {given.store.bundle.id} holds no area {area!r}")
    if view.level not in report.scope:
        raise ReportError(
            f"the report {report.name} is made for {' and '.join(report.scope)}, "
            f"and {view.name} is a {view.level}"
        )
    sections, own = ownrows.kept(tuple(_sections(report, view)))
    title = _title(report.title[language], view)
    return Report(
        name=report.name,
        area=area,
        language=language,
        title=title,
        subtitle=_dated(view, "report.subtitle" if view.meta["years"] else "report.version"),
        sections=sections,
        marks=marks(view.meta, view.words),
        footer=_footer(view),
        data={**extract.named(view, sections, extract.extract(view)), **own},
        names=_names(view),
        facts={
            **{"bundle": view.bundle.id, "today": str(view.meta["today"])},
            "models": ", ".join(f"{m}@{e['version']}" for m, e in view.meta["models"].items()),
            "data": ", ".join(str(vintage["id"]) for vintage in view.meta["vintages"]),
        },
    )


def _names(view: View) -> dict[str, dict[str, str]]:
    """Return what readers call areas, functions, services and models, by their codes."""
    meta = view.meta
    services = [*meta["services"], "remainder"]
    return {
        "area": {code: view.area_name(code) for code in [view.area, *meta["areas"]]},
        "function": {code: view.function_name(code) for code in meta["functions"]},
        "service": {code: view.service_name(code) for code in services},
        "model": {name: view.model_name(name) for name in meta["models"]},
    }


def _title(template: str, view: View) -> str:
    """Put names into a title; braces that come with a name stay as they are."""
    name = next(iter(view.meta["models"]), "")
    version = str(view.meta["models"].get(name, {}).get("version", ""))
    names = {
        **{"area": view.name, "budget_year": view.budget_year},
        **{"model": view.model_name(name), "version": version},
    }
    return template.format(**names)


def _view(given: Sources, area: str, language: str) -> View:
    words = wording.load(language)
    other = _view(given.other, area, language) if given.other is not None else None
    beside = [_view(s, area, language) for s in given.scenarios]
    extra = {**given.extra, "scenarios": beside}
    return View(given.store, area, words, given.shield, other=other, extra=extra)


def _sections(report: ReportSpec, view: View) -> Iterable[Section]:
    for name in report.sections:
        options = report.options.get(name, {})
        built = parts.find("sections", name).build(replace(view, options=options))
        if built is not None:
            yield built


def marks(meta: Mapping[str, Any], words: wording.Wording) -> tuple[str, ...]:
    """Return what every page made from a bundle must say: which of its inputs are synthetic."""
    if not meta["synthetic"]:
        return ()
    inputs = list(meta["synthetic_inputs"])
    if len(inputs) > MANY and set(inputs) >= {v["dataset"] for v in meta["vintages"]}:
        return (words.text("mark.all_synthetic", n=float(len(inputs))),)
    names = [_input_name(meta, words, name) for name in inputs]
    return (words.text("mark.synthetic", inputs=words.listing(names)),)


def _input_name(meta: Mapping[str, Any], words: wording.Wording, dataset: str) -> str:
    """Return what readers call a dataset."""
    titles = [v["title"] for v in meta["vintages"] if v["dataset"] == dataset]
    return words.named(f"dataset.{dataset}", titles[0] if titles else dataset)


def _dated(view: View, key: str) -> str:
    date = view.words.date(str(view.meta["today"]))
    return view.words.text(key, date=date, id=view.bundle.id)


def _footer(view: View) -> str:
    """Return projection and models by their titles; the table of versions has their codes."""
    models = {name: str(entry["version"]) for name, entry in view.meta["models"].items()}
    words = view.words
    if not view.meta["years"]:  # the report on one version
        [(name, version)] = models.items()
        date = words.date(str(view.meta["today"]))
        named = {"model": _title_of(view, name), "version": version, "id": view.bundle.id}
        return words.text("report.of_version", date=date, **named)
    said = [
        words.text("report.models", version=version, names="; ".join(names))
        for version, names in _by_version(view, models).items()
    ]
    return words.text("report.footer", id=view.bundle.id, models=" · ".join(said))


def _by_version(view: View, models: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the titles of models by the number of their version."""
    found: dict[str, list[str]] = {}
    for name, version in models.items():
        found.setdefault(version, []).append(_title_of(view, name))
    return found


def _title_of(view: View, model: str) -> str:
    """Return a model's title as far as there is room for it on every page."""
    title = view.model_name(model)
    return title if len(title) <= ROOM else f"{title[: ROOM - 1].rstrip()}…"


def write(report: Report, format_: str, path: Path) -> Path:
    """Write a report in one format, whole or not at all, and return its path.

    Raises:
        ReportError: no module of forecast/writers is called so.
    """
    known = parts.names("writers")
    if format_ not in known:
        near = suggestion(format_, known)
        raise ReportError(f"format {format_!r} is not written{near}; one of {', '.join(known)}")
    content: bytes = parts.find("writers", format_).render(report)
    with files.replaced_file(path) as temporary:
        temporary.write_bytes(content)
    return path


def file_name(report: ReportSpec, bundle: Bundle, area: str, language: str) -> str:
    """Return the name of a report's files without ending; it holds codes, never text from data."""
    return f"{report.name}-{area}-{bundle.meta['budget_year']}-{language}"
