from __future__ import annotations

from pathlib import Path

import pytest
from support import bundles

from forecast import reporting
from forecast.bundle import Bundle
from forecast.errors import ReportError
from forecast.reporting import publishing
from forecast.reporting.publishing import Order


@pytest.fixture
def saved(tmp_path: Path) -> Bundle:
    return bundles.bundle(size=20).save(tmp_path / "bundles")


def order(out: Path, formats: tuple[str, ...] = ("html", "data")) -> Order:
    return Order(reporting.spec("budget"), formats, "da", out)


def test_all_municipalities_and_an_index_that_links_them(saved: Bundle, tmp_path: Path) -> None:
    wanted = order(tmp_path / "out")
    index = publishing.all_municipalities(wanted, saved, jobs=1)
    text = index.read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
    for area in ("101", "183", "751", "825"):
        for format_ in wanted.formats:
            path = wanted.path(saved, area, format_)
            assert path.is_file()
            assert f'href="{path.name}"' in text
    assert "<h1>Alle kommuner: det specialiserede socialområde, budget 2027</h1>" in text
    assert saved.id in text
    assert "SYNTETISKE DATA" in text
    assert text.index("Ishøj") < text.index("København") < text.index("Aarhus")  # Aa is Å


def test_what_is_there_is_kept_and_what_is_missing_is_made(saved: Bundle, tmp_path: Path) -> None:
    wanted = order(tmp_path / "out", ("html",))
    publishing.all_municipalities(wanted, saved, jobs=1)
    kept, lost = (wanted.path(saved, area, "html") for area in ("751", "825"))
    before = kept.stat().st_mtime_ns
    whole = lost.read_bytes()
    lost.unlink()
    publishing.all_municipalities(wanted, saved, jobs=1)
    assert kept.stat().st_mtime_ns == before
    assert lost.read_bytes() == whole


def test_another_specification_makes_all_anew(saved: Bundle, tmp_path: Path) -> None:
    wanted = order(tmp_path / "out", ("html",))
    publishing.all_municipalities(wanted, saved, jobs=1)
    path = wanted.path(saved, "751", "html")
    path.write_text("old", encoding="utf-8")
    other = Order(wanted.report, ("html", "data"), "da", wanted.out)
    publishing.all_municipalities(other, saved, jobs=1)
    assert path.read_text(encoding="utf-8") != "old"


def test_names_of_files_hold_no_text_from_data(saved: Bundle, tmp_path: Path) -> None:
    saved.meta["areas"]["751"] = "../../etc/passwd"
    path = order(tmp_path).path(saved, "751", "html")
    assert path == tmp_path / "budget-751-2027-da.html"


def test_mistakes_are_sentences(saved: Bundle, tmp_path: Path) -> None:
    sources = reporting.sources(saved)
    with pytest.raises(ReportError, match="holds no area '999'"):
        reporting.build(reporting.spec("budget"), sources, "999", "da")
    with pytest.raises(ReportError, match="negotiation is made for nation"):
        reporting.build(reporting.spec("negotiation"), sources, "751", "da")
    report = reporting.build(reporting.spec("compare"), sources, "751", "da")
    with pytest.raises(ReportError, match="'htm' is not written; did you mean html"):
        reporting.write(report, "htm", tmp_path / "x")
