"""The catalogue: one page that says of every dataset what it is, and how far it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from forecast import datasets, files, frames, periods, sources, vintages
from forecast.dataroom import breaks
from forecast.datasets import DatasetSpec

if TYPE_CHECKING:
    import pandas as pd

    from forecast.workspace import Workspace

COLOURS = {
    frames.OBSERVED: "#1f5f8b",
    frames.PROVISIONAL: "#6fa8cc",
    frames.SUPPRESSED: "#b8860b",
    frames.NOT_APPLICABLE: "#c9c9c9",
    frames.NOT_REPORTED: "#a33a2c",
}
STATUS_WORDS = {
    "da": ("observeret", "foreløbig", "diskretioneret", "ikke relevant", "ikke indberettet"),
    "en": ("observed", "provisional", "suppressed", "not applicable", "not reported"),
}
WORDS: dict[str, dict[str, Any]] = {
    "da": {
        "title": "Datakatalog",
        "intro": "Hvert datasæt med enhed, periode, dækning, licens, seneste hentning og kendte "
        "databrud. Dækningskortet har en række pr. område og en kolonne pr. periode; hvidt er "
        "intet tal.",
        "heads": ("Datasæt", "Enhed", "Periode", "Dækning", "Udgiver og licens", "Hentet", "Brud"),
        "nothing": "Ikke hentet",
        "synthetic": "syntetisk",
        "vintages": "udgaver",
        "map": "{areas} områder, {periods} perioder, {share} % af cellerne er observeret",
    },
    "en": {
        "title": "Data catalogue",
        "intro": "Every dataset with unit, span, coverage, licence, last retrieval and known "
        "breaks. The coverage map has a row an area and a column a period; white is no figure.",
        "heads": ("Dataset", "Unit", "Span", "Coverage", "Publisher and licence", "Retrieved",
                  "Breaks"),
        "nothing": "Not here",
        "synthetic": "synthetic",
        "vintages": "vintages",
        "map": "{areas} areas, {periods} periods, {share} % of cells observed",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """(areas, periods) the best status that an area's cells have in a period; -1 is no row."""

    periods: tuple[str, ...]
    status: np.ndarray[tuple[int, int], np.dtype[np.int8]]

    @property
    def share(self) -> float:
        """The share of area-periods with an observed figure."""
        return float((np.isin(self.status, (0, 1))).mean()) if self.status.size else 0.0


def write(workspace: Workspace, path: Path, language: str = "da") -> Path:
    """Write the catalogue as one HTML file without scripts and return its path."""
    import jinja2

    folder = files.assets() / "reports" / "templates"
    loader = jinja2.FileSystemLoader(folder)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    legend = [
        {"colour": colour, "text": text}
        for colour, text in zip(COLOURS.values(), STATUS_WORDS[language], strict=True)
    ]
    rows = [_row(spec, workspace, language) for spec in datasets.everyone(workspace)]
    text = environment.get_template("catalogue.html").render(
        language=language, words=WORDS[language], legend=legend, rows=rows
    )
    files.write_text(path, text)
    return path


def coverage(frame: pd.DataFrame) -> Coverage:
    """Return which area has which period; of several cells the best status counts."""
    order = {status: place for place, status in enumerate(COLOURS)}
    coded = frame.assign(code=frame["status"].map(order))
    wide = coded.pivot_table(index="area", columns="period", values="code", aggfunc="min")
    line = sorted(wide.columns, key=lambda p: periods.parse(p).start)
    codes = wide[line].to_numpy(dtype=float)
    status = np.where(np.isnan(codes), -1, codes).astype(np.int8)
    return Coverage(tuple(line), status)


def _row(spec: DatasetSpec, workspace: Workspace, language: str) -> dict[str, Any]:
    held = vintages.listing(workspace, spec.name)
    last = held[-1] if held else None
    found = coverage(vintages.known(workspace, spec.name).frame) if held else None
    return {
        "name": spec.name,
        "title": spec.title[language],
        "purpose": spec.purpose,
        "source": sources.label(spec, "CSV/XLSX"),
        "link": spec.link,
        "unit": spec.unit,
        "span": f"{found.periods[0]}–{found.periods[-1]}" if found else "–",
        "map": _map(found, language) if found else None,
        "publisher": last.manifest["publisher"] if last else spec.publisher,
        "licence": last.manifest["licence"] if last else spec.licence,
        "retrieved": last.manifest["retrieved"][:10] if last else "–",
        "synthetic": bool(last and last.synthetic),
        "vintages": len(held),
        "breaks": [{"date": b.date, "text": b.text(language)} for b in breaks.of(spec.name)],
    }


def _map(found: Coverage, language: str) -> dict[str, Any]:
    rows, columns = found.status.shape
    share = f"{100 * found.share:.1f}".replace(".", "," if language == "da" else ".")
    label = WORDS[language]["map"].format(areas=rows, periods=columns, share=share)
    paths = [
        {"colour": colour, "d": _path(found.status == place)}
        for place, colour in enumerate(COLOURS.values())
        if (found.status == place).any()
    ]
    return {
        "rows": rows, "columns": columns, "paths": paths, "label": label,
        "width": min(max(columns * 6, 60), 260), "height": min(max(rows, 8), 110),
    }  # fmt: skip


def _path(mask: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> str:
    """Return one SVG path over all cells of a mask, a rectangle for each unbroken run."""
    pieces = []
    for row, line in enumerate(mask):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], line, [False]]).astype(np.int8)))
        for start, end in edges.reshape(-1, 2):
            pieces.append(f"M{start} {row}h{end - start}v1h-{end - start}z")
    return "".join(pieces)
