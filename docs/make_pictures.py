"""Render reports to pictures: `python docs/make_pictures.py WORKSPACE [FOLDER]` (make pictures).

Each report of the newest projection, in both languages: the budget of Aarhus (the demonstration's
own), København, Sønderborg, Læsø, a region and the nation, the negotiation pack, a comparison with
an earlier projection where there is one, and the models. HTML on a screen and a phone and as
printed by Chromium, PDF, and DOCX and XLSX as LibreOffice prints them, a PNG a page, and every
sheet of a workbook. The first pages of some go to docs/pictures.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from forecast import registry, reporting
from forecast.bundle import Bundle, listing
from forecast.reporting import modelview, publishing
from forecast.reporting.publishing import Order
from forecast.workspace import Workspace

AREAS = ("751", "101", "540", "825", "081", "000")
FORMATS = ("html", "pdf", "docx", "xlsx")
LANGUAGES = ("da", "en")
MODELS = ("recipients_adults", "unit_costs")
SCREENS = {"screen": (1280, 34000), "phone": (390, 48000)}
DOTS = "70"
FIRST_PAGES = 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1-20"}}'  # of hundreds
SHEETS = 'pdf:calc_pdf_Export:{"SinglePageSheets":{"type":"boolean","value":"true"}}'
TOPS = ("-x", "0", "-y", "0", "-W", "2000", "-H", "1000")  # pixels of a sheet from its corner
UNTIL = ("-l", "40")  # pages
OFFICE = ((".docx", "pdf", "docx"), (".xlsx", FIRST_PAGES, "xlsx"), (".xlsx", SHEETS, "sheet"))
SHOWN = {  # what the docs show: a report from its top, or from a section, and so many pixels of it
    "budget": ("budget-751-", "", 1050),  # what the README's first command makes
    "negotiation": ("negotiation-000-", "spread", 1375),  # with its map
    "model": ("model-recipients_adults-", "backtest", 1050),
}
WINDOW = 1334  # pixels
DOCS = Path(__file__).parent / "pictures"


def pages(paths: Sequence[Path], out: Path) -> None:
    """Write a PNG a page of report files, a sheet of workbooks, and a screen and phone of HTML."""
    jobs = [partial(_page, path, out) for path in paths if path.suffix in (".html", ".pdf")]
    for suffix, kind, name in OFFICE:
        some = [path for path in paths if path.suffix == suffix]
        jobs.append(partial(_office, some, (kind, name), out))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in [pool.submit(job) for job in reversed(jobs)]:  # the longest first
            done.result()


def _page(path: Path, out: Path) -> None:
    """Draw a PDF, or a page as Chromium prints it and as a screen and a phone show it."""
    if path.suffix == ".pdf":
        _rastered(path, out / f"{path.stem}-pdf", UNTIL)
        return
    with TemporaryDirectory() as folder:
        printed = Path(folder) / f"{path.stem}.pdf"
        _chromium(["--no-pdf-header-footer", f"--print-to-pdf={printed}"], path)
        _rastered(printed, out / f"{path.stem}-html", UNTIL)
    for name, size in SCREENS.items():
        _shot(path, out / f"{path.stem}-{name}.png", size)
        _cropped(out / f"{path.stem}-{name}.png")


def _office(paths: Sequence[Path], how: tuple[str, str], out: Path) -> None:
    """Draw what LibreOffice makes of all files of a kind, started once for them."""
    kind, name = how
    with TemporaryDirectory() as made:
        folder = Path(made)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"  # of its own, no lock
        command: list[str | Path] = ["soffice", "--headless", profile, "--convert-to", kind]
        command += ["--outdir", folder, *paths]
        subprocess.run(command, check=True, capture_output=True, timeout=1800)
        for path in paths:
            options = TOPS if name == "sheet" else UNTIL
            _rastered(folder / f"{path.stem}.pdf", out / f"{path.stem}-{name}", options)


def _rastered(pdf: Path, stem: Path, options: Sequence[str]) -> None:
    subprocess.run(["pdftoppm", "-r", DOTS, *options, "-png", str(pdf), str(stem)], check=True)


def _shot(path: Path, picture: Path, size: tuple[int, int]) -> None:
    window = f"--window-size={size[0]},{size[1]}"
    _chromium([window, "--hide-scrollbars", f"--screenshot={picture}"], path)


def _cropped(picture: Path) -> None:
    """Cut off what lies below the page's end."""
    from PIL import Image, ImageChops

    with Image.open(picture) as drawn:
        page = drawn.convert("RGB")
    last = page.getpixel((0, page.height - 1))
    box = ImageChops.difference(page, Image.new("RGB", page.size, last)).getbbox()
    if box is None or box[3] == page.height:
        sys.exit(f"{picture} is empty, or longer than its window")
    page.crop((0, 0, page.width, box[3])).save(picture)


def _chromium(options: list[str], path: Path) -> None:
    start = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", *options]
    command = [*start, path.resolve().as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def reports(workspace: Workspace, out: Path) -> Iterator[Path]:
    """Write the reports and yield their files."""
    *earlier, newest = sorted(listing(workspace), key=lambda m: str(m["known_at"]))
    bundle = Bundle.load(workspace, str(newest["id"]))
    old = Bundle.load(workspace, str(earlier[-1]["id"])) if earlier else None
    for name in ("budget", "negotiation", *(("compare",) if old else ())):
        spec = reporting.spec(name)
        second = old if name == "compare" else None
        sources = reporting.sources(bundle, spec.threshold, second)
        for area in AREAS if name == "budget" else ("000",):
            for language in LANGUAGES:
                yield from publishing.one(Order(spec, FORMATS, language, out), sources, area)
    yield from _models(workspace, out, str(bundle.meta["today"]))


def _models(workspace: Workspace, out: Path, today: str) -> Iterator[Path]:
    for model in MODELS:
        info = registry.version(workspace, model, registry.CHAMPION)
        for language in LANGUAGES:
            report = modelview.report(workspace, info, language, today)
            yield from publishing.files_of(report, f"model-{model}-{info.version}", FORMATS, out)


def shown(out: Path) -> None:
    """Put what the docs show into docs/pictures, in few colours, so that it stays small."""
    from PIL import Image

    for name, (report, section, height) in SHOWN.items():
        path = sorted(out.glob(f"{report}*-en.html"))[0]
        picture = DOCS / f"{name}.png"
        with TemporaryDirectory() as folder:
            alone = Path(folder) / path.name
            alone.write_text(_alone(path.read_text(encoding="utf-8"), section), encoding="utf-8")
            _shot(alone, picture, (WINDOW, height))
        with Image.open(picture) as drawn:
            small = drawn.convert("RGB").quantize(64)
        small.save(picture, optimize=True)


def _alone(page: str, section: str) -> str:
    """Return a report's page with one section only; its policy would allow no other style."""
    if not section:
        return page
    free = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    style = f"<style>section:not(#{section}), .side {{ display: none }}</style></head>"
    return free.replace("</head>", style, 1)


def main() -> None:
    """Render all of them."""
    missing = [p for p in ("chromium", "soffice", "pdftoppm") if shutil.which(p) is None]
    if missing or len(sys.argv) < 2:
        sys.exit(f"usage: make_pictures.py WORKSPACE [FOLDER]; missing here: {missing or 'none'}")
    out = Path(sys.argv[2] if len(sys.argv) > 2 else "pictures")
    out.mkdir(parents=True, exist_ok=True)
    paths = list(reports(Workspace.at(sys.argv[1]), out))
    pages(paths, out)
    shown(out)
    print(f"{len(list(out.glob('*.png')))} pictures of {len(paths)} files in {out}")


if __name__ == "__main__":
    main()
