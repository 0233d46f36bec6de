from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support import axe, reports
from support.browser import Browser, browser, program

from forecast.reporting import danish, figures
from forecast.reporting.document import Column, Number, Paragraph, Row, Run, Section, Table
from forecast.reporting.figures.fan import Fan
from forecast.writers import html

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(program() is None, reason="no Chromium here (make services installs it)"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_bytes(html.render(reports.report()))
    return path


def test_nothing_leaves_the_page_and_nothing_is_complained_of(page: Browser, file: Path) -> None:
    page.open(file)
    outside = [url for url in page.requests if not url.startswith(("file:", "data:"))]
    assert outside == []
    assert page.complaints == []
    assert page.run("document.fonts.check('16px \"Report Sans\"')") is True


def test_hostile_names_run_nothing(page: Browser, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_bytes(html.render(reports.hostile()))
    page.open(path)
    assert page.complaints == []
    assert page.run("document.querySelectorAll('script').length") == 1


def test_price_switch_shows_one_level_and_says_so(page: Browser, file: Path) -> None:
    page.open(file)
    shown = (
        "[...document.querySelectorAll('[data-variant]')]"
        ".filter(e => getComputedStyle(e).display !== 'none').map(e => e.dataset.variant)"
    )
    assert set(page.run(shown)) == {"fixed", "current"}
    page.run("document.getElementById('price-current').click()")
    assert set(page.run(shown)) == {"current"}
    assert page.run("document.getElementById('said').textContent") == "Løbende priser"


def test_a_price_level_stays_on_one_line_in_the_head_of_a_column_that_sorts(
    page: Browser, file: Path
) -> None:
    page.open(file)
    lines = page.run(
        "[...document.querySelectorAll('thead button .k')].map(e => e.getClientRects().length)"
    )
    assert lines
    assert set(lines) == {1}


def test_tables_sort_by_value_and_totals_stay_below(page: Browser, file: Path) -> None:
    page.open(file)
    page.run("document.querySelectorAll('#table-volume thead button')[1].click()")
    values = page.run(
        "[...document.querySelectorAll('#table-volume tbody tr:not(.total)')]"
        ".map(r => Number(r.cells[1].querySelector('data')?.value))"
    )
    assert values == sorted(values)
    assert (
        page.run("document.querySelectorAll('#table-volume thead th')[1].getAttribute('aria-sort')")
        == "ascending"
    )
    page.run("document.querySelectorAll('#table-bridge thead button')[1].click()")
    last = page.run("document.querySelector('#table-bridge tbody tr:last-child').className")
    assert last == "total"


def test_references_show_on_demand_and_not_in_print(page: Browser, file: Path) -> None:
    page.open(file)
    content = "getComputedStyle(document.querySelector('td data.n'), '::after').content"
    assert page.run(content) in ("none", "normal")
    page.run("document.getElementById('show-references').click()")
    assert ":" in page.run(content)
    page.call("Emulation.setEmulatedMedia", media="print")
    assert page.run(content) in ("none", "normal")
    page.call("Emulation.setEmulatedMedia", media="")


TIP = "(t => t.hidden ? '' : t.textContent)(document.querySelector('.tip'))"


def fan() -> tuple[str, list[tuple[str, str]]]:
    """The first fan chart's id, and its years with their values as tables show them."""
    made = next(f for f in reports.report().figures if f.kind == "fan")
    assert isinstance(made.data, Fan)
    points = (*made.data.history, *made.data.middle)
    shown = [(f"{year:g}", danish.number(value, 0, "da")) for year, value in points]
    return f"figure-{made.name}", shown


def test_a_pointer_on_a_point_shows_its_value_as_tables_write_it(page: Browser, file: Path) -> None:
    page.open(file)
    name, points = fan()
    dots = f"[...document.querySelectorAll('#{name} [data-value]')]"
    assert page.run(f"{dots}.length") == len(points) > 8
    assert page.run(TIP) == ""
    page.run(f"document.getElementById('{name}').scrollIntoView()")
    for place in (0, len(points) // 2, len(points) - 1):
        x, y = page.run(
            f"(b => [b.x + b.width / 2 + 5, b.y + b.height / 2])"
            f"({dots}[{place}].getBoundingClientRect())"
        )
        page.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        year, value = points[place]
        assert page.run(TIP).startswith(f"{year}: {value} (")
        tip = page.run("(b => [b.left, b.right])(document.querySelector('.tip')"
                       ".getBoundingClientRect())")  # fmt: skip
        assert 0 <= tip[0] < tip[1] <= 1280
    page.call("Input.dispatchMouseEvent", type="mouseMoved", x=2, y=2)
    assert page.run(TIP) == ""
    assert page.complaints == []


def test_arrow_keys_go_from_value_to_value_and_say_them(page: Browser, file: Path) -> None:
    page.open(file)
    name, points = fan()
    while page.run("document.activeElement.id") != name:
        page.press("Tab")
    assert page.run(TIP).startswith(f"{points[0][0]}: {points[0][1]} (")
    for year, value in points[1:]:
        page.press("ArrowRight")
        assert page.run(TIP).startswith(f"{year}: {value} (")
        assert page.run("document.getElementById('said').textContent") == page.run(TIP)
    page.press("ArrowRight")
    assert page.run(TIP).startswith(f"{points[-1][0]}: ")  # the last one stays
    page.run("document.activeElement.blur()")
    assert page.run(TIP) == ""


def test_keyboard_reaches_every_control(page: Browser, file: Path) -> None:
    page.open(file)
    reached = set()
    for _ in range(200):
        page.press("Tab")
        reached.add(page.run(
            "(e => e.tagName + '#' + (e.id || e.textContent.trim().slice(0, 40)))"
            "(document.activeElement)"
        ))  # fmt: skip
    wanted = page.run(
        "[...document.querySelectorAll('button, input[type=checkbox], a[href]')]"
        ".map(e => e.tagName + '#' + (e.id || e.textContent.trim().slice(0, 40)))"
    )
    assert set(wanted) <= reached
    assert any(name.startswith("INPUT#price-") for name in reached)


@pytest.mark.parametrize("script", [True, False])
def test_a_phone_opens_charts_over_time_at_their_newest_years(
    page: Browser, file: Path, script: bool
) -> None:
    page.open(file, width=390, script=script)
    ends = page.run(
        "[...document.querySelectorAll('figure.years')].map(f => "
        "[f.scrollWidth - f.clientWidth, f.querySelector('svg').getBoundingClientRect().right - "
        "f.getBoundingClientRect().right])"
    )
    assert ends
    assert all(over > 100 and abs(right) < 2 for over, right in ends)


@pytest.mark.parametrize("script", [True, False])
def test_a_phone_keeps_the_vertical_axis_in_sight_wherever_a_chart_is_scrolled(
    page: Browser, file: Path, script: bool
) -> None:
    page.open(file, width=390, script=script)
    places = (
        "[...document.querySelectorAll('figure.years')].map(f => {"
        " const [svg, axis] = f.querySelectorAll('svg'), a = axis.getBoundingClientRect();"
        " const heights = s => [...s.querySelectorAll('text')].filter(t => "
        "  t.getAttribute('text-anchor') === 'end' && +t.getAttribute('x') < 64)"
        "  .map(t => t.getBoundingClientRect().y);"
        " return [a.left - f.getBoundingClientRect().left, a.width, heights(svg), heights(axis)]})"
    )
    for to in ("0", "-80", "-9999"):
        page.run(f"document.querySelectorAll('figure.years').forEach(f => f.scrollLeft = {to})")
        found = page.run(places)
        assert found
        for left, width, drawn, shown in found:
            assert abs(left) < 1
            assert 45 < width < 60
            assert len(shown) > 2
            assert shown == pytest.approx(drawn, abs=0.5)
    page.open(file, width=1280, script=script)
    seen = "[...document.querySelectorAll('.axis')].filter(e => e.getClientRects().length).length"
    assert page.run(seen) == 0


@pytest.mark.parametrize("script", [True, False])
def test_a_phone_tells_what_a_chart_counts_wherever_it_is_scrolled(
    page: Browser, file: Path, script: bool
) -> None:
    units = (
        "[...document.querySelectorAll('figure.years')].map(f => {"
        " const unit = f.querySelector('.unit'), place = unit.getBoundingClientRect();"
        " const drawn = [...f.querySelectorAll('svg:not(.axis) text')].map(t => t.textContent);"
        " return [unit.textContent, place.left, place.right, drawn]})"
    )
    page.open(file, width=390, script=script)
    for to in ("0", "-80", "-9999"):
        page.run(f"document.querySelectorAll('figure.years').forEach(f => f.scrollLeft = {to})")
        found = page.run(units)
        assert found
        for unit, left, right, drawn in found:
            assert unit in drawn
            assert 0 <= left < right <= 390
    page.open(file, width=1280, script=script)
    assert page.run(
        "[...document.querySelectorAll('.unit')].every(u => !u.getClientRects().length)"
    )


def test_what_is_wider_than_its_place_says_so(page: Browser, file: Path) -> None:
    hint = (
        "[...document.querySelectorAll('.table, figure')].map(e => [e.scrollWidth > "
        "e.clientWidth + 1, getComputedStyle(e.querySelector('caption, figcaption'), '::after')"
        ".content.includes('Rul til siden')])"
    )
    page.open(file, width=390)
    wide = page.run(hint)
    assert {over for over, _ in wide} == {True, False}
    assert all(over == said for over, said in wide)


def test_nothing_overflows_its_place(page: Browser, file: Path) -> None:
    for width in (1280, 800, 390):
        page.open(file, width=width)
        assert page.run("document.documentElement.scrollWidth") <= width
        captions = page.run(
            "[...document.querySelectorAll('caption, figcaption')]"
            ".filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.textContent)"
        )
        assert captions == []
        clipped = page.run(
            "[...document.querySelectorAll('svg')].flatMap(s => {"
            " const box = s.getBoundingClientRect();"
            " return [...s.querySelectorAll('text')].filter(t => {"
            "  const b = t.getBoundingClientRect();"
            "  return b.left < box.left - 1 || b.right > box.right + 1 || b.bottom > box.bottom + 1"
            " }).map(t => t.textContent)})"
        )
        assert clipped == []


def test_without_script_all_is_there(page: Browser, file: Path) -> None:
    page.open(file, script=False)
    page.call("Emulation.setScriptExecutionDisabled", value=False)
    report = reports.report()
    assert page.run("document.querySelectorAll('table').length") == len(report.tables)
    assert page.run("document.querySelectorAll('thead button').length") == 0
    hidden = page.run(
        "[...document.querySelectorAll('section, table, figure')]"
        ".filter(e => e.getClientRects().length === 0).length"
    )
    assert hidden == 0
    dots = sum(len(figures.draw(f).split("<title>")) - 1 for f in report.figures)
    assert page.run("document.querySelectorAll('figure svg title').length") == dots > 20


def test_it_prints_to_a4_with_the_mark_on_every_page(page: Browser, file: Path) -> None:
    pdftotext = shutil.which("pdftotext")
    page.open(file)
    content = page.pdf()
    path = file.with_suffix(".pdf")
    path.write_bytes(content)
    assert b"/MediaBox [0 0 594.95996 841.91998]" in content or b"841.8" in content
    if pdftotext is None:
        pytest.skip("no pdftotext here (make services installs poppler)")
    text = subprocess.run([pdftotext, "-layout", path, "-"], capture_output=True, check=True)
    pages = text.stdout.decode().split("\f")[:-1]
    assert len(pages) > 2
    assert all("SYNTETISKE DATA" in p for p in pages)


def test_names_have_a_quarter_of_a_wide_printed_table(page: Browser, file: Path) -> None:
    page.open(file, width=680)  # an A4 page between its margins
    page.call("Emulation.setEmulatedMedia", media="print")
    shares = page.run(
        "[...document.querySelectorAll('table')].filter(t => t.tHead.rows[0].cells.length > 8)"
        ".map(t => t.tHead.rows[0].cells[0].offsetWidth / t.offsetWidth)"
    )
    page.call("Emulation.setEmulatedMedia", media="")
    assert len(shares) > 1
    assert all(0.2 < share < 0.4 for share in shares)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["da", "en"])
def test_axe_finds_no_violation(page: Browser, tmp_path: Path, language: str, width: int) -> None:
    source = axe.source()
    path = tmp_path / "report.html"
    path.write_bytes(html.render(reports.report("751", language)))
    page.open(path, width=width)
    page.run(f"{source}; true")
    found = json.loads(page.run("axe.run().then(r => JSON.stringify(r.violations))"))
    told = [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found]
    assert told == []


def test_no_heading_of_a_table_is_left_alone_at_a_pages_end(page: Browser, tmp_path: Path) -> None:
    pdftotext = shutil.which("pdftotext")
    if pdftotext is None:
        pytest.skip("pdftotext is not installed")
    rows = tuple(Row((f"Row {i} " + "of two lines, " * 6, Number(float(i)))) for i in range(20))
    columns = (Column("Municipality"), Column("Number", "int"))
    filled = tuple(
        Section(f"s{n}", f"Section {n}", (*[Paragraph((Run("Filling."),))] * (n % 11),
                Table(f"t{n}", f"Table {n}", columns, rows)))
        for n in range(33)
    )  # fmt: skip
    (tmp_path / "many.html").write_bytes(html.render(replace(reports.report(), sections=filled)))
    page.open(tmp_path / "many.html")
    (tmp_path / "many.pdf").write_bytes(page.pdf())
    text = subprocess.run(
        [pdftotext, "-layout", tmp_path / "many.pdf", "-"], capture_output=True, check=True
    ).stdout.decode()
    after = [part for sheet in text.split("\f") for part in sheet.split("Municipality")[1:]]
    assert len(after) > 33
    assert [part for part in after if "Row " not in part] == []


def test_a_table_that_goes_on_has_its_heading_on_every_printed_page(
    page: Browser, tmp_path: Path
) -> None:
    pdftotext = shutil.which("pdftotext")
    if pdftotext is None:
        pytest.skip("pdftotext is not installed")
    rows = tuple(Row((f"Row {i}", Number(float(i)))) for i in range(150))
    table = Table("long", "A long table", (Column("Municipality"), Column("Number", "int")), rows)
    long = replace(reports.report(), sections=(Section("long", "Long", (table,)),))
    (tmp_path / "long.html").write_bytes(html.render(long))
    page.open(tmp_path / "long.html")
    (tmp_path / "long.pdf").write_bytes(page.pdf())
    text = subprocess.run(
        [pdftotext, "-layout", tmp_path / "long.pdf", "-"], capture_output=True, check=True
    ).stdout.decode()
    pages = [part for part in text.split("\f") if "Row " in part]
    assert len(pages) > 2
    assert all("Municipality" in part for part in pages)
