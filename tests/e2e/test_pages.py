"""Pages of the embedded data in a real browser: what they ask for, say, and let a reader do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support import axe
from support.browser import Browser, browser, program

from forecast import reporting
from forecast.bundle import Bundle
from forecast.reporting.document import Report
from forecast.writers import html

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.service,
    pytest.mark.skipif(program() is None, reason="no Chromium here (make services installs it)"),
]
PAGES = (("budget", "751", "da"), ("budget", "825", "en"), ("negotiation", "000", "da"),
         ("negotiation", "000", "en"))  # fmt: skip
SCENARIOS = ("Flere botilbud", "Færre <anbringelser>")
SHOWN = (
    "[...document.querySelectorAll('[data-scenario]')]"
    ".filter(e => e.getClientRects().length).map(e => e.dataset.scenario)"
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="module")
def sources(bundle: Bundle) -> reporting.Sources:
    """The projection, and twice the same one under names of scenarios."""
    own = reporting.sources(bundle)
    beside = tuple(
        reporting.sources(replace(bundle, meta={**bundle.meta, "adjustments": [{"name": name}]}))
        for name in SCENARIOS
    )
    return replace(own, scenarios=beside)


@pytest.fixture(scope="module", params=PAGES, ids="-".join)
def report(request: pytest.FixtureRequest, sources: reporting.Sources) -> Report:
    name, area, language = request.param
    return reporting.build(reporting.spec(name), sources, area, language)


@pytest.fixture(scope="module")
def file(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_bytes(html.render(report))
    return path


def test_nothing_is_asked_for_and_nothing_complained_of(page: Browser, file: Path) -> None:
    page.open(file)
    assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []
    assert page.complaints == []


def test_the_picker_shows_one_scenario_and_says_which(page: Browser, file: Path) -> None:
    page.open(file)
    options = page.run("[...document.querySelector('[data-scenarios]').options].map(o => o.value)")
    assert options == ["", *SCENARIOS]
    assert set(page.run(SHOWN)) == set(SCENARIOS)
    page.run("document.querySelector('[data-scenarios]').focus()")
    for name in (*SCENARIOS, ""):
        page.run(
            f"(s => {{ s.value = {json.dumps(name)};"
            " s.dispatchEvent(new Event('change', {bubbles: true})); })"
            "(document.querySelector('[data-scenarios]'))"
        )
        assert set(page.run(SHOWN)) == ({name} if name else set(SCENARIOS))
        said = page.run("document.getElementById('said').textContent")
        assert said == page.run(
            "document.querySelector('[data-scenarios]').selectedOptions[0].textContent"
        )


def test_every_table_sorts_both_ways(page: Browser, file: Path) -> None:
    """By each column: the values of every group run up, then down, and totals stay last."""
    page.open(file)
    wrong = page.run(
        """[...document.querySelectorAll('table[data-sortable]')].flatMap(table =>
        [...table.querySelectorAll('thead button')].flatMap((button) => {
          const column = button.closest('th').cellIndex;
          return [1, -1].flatMap(way => {
            button.click();
            const head = button.closest('th').getAttribute('aria-sort');
            const bad = head !== (way > 0 ? 'ascending' : 'descending');
            const runs = [...table.tBodies].every(body => {
              const rows = [...body.rows].filter(r => !r.matches('.group, .total'));
              const values = rows.map(r => r.cells[column]?.querySelector('data'))
                .filter(d => d).map(d => Number(d.value) * way);
              return values.every((v, i) => !i || values[i - 1] <= v);
            });
            return bad || !runs ? [`${table.caption.textContent}: ${button.textContent}`] : [];
          });
        }))"""
    )
    assert wrong == []


def test_the_price_switch_moves_every_pair_of_tables(page: Browser, file: Path) -> None:
    page.open(file)
    shown = (
        "[...document.querySelectorAll('[data-variant]')]"
        ".filter(e => e.getClientRects().length).map(e => e.dataset.variant)"
    )
    for name in ("fixed", "current"):
        page.run(f"document.getElementById('price-{name}').click()")
        assert set(page.run(shown)) == {name}
    page.run("document.getElementById('price-both').click()")
    assert set(page.run(shown)) == {"fixed", "current"}


def test_keyboard_reaches_every_control(page: Browser, file: Path) -> None:
    page.open(file)
    page.run("window.met = new Set(); document.addEventListener('focusin', e => met.add(e.target))")
    controls = (
        "[...document.querySelectorAll('button, input[type=checkbox], a[href], select')]"
        ".filter(e => e.getClientRects().length)"
    )
    for _ in range(page.run(f"{controls}.length") * 2 + 100):
        page.press("Tab")
    left = page.run(f"{controls}.filter(e => !met.has(e)).map(e => e.textContent)")
    assert left == []
    assert page.run("[...met].some(e => e.name === 'price')")


def test_without_script_every_table_and_figure_is_there(
    page: Browser, file: Path, report: Report
) -> None:
    page.open(file, script=False)
    page.call("Emulation.setScriptExecutionDisabled", value=False)
    assert page.run("document.querySelectorAll('table').length") == len(report.tables)
    drawn = "document.querySelectorAll('figure svg:not(.axis)').length"  # an axis may stand twice
    assert page.run(drawn) == len(report.figures)
    assert page.run("document.querySelectorAll('figure:not(:has(svg:not(.axis)))').length") == 0
    seen = "e => e.getClientRects().length === 0"
    assert page.run(f"[...document.querySelectorAll('table, figure')].filter({seen}).length") == 0


def test_printed_tables_are_no_wider_than_the_paper(page: Browser, file: Path) -> None:
    page.open(file, width=688)  # 182 mm of A4 between the margins, at 96 dots an inch
    page.call("Emulation.setEmulatedMedia", media="print")
    wide = page.run(
        "[...document.querySelectorAll('table, figure svg')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
        ".map(e => e.caption ? e.caption.textContent : e.closest('figure').id)"
    )
    page.call("Emulation.setEmulatedMedia", media="")
    assert wide == []
    assert b"/MediaBox [0 0 59" in page.pdf()


def test_axe_finds_no_violation(page: Browser, file: Path) -> None:
    page.open(file)
    page.run(f"{axe.source()}; true")
    found = json.loads(page.run("axe.run().then(r => JSON.stringify(r.violations))"))
    assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found] == []
