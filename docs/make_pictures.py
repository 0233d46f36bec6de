"""Render reports to pictures: `python docs/make_pictures.py WORKSPACE [FOLDER]` (make pictures).

Each report of the newest projection for København, Sønderborg, Læsø and the nation, in both
languages: HTML as printed by Chromium, PDF, and DOCX and XLSX as LibreOffice prints them, a
PNG a page. Small pictures for the docs go to docs/pictures.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from forecast import reporting
from forecast.bundle import Bundle
from forecast.reporting import publishing
from forecast.reporting.publishing import Order
from forecast.workspace import Workspace

AREAS = {"101": "københavn", "540": "sønderborg", "825": "læsø", "000": "landet"}
FORMATS = ("html", "pdf", "docx", "xlsx")
DOTS = "70"


def pages(path: Path, out: Path) -> None:
    """Write a PNG a page of a report file."""
    with TemporaryDirectory() as folder:
        printed = path if path.suffix == ".pdf" else _printed(path, Path(folder))
        stem = f"{path.stem}-{path.suffix[1:]}"
        command = ["pdftoppm", "-r", DOTS, "-png", "-l", "20", str(printed), str(out / stem)]
        subprocess.run(command, check=True)


def _printed(path: Path, folder: Path) -> Path:
    made = folder / f"{path.stem}.pdf"
    if path.suffix == ".html":
        command: list[str | Path] = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
            f"--print-to-pdf={made}", path.resolve().as_uri(),
        ]  # fmt: skip
    else:
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"  # of its own, no lock
        command = [
            "soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", folder, path,
        ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return made


def reports(bundle: Bundle, out: Path) -> Iterator[Path]:
    """Write the reports and yield their files."""
    for name in ("budget", "negotiation"):
        spec = reporting.spec(name)
        sources = reporting.sources(bundle, spec.threshold)
        for area in AREAS if name == "budget" else ("000",):
            for language in ("da", "en"):
                yield from publishing.one(Order(spec, FORMATS, language, out), sources, area)


def main() -> None:
    """Render all of them."""
    missing = [p for p in ("chromium", "soffice", "pdftoppm") if shutil.which(p) is None]
    if missing or len(sys.argv) < 2:
        sys.exit(f"usage: make_pictures.py WORKSPACE [FOLDER]; missing here: {missing or 'none'}")
    out = Path(sys.argv[2] if len(sys.argv) > 2 else "pictures")
    out.mkdir(parents=True, exist_ok=True)
    for path in reports(Bundle.load(Workspace.at(sys.argv[1])), out):
        pages(path, out)
        print(path)


if __name__ == "__main__":
    main()
