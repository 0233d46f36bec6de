"""Publishing: one report's files, or those of all municipalities with an index page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from forecast import areas, files, parts, reporting
from forecast.bundle import Bundle
from forecast.reporting import ReportSpec, Sources, danish, wording
from forecast.reporting.document import Report

STATE = ".reports.json"


@dataclass(frozen=True)
class Order:
    """What is to be written: a report, in which formats and language, and where."""

    report: ReportSpec
    formats: tuple[str, ...]
    language: str
    out: Path

    def path(self, bundle: Bundle, area: str, format_: str) -> Path:
        """Return the file of an area's report in a format."""
        name = reporting.file_name(self.report, bundle, area, self.language)
        return self.out / f"{name}{_ending(format_)}"


def one(order: Order, sources: Sources, area: str) -> list[Path]:
    """Write one area's report in all formats asked for, and return the files."""
    built = reporting.build(order.report, sources, area, order.language)
    bundle = sources.store.bundle
    return [reporting.write(built, f, order.path(bundle, area, f)) for f in order.formats]


def files_of(report: Report, name: str, formats: Iterable[str], out: Path) -> list[Path]:
    """Write a report that is already built, in some formats, and return the files."""
    stem = f"{name}-{report.language}"
    return [reporting.write(report, f, out / f"{stem}{_ending(f)}") for f in formats]


def _ending(format_: str) -> str:
    return str(parts.find("writers", format_).SUFFIX)


def all_municipalities(order: Order, bundle: Bundle, jobs: int = 2) -> Path:
    """Write the reports of all municipalities of a bundle, and an index page that links them.

    Files that an earlier, broken-off run wrote from the same bundle and specification are kept.

    Returns:
        The index page.
    """
    import joblib
    from tqdm import tqdm

    wanted = municipalities(bundle)
    done = _done(order, bundle)
    left = [a for a in wanted if not _there(order, bundle, a, done)]
    _remember(order, bundle, [a for a in wanted if a not in left])
    chunks = [left[i::jobs] for i in range(jobs) if left[i::jobs]]
    task = joblib.delayed(_chunk)
    chunk_size = 4
    pieces = [c[i : i + chunk_size] for c in chunks for i in range(0, len(c), chunk_size)]
    folder = bundle.folder
    run = joblib.Parallel(n_jobs=min(jobs, max(len(pieces), 1)), return_as="generator_unordered")
    with tqdm(total=len(wanted), initial=len(wanted) - len(left), disable=None, unit="report") as t:
        for written in run(task(order, folder or bundle, piece) for piece in pieces):
            _remember(order, bundle, written)
            t.update(len(written))
    return index(order, bundle)


def municipalities(bundle: Bundle) -> list[str]:
    """Return the municipalities of a bundle in Danish alphabetical order."""
    names = bundle.meta["areas"]
    own = [a for a in names if a != areas.NATION and not a.startswith("08")]
    return sorted(own, key=lambda a: danish.collation(str(names[a])))


_READY: dict[tuple[str, float], Sources] = {}


def _chunk(order: Order, where: Path | Bundle, wanted: list[str]) -> list[str]:
    """Write some municipalities' reports in a worker, which reads the bundle once."""
    key = (str(where) if isinstance(where, Path) else where.id, order.report.threshold)
    if key not in _READY:
        bundle = Bundle.read(where) if isinstance(where, Path) else where
        _READY.clear()
        _READY[key] = reporting.sources(bundle, order.report.threshold)
    sources = _READY[key]
    for area in wanted:
        one(order, sources, area)
        sources.store.forget(area)
    return wanted


def _stamp(order: Order, bundle: Bundle) -> str:
    """Return what must be alike for a file of an earlier run to be kept."""
    from forecast import __version__

    told = repr((order.report, order.language, bundle.id, __version__, _templates()))
    return sha256(told.encode()).hexdigest()


def _templates() -> str:
    folder = files.assets() / "reports"
    found = sorted(p for p in folder.rglob("*") if p.is_file())
    return sha256("".join(files.digest(p) for p in found).encode()).hexdigest()


def _done(order: Order, bundle: Bundle) -> set[str]:
    state = _state(order)
    return set(state["done"]) if state.get("stamp") == _stamp(order, bundle) else set()


def _state(order: Order) -> dict[str, Any]:
    try:
        read = json.loads((order.out / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _remember(order: Order, bundle: Bundle, written: Iterable[str]) -> None:
    done = _done(order, bundle) | {f"{a}.{f}" for a in written for f in order.formats}
    files.write_json(order.out / STATE, {"stamp": _stamp(order, bundle), "done": sorted(done)})


def _there(order: Order, bundle: Bundle, area: str, done: set[str]) -> bool:
    return all(
        f"{area}.{f}" in done and order.path(bundle, area, f).is_file() for f in order.formats
    )


def index(order: Order, bundle: Bundle) -> Path:
    """Write the page that links the reports of all municipalities."""
    words = wording.load(order.language)
    lines = [
        (str(bundle.meta["areas"][a]), [(f, order.path(bundle, a, f).name) for f in order.formats])
        for a in municipalities(bundle)
    ]
    writer = parts.find("writers", "html")
    page: str = writer.index(lines, writer.Cover(*_cover(order, bundle, words)), words)
    path = order.out / f"{order.report.name}-{bundle.meta['budget_year']}-{order.language}.html"
    files.write_text(path, page)
    return path


def _cover(
    order: Order, bundle: Bundle, words: wording.Wording
) -> tuple[str, str, tuple[str, ...]]:
    """Return the title of the page that links all reports, its subtitle, and its marks."""
    names = {"area": words.text("report.everyone"), "model": "", "version": ""}
    title = order.report.title[order.language]
    date = words.date(str(bundle.meta["today"]))
    return (
        title.format(**names, budget_year=bundle.meta["budget_year"]),
        words.text("report.subtitle", id=bundle.id, date=date),
        reporting.marks(bundle.meta, words),
    )
