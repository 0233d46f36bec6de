"""What is said of figures, in words that an analyst reads."""

from __future__ import annotations

from forecast.cli import _telling


def test_what_past_origins_saw_is_said_in_words() -> None:
    today = _telling.past_figures(None, True)
    assert today.startswith("figures up to its own period, as they stand today")
    assert "later revisions" in today
    trained = _telling.past_figures("", True, "stood at training")
    assert "as they stood at training, so with later revisions" in trained
    snapshot = _telling.past_figures("2025-06-01", True)
    assert "as they stood on 2025-06-01, so with revisions up to then" in snapshot
    cut = _telling.past_figures("2025-06-01", False)
    assert "published by 2025-06-01, as revised since: no snapshot here is of that day" in cut
    for said in (today, snapshot, cut):
        assert said.endswith("populations and drivers as published at that origin")


def test_a_series_is_told_in_names_and_codes() -> None:
    key = {"area": "751", "region": "082", "service": "s107", "age": "18+"}
    told = "Aarhus (751), in Region Midtjylland (082), § 107 Temporary residential places (s107)"
    assert _telling.series(key) == f"{told}, age 18+"
    assert _telling.series({"area": "081", "region": "081"}) == "Region Nordjylland (081)"
    assert _telling.series({"area": "north", "service": "x", "age": ""}) == "north, service x"
