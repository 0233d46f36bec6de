from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest
from support import reports
from support.bundles import bundle
from support.shown import build, table, view

from forecast import areas, parts, reporting, services
from forecast.bundle import Bundle
from forecast.reporting import danish, modelview, suppression, wording
from forecast.reporting.document import Figure, Paragraph, Section, Table, number_of
from forecast.reporting.view import Store, View
from forecast.sections import (
    _common,
    _series,
    adjustments,
    assumptions,
    backtest,
    claims,
    demand,
    headline,
    peers,
    record,
    sensitivity,
    volume,
)


def told(section: Section) -> str:
    return " ".join(b.text for b in section.blocks if isinstance(b, Paragraph))


def test_the_years_between_accounts_and_budget_stand_in_both_tables() -> None:
    seen = view(reports.saved(), "751")
    assert _common.years_between(seen) == ["2025", "2026"]
    for name in ("conclusion", "pressure"):
        built = build(name, seen)
        text = str([b for b in built.blocks if isinstance(b, Table)])
        assert "Forventet regnskab 2025" in text
        assert "Forventet regnskab 2026" in text
    columns = table(build("pressure", seen), "pressure_fixed").columns
    heads = [c.title for c in columns]
    at = heads.index("2027")
    assert heads[at : at + 4] == ["2027", "2028", "2029", "2030"]  # together, as charts read them


def test_a_country_has_no_decimals_of_millions_and_is_many_municipalities() -> None:
    made = bundle()
    cost = made.frames["cost"]
    made.frames["cost"] = cost.assign(value=cost["value"].where(cost["area"] != "000", 3e7))
    seen = view(made, "000")
    assert _common.money(seen) == "mio0"
    assert _common.money(view(made, "751")) == "mio"
    assert _common.money(view(made, "825")) == "mio2"
    assert "ventes landets kommuner at bruge" in told(build("conclusion", seen))
    assert "Denmark's municipalities" in told(build("conclusion", view(made, "000", "en")))
    assert "kommunerne i Region 082" in told(build("conclusion", view(made, "082")))


def test_growth_by_function_and_kind_sums_across_and_down() -> None:
    seen = replace(view(reports.saved(), "000"), options={"table": "functions"})
    rows = table(build("bridge", seen), "bridge_functions").rows
    kinds = len(rows[-1].cells) - 4  # name, change and its two ends beside them
    for row in rows:
        if row.kind != "group":
            numbers = [number_of(c).value for c in row.cells[1:]]
            assert sum(numbers[:kinds]) == pytest.approx(numbers[kinds])
    *groups, total = (r for r in rows if r.kind == "total")
    for i in range(1, kinds + 2):
        down = sum(number_of(g.cells[i]).value for g in groups)
        assert down == pytest.approx(number_of(total.cells[i]).value)


def test_regions_and_groups_have_the_bounds_of_their_sums() -> None:
    made = reports.saved()
    built = build("spread", view(made, "000"))
    for name in ("spread_region", "spread_group"):
        for row in table(built, name).rows:
            change, low, high = (number_of(c).value for c in row.cells[1:4])
            assert low < change < high
    row = next(r for r in table(built, "spread_region").rows if "082" in str(r.cells[0]))
    seen = view(made, "082")
    start = seen.cost("2024", "fixed", "accounts").value
    low = number_of(row.cells[2]).value
    assert low == pytest.approx(seen.cost("2027", "fixed", quantile=0.1).value - start)
    listed = table(build("municipalities", view(made, "000")), "spread")
    assert len(listed.rows) == len([a for a in made.meta["areas"] if len(a) == 3 and a > "100"])


def test_a_lift_that_is_not_agreed_is_not_called_agreed() -> None:
    made = bundle()
    agreed = told(build("headline", view(made, "000")))
    assert "Det aftalte løft" in agreed
    made.meta["notes"] = [{"code": "lift_assumed", "params": {"year": 2027, "from": 2026}}]
    assumed = build("headline", view(made, "000"))
    assert "Løftet for 2027 er ikke aftalt" in told(assumed)
    assert "løftet for 2026" in told(assumed)
    assert "Løft aftalt for 2026" in [r.cells[0] for r in table(assumed, "frame").rows]
    assert headline.lift_of(view(made, "000"), "2026") == ""


def test_a_service_is_not_counted_before_it_existed_and_its_growth_is_explained() -> None:
    made = bundle()
    seen = view(made, "751")
    series = _series.Series("recipients_adults", "full_year_services", "s85a", "")
    assert services.table()["s85a"].valid_from == "2024Q1"
    assert all(int(p[:4]) >= 2024 for p, _ in _series.observed(seen, series))
    older = _series.Series("recipients_adults", "full_year_services", "s107", "")
    assert any(int(p[:4]) < 2024 for p, _ in _series.observed(seen, older))
    for section in (volume, claims):
        built = section.build(seen)
        assert built is not None
        notes = [n for b in built.blocks if isinstance(b, Table) for n in b.notes]
        assert any("1. kvartal 2024" in note and "Ydelse s85a" in note for note in notes)
    assert _common.new_services(seen, ["s107"]) == ()


def test_claims_name_the_counts_they_rest_on_and_not_the_population() -> None:
    made = bundle()
    model = made.meta["models"]["recipients_adults"]
    vintage = {**made.meta["vintages"][0], "dataset": "folk1a", "id": "folk1a-2026-05-01-ab"}
    made.meta["vintages"].append(vintage)
    model["vintages"] = ["folk1a-2026-05-01-ab", made.meta["vintages"][0]["id"], "gone-1"]
    found = claims.build(view(made, "000"))
    assert found is not None
    assert {row.cells[-1] for row in table(found, "claims").rows} == {
        "Voksne, helårspersoner (HAND01)"
    }


def test_a_group_of_similar_municipalities_says_in_what() -> None:
    made = bundle()
    rows = made.frames["peers"]
    made.frames["peers"] = rows.assign(why="size;children")
    said = peers.build(view(made, "751"))
    assert said is not None
    assert "størrelse" in told(said)
    assert "andelen af børn og unge" in told(said)
    made.frames["peers"] = rows.assign(why="")
    alone = peers.build(view(made, "751"))
    assert alone is not None
    assert "ingen ligner meget" in told(alone)


def test_sensitivity_is_a_hundredth_of_net_cost_and_a_point_of_growth_is_less() -> None:
    seen = view(reports.saved(), "000")
    built = sensitivity.build(seen)
    assert built is not None
    effects = [number_of(row.cells[1]).value for row in table(built, "sensitivity").rows]
    assert effects[0] == pytest.approx(seen.cost("2027", "current").value / 100)
    assert effects[1] + effects[2] == pytest.approx(effects[0])
    rows = seen.slice("prices")
    [growth] = [
        seen.row(rows, r, "growth").value for _, r in rows.select(kind="total", year="2027")
    ]
    assert growth > 0
    assert effects[3] == pytest.approx(effects[0] / (1 + growth / 100))
    assert effects[4] == pytest.approx(seen.cost("2027", "current", component="refund").value / 10)


def test_the_record_says_what_was_forecast_of_need_and_whether_it_held() -> None:
    built = record.build(view(reports.saved(), "751"))
    assert built is not None
    rows = table(built, "record_demand").rows
    assert rows
    for row in rows:
        said, low, high, came = (number_of(c).value for c in row.cells[3:7])
        assert low <= said <= high
        assert row.cells[7] == ("ja" if low <= came <= high else "nej")


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_level_that_the_record_shows_across_a_break_is_explained(language: str) -> None:
    made = bundle()
    what = {"title_da": "Kontoplanen blev delt.", "title_en": "The account plan was split."}
    own = {"measure": "unit_cost", "action": "start_after", **what}
    made.frames["ledger"] = pd.concat([made.frames["ledger"], *of_old(made)], ignore_index=True)
    for date, told_ in (("2018", True), ("1999", False), ("2031", False)):
        made.meta["breaks"] = [{**own, "date": date}]
        notes = table(build("record", view(made, "751", language)), "record").notes
        assert len(notes) == told_
        assert all(what[f"title_{language}"] in note and date in note for note in notes)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_intervals_known_to_be_too_narrow_say_so_where_they_stand(language: str) -> None:
    made = bundle()
    scores = made.frames["accuracy"]
    words = wording.load(language)
    for share, n, said in ((0.5, 900.0, True), (0.5, 3.0, False), (0.95, 900.0, False)):
        made.frames["accuracy"] = scores.assign(value=share, n=n)
        shown = table(build("demand", view(made, "751", language)), "demand_recipients_adults")
        held = words.text("coverage.held", share=share, n=n)
        assert any(held in note for note in shown.notes) == said


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_bounds_that_are_too_narrow_far_ahead_only_say_so_and_where(language: str) -> None:
    made = bundle()
    scores = made.frames["accuracy"]
    words = wording.load(language)
    mine = (scores["model"] == "recipients_adults") & (scores["metric"] == "coverage80")
    far = max(float(h) for h in scores.loc[mine, "horizon"])
    for share in (0.3, 0.8):
        value = scores["value"].where(~mine, 0.8).where(~mine | (scores["horizon"] != far), share)
        made.frames["accuracy"] = scores.assign(value=value, n=500.0)
        seen = view(made, "751", language)
        held = words.text("coverage.held", share=share, n=500.0)
        where = _common.ahead(seen, "recipients_adults", f"{far:g}")
        said = words.text("coverage.at", held=held, where=where)
        notes = table(build("demand", seen), "demand_recipients_adults").notes
        assert any(said in note for note in notes) == (share < 0.8)
        assert (said in told(build("appendix", seen))) == (share < 0.8)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_bounds_of_cost_name_the_forecasts_that_held_too_seldom(language: str) -> None:
    made = bundle()
    scores = made.frames["accuracy"]
    name = view(made, "751", language).model_name("recipients_adults")
    for share, models, said in (
        (0.3, ["recipients_adults"], True),
        (0.8, ["recipients_adults"], False),
        (0.3, ["diagnosis_prevalence"], False),  # nothing is paid by it
    ):
        mine = scores["model"].isin(models) & (scores["metric"] == "coverage80")
        value = scores["value"].where(~mine, share)
        others = (scores["metric"] == "coverage80") & ~mine
        made.frames["accuracy"] = scores.assign(value=value.where(~others, 0.8), n=500.0)
        seen = view(made, "751", language)
        start = wording.load(language).texts["coverage.of_cost"].partition("{")[0]
        notes = [n for n in table(build("conclusion", seen), "conclusion").notes if start in n]
        assert [name in note for note in notes] == [True] * said


def test_the_verdict_names_levels_and_distances_of_narrow_intervals_and_counts_dates() -> None:
    made = bundle()
    row = made.frames["accuracy"].iloc[[0]].assign(method="combination", size_class="all", n=200.0)
    cover = row.assign(metric="coverage80", level="municipality")
    parts_ = [cover.assign(horizon=h, value=v) for h, v in ((0.0, 0.7), (1.0, 0.8), (2.0, 0.3))]
    above = [cover.assign(level="region", horizon=h, value=0.8) for h in (0.0, 1.0, 2.0)]
    made.frames["accuracy"] = pd.concat([*parts_, *above], ignore_index=True)
    made.meta["models"] = {row["model"].iloc[0]: made.meta["models"][row["model"].iloc[0]]}
    past = made.frames["backtest"].iloc[[0, 0]].assign(horizon=2.0)
    for origins, word in ((["2020", "2021"], "fra 2 tidspunkter"), (["2020"] * 2, "fra ét")):
        made.frames["backtest"] = past.assign(origin=origins)
        said = told(build("verdict", view(made, "000"))).replace("\N{NO-BREAK SPACE}", " ")
        assert "for smalle for kommuner (70 % af 200 prøver over alle afstande og" in said
        assert "30 % af 200 prøver 2 kvartaler frem" in said
        assert "prøver 1 kvartal frem" not in said
        assert "regioner" not in said.partition("for smalle")[2]
        assert word in said


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_probability_that_rounds_to_none_or_all_is_told_by_number_of_futures(
    language: str,
) -> None:
    made = bundle()
    frame = made.frames["frame"]
    draws = wording.load(language).show(float(made.meta["draws"]), "int")
    for share, counted in ((0.0, "0"), (0.001, None), (0.4, None), (1.0, draws)):
        chance = frame["item"].astype("str") == "probability"
        made.frames["frame"] = frame.assign(value=frame["value"].mask(chance, share))
        built = build("headline", view(made, "000", language))
        lead = next(b for b in built.blocks if isinstance(b, Paragraph))
        text = lead.text.replace("\N{NO-BREAK SPACE}", " ")
        one = wording.load(language).show(share, "pct").replace("\N{NO-BREAK SPACE}", " ")
        assert (one in text.rpartition(".")[0].rpartition(".")[2]) == (share == 0.4)
        numbers = [run.number for run in lead.runs if run.number is not None]
        assert any(n.ref.startswith(("frame", "(frame")) for n in numbers)
        if counted is not None:
            of = {"da": f"i {counted} af {draws} simulerede", "en": f"in {counted} of {draws} sim"}
            assert of[language] in text


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_no_share_is_sold_of_what_is_spent_on_nobody(language: str) -> None:
    made = bundle()
    cost = made.frames["cost"]
    none = (cost["area"] == "825") & (cost["function"] == "5.38.50") & (cost["year"] == "2027")
    spent = none & cost["component"].isin(["gross", "net"])
    same = none & (cost["component"] == "expenses")
    made.frames["cost"] = cost.assign(
        value=cost["value"].mask(spent, 4.0).mask(same, cost["value"] / 6)
    )
    seen = view(made, "825", language)
    shown = table(build("places", seen), "places")
    [line] = [r for r in shown.rows if str(r.cells[0]).startswith("5.38.50")]
    assert number_of(line.cells[6]).given  # what was sold is said
    assert number_of(line.cells[4]).given
    assert not number_of(line.cells[8]).given
    assert all(number_of(r.cells[8]).given for r in shown.rows if r is not line)
    [note] = shown.notes
    assert seen.function_name("5.38.50") in note
    assert not table(build("places", view(bundle(), "825", language)), "places").notes


def test_how_often_accounts_came_above_the_budget_is_a_number_of_years() -> None:
    made = reports.saved()
    said = [b for b in record._bias(view(made, "751")) if isinstance(b, Paragraph)]
    rows = made.table("bias")
    own = rows[(rows["area"].astype("str") == "751") & (rows["function"].astype("str") == "")]
    [budget] = own[own["source"].astype("str") == "budget"].to_dict("records")
    above = round(budget["overrun_share"] * budget["n"])
    assert f"Det var højere i {above} af" in said[0].text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_year_without_an_earlier_projection_has_no_empty_columns() -> None:
    made = bundle()
    ledger = made.frames["ledger"]
    made.frames["ledger"] = ledger[ledger["source"] != "forecast"]
    built = record.build(view(made, "751"))
    assert built is not None
    shown = table(built, "record")
    assert len(shown.columns) == 5
    assert "vedtaget budget og regnskab" in shown.caption
    assert "prognose" not in shown.caption
    assert "endnu ingen tidligere fremskrivning" in told(built)
    assert "Vedtagne budgetter ved siden af regnskabet" in told(built)


def of_old(made: Bundle) -> list[pd.DataFrame]:
    """Accounts and budgets of 2007 to 2021 for the ledger."""
    ledger = made.frames["ledger"]
    old = ledger[(ledger["year"] == "2024") & (ledger["source"] != "forecast")]
    return [old.assign(year=str(year), known=f"{year + 1}-04-15") for year in range(2007, 2022)]


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_record_shows_every_year_that_was_budgeted_and_accounted(language: str) -> None:
    made = bundle()
    ledger, many = made.frames["ledger"], of_old(made)
    said = many[-1][many[-1]["source"] == "budget"].assign(source="forecast")
    made.frames["ledger"] = pd.concat([ledger, *many, said], ignore_index=True)
    shown = table(build("record", view(made, "751", language)), "record")
    own = made.frames["ledger"]
    own = own[(own["area"].astype("str") == "751") & (own["function"].astype("str") == "")]
    kinds = {kind: set(some["year"]) for kind, some in own.groupby("source", observed=True)}
    both = kinds["accounts"] & (kinds["budget"] | kinds["forecast"])
    assert len(both) > 12
    assert [row.cells[0] for row in shown.rows] == sorted(both)
    assert {"da": "vedtaget budget, prognose og regnskab", "en": "adopted budget, forecast and"}[
        language
    ] in shown.caption


def test_prices_and_the_checks_of_the_very_vintages_stand_among_the_assumptions() -> None:
    made = bundle()
    vintage = made.meta["vintages"][0]
    checks = [{"name": "form", "passed": True}, {"name": "published totals", "passed": False}]
    done = {"dataset": "hand01", "vintages": [vintage["id"]], "checks": checks}
    made.meta["checks"] = [done]
    built = assumptions.build(view(made, "751"))
    assert len(table(built, "prices").rows) == 7
    [row] = table(built, "checks").rows
    assert row.cells[1:] == ("1 af 2", "afstemning til offentliggjorte tal")
    made.meta["checks"] = [{**done, "vintages": ["hand01-other"]}]
    names = [b.name for b in assumptions.build(view(made, "751")).blocks if isinstance(b, Table)]
    assert "checks" not in names


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("fitted to 6665 cases", "er for voksne tilpasset 6.665 importerede sager"),
        ("fitted to counts above 3 limits", "er for voksne tilpasset antal over 3 beløbsgrænser"),
        ("assumption", "er for voksne antaget"),
    ],
)
def test_the_source_of_case_costs_is_said_in_the_language_of_the_report(
    source: str, said: str
) -> None:
    made = bundle()
    params = {"adults": source, "children": source}
    made.meta["notes"] = [{"code": "case_costs", "params": params}]
    text = told(assumptions.build(view(made, "751")))
    assert said in text
    assert "fitted" not in text


def test_without_local_knowledge_one_sentence_says_so() -> None:
    made = bundle()
    assert adjustments.build(view(made, "751")) is None
    assert "ikke lagt lokale korrektioner" in told(assumptions.build(view(made, "751")))
    made.meta["adjustments"] = [
        {"name": "sag", "author": "A", "reason": "B", "amount": 3200.0, "price_level": 2027,
         "function": "5.38.50", "area": "751", "municipalities": ["751"]},
        {"name": "flyt", "service": "s107", "to": "s85_home", "move": 0.05, "area": "000"},
        {"name": "færre", "service": "s107", "change": -0.05, "area": "000"},
    ]  # fmt: skip
    seen = view(made, "751")
    built = adjustments.build(seen)
    assert built is not None
    what = [str(row.cells[3]) for row in table(built, "adjustments").rows]
    assert "3.200" in what[0]
    assert "2027-priser" in what[0]
    assert what[1].startswith("5,0")
    assert what[2].endswith("−5,0\N{NO-BREAK SPACE}%")
    assert "ikke lagt lokale" not in told(assumptions.build(seen))


def test_intervals_that_held_too_seldom_are_pointed_out() -> None:
    made = bundle()
    scores = made.frames["accuracy"]
    narrow = scores["value"].where(scores["metric"] != "coverage80", 0.4)
    made.frames["accuracy"] = scores.assign(value=narrow)
    assert "sjældnere, end de lover" in told(build("appendix", view(made, "751")))
    wide = scores["value"].where(scores["metric"] != "coverage80", 0.99)
    made.frames["accuracy"] = scores.assign(value=wide)
    assert "oftere, end de lover" in told(build("appendix", view(made, "751")))
    for said in (narrow, wide):  # of three tries, any share is chance
        made.frames["accuracy"] = scores.assign(value=said, n=3.0)
        assert "end de lover" not in told(build("appendix", view(made, "751")))


@pytest.mark.parametrize(
    ("gain", "word"), [(0.2, "mindre end"), (-0.2, "større end"), (0.001, "på niveau med")]
)
def test_the_verdict_says_better_or_worse_and_in_which_measure(gain: float, word: str) -> None:
    made = bundle()
    scores = made.frames["accuracy"]
    row = scores.iloc[[0]].assign(
        method="combination", level="municipality", size_class="all", horizon=0.0
    )
    both = [row.assign(metric=m, value=v) for m, v in (("wape", 0.1), ("skill_vs_benchmark", gain))]
    alone = scores[~scores["method"].isin(["demographic", "naive"])]
    made.frames["accuracy"] = pd.concat([alone, *both], ignore_index=True)
    said = told(build("verdict", view(made, "000")))
    assert word in said.partition("(MASE)")[2]
    assert "afveg modellen 10,0\N{NO-BREAK SPACE}% fra det, der skete." in said
    assert "WAPE" not in said
    simple = both[0].assign(method="naive", value=0.05)  # it may be better in the other measure
    made.frames["accuracy"] = pd.concat([alone, *both, simple], ignore_index=True)
    said = told(build("verdict", view(made, "000")))
    assert "simple metode 5,0\N{NO-BREAK SPACE}% (WAPE" in said
    assert word in said.partition("(MASE)")[2]


@pytest.mark.parametrize(
    ("gain", "ends", "sums", "word"),
    [
        (
            0.2,
            (0.1, 0.3),
            0.1,
            "større, end tilfældigheder kan forklare (95\N{NO-BREAK SPACE}%: +10,0",
        ),
        (
            -0.2,
            (-0.3, -0.1),
            0.1,
            "større, end tilfældigheder kan forklare (95\N{NO-BREAK SPACE}%: −30,0",
        ),
        (0.2, (-0.1, 0.3), -0.4, "kan ikke påvises nogen gevinst"),
        (0.2, (float("nan"), float("nan")), 0.1, ""),
    ],
)
def test_the_verdict_says_what_chance_gives_and_where_sums_are_worse(
    gain: float, ends: tuple[float, float], sums: float, word: str
) -> None:
    made = bundle()
    row = (
        made.frames["accuracy"]
        .iloc[[0]]
        .assign(method="combination", level="municipality", size_class="all", horizon=0.0)
    )
    skill = row.assign(metric="skill_vs_benchmark", value=gain, lower=ends[0], upper=ends[1])
    above = skill.assign(level="region", value=sums)
    wape = row.assign(metric="wape", value=0.1)
    made.frames["accuracy"] = pd.concat([wape, skill, above], ignore_index=True)
    said = told(build("verdict", view(made, "000")))
    assert ("tilfældig" in said) == bool(word)
    assert word in said
    assert ("40,0\N{NO-BREAK SPACE}% større end den simple metodes" in said) == (sums < 0)


def test_unchanged_rows_are_left_out_of_a_comparison_and_counted() -> None:
    made, old = bundle(), bundle()
    cost = old.frames["cost"]
    mine = (cost["function"] == "5.38.50") & (cost["series"] == "forecast")
    old.frames["cost"] = cost.assign(value=cost["value"].where(~mine, cost["value"] * 1.1))
    sources = reporting.sources(made, other=old)
    report = reporting.build(reporting.spec("compare"), sources, "751", "da")
    moved = next(t for t in report.tables if t.name == "changes_functions")
    assert [str(row.cells[0])[:7] for row in moved.rows] == ["5.38.50", "I alt"]
    assert moved.notes[0] == "5 rækker uden ændring efter afrunding er udeladt."


def test_every_figure_of_every_report_has_something_drawn() -> None:
    made, earlier = reports.saved(), bundle(seed=2)
    sources = reporting.sources(made, other=earlier)
    for name in ("budget", "negotiation", "compare"):
        report = reporting.build(reporting.spec(name), sources, areas.NATION, "da")
        assert report.figures
        for figure in report.figures:
            drawn = parts.find("reporting.figures", figure.kind).draw(figure.data)
            assert isinstance(figure, Figure)
            assert sum(p.startswith(("<path", "<rect", "<circle")) for p in drawn.parts) >= 2


def test_groups_of_a_comparison_and_drivers_have_names() -> None:
    rows = [("service", "s107"), ("region", "082"), ("size_class", "small"), ("horizon", "3"),
            ("age", "0-17"), ("function", "5.38.50")]  # fmt: skip
    groups = pd.DataFrame(
        [(by, group, 0.1, 0.05, 0.2, 10) for by, group in rows],
        columns=["by", "group", "skill", "lower", "upper", "n"],
    )
    version = SimpleNamespace(version=1, tags={"when": "2026-05-01T00:00:00"})
    found = SimpleNamespace(
        new=version, old=version, skill=0.1, lower=0.05, upper=0.2, cells=60, groups=groups,
        same=False, origins=("2022", "2023"), shares={}, rerun=False,
    )  # fmt: skip
    extra: dict[str, Any] = {
        "comparison": found,
        "spec": SimpleNamespace(drivers={"length_of_stay": 1}),
        "titles": {"length_of_stay": {"da": "Indlæggelsestid", "en": "Length of stay"}},
    }
    built = build("standing", view(reports.saved(), "000", **extra))
    lines = table(built, "comparison").rows
    assert [str(row.cells[0]) for row in lines] == [
        "ydelse", "region", "størrelse", "hvor langt frem", "alder", "funktion",
    ]  # fmt: skip
    named = [str(row.cells[1]).replace("\N{NO-BREAK SPACE}", " ") for row in lines]
    assert named[:5] == ["Ydelse s107", "Region 082", "små", "3 kvartaler frem", "0 til 17 år"]
    assert named[5].startswith("5.38.50 ")
    assert "Indlæggelsestid" in told(built)
    vars(found).update(same=True, skill=0.0, lower=0.0, upper=0.0)
    alike = build("standing", view(reports.saved(), "000", **extra))
    assert not [b for b in alike.blocks if isinstance(b, Table)]  # nothing but zeros to show
    assert "kan ikke skelnes" in told(alike)


def test_a_model_of_regions_speaks_of_regions() -> None:
    for areas_of, name in ((["081", "082"], "regioner"), (["101", "081"], "kommuner")):
        held = pd.DataFrame({"area": areas_of})
        seen = SimpleNamespace(
            bundle=SimpleNamespace(table=lambda _, held=held: held), words=wording.load("da")
        )
        assert backtest.level_name(cast("View", seen)) == name


@pytest.mark.parametrize(
    ("area", "names"),
    [
        ("751", ["Voksne modtagere (regioner)", "Enhedsudgifter"]),
        ("081", ["Voksne modtagere", "Enhedsudgifter (kommuner)"]),
        ("000", ["Voksne modtagere (regioner)", "Enhedsudgifter"]),
    ],
)
def test_the_appendix_says_whose_scores_they_are(area: str, names: list[str]) -> None:
    made, of = bundle(), "recipients_adults"
    tried, scores = made.frames["backtest"], made.frames["accuracy"]
    made.frames["backtest"] = tried.assign(area="081")  # a model of regions, and of nothing else
    own = scores["level"] == "municipality"
    summed = (scores["model"] != of) & (scores["level"] == "nation")
    made.frames["accuracy"] = scores[own | summed]
    lines = table(build("appendix", view(made, area)), "accuracy").rows
    assert list(dict.fromkeys(str(row.cells[0]) for row in lines)) == names


def test_the_appendix_says_on_how_many_tries_scores_rest_and_which_models_had_none() -> None:
    made = bundle()
    scores = made.frames["accuracy"]
    made.frames["accuracy"] = scores[scores["model"] != "unit_costs"].assign(n=17.0)
    found = table(build("appendix", view(made, "000")), "accuracy")
    assert {number_of(row.cells[-1]).value for row in found.rows} == {17.0}
    assert "Enhedsudgifter" in found.notes[-1]
    assert "Voksne modtagere" not in found.notes[-1]
    made.frames["accuracy"] = scores
    assert all("Enhedsudgifter" not in note for note in
               table(build("appendix", view(made, "000")), "accuracy").notes)  # fmt: skip


@pytest.mark.parametrize(("farthest", "said"), [(23.0, True), (24.0, False)])
def test_the_appendix_says_where_a_forecast_reaches_farther_than_it_was_tried(
    farthest: float, said: bool
) -> None:
    """From the last quarter of 2024 to that of 2030 it is 24 quarters."""
    made, of = bundle(), "recipients_adults"
    demand, scores = made.frames["demand"], made.frames["accuracy"]
    demand = demand[demand["model"] == of]
    last = demand[demand["period"].astype(str) == demand["period"].astype(str).max()]
    made.frames["demand"] = pd.concat([demand, last.assign(period="2030")])
    tried = scores[scores["model"] == of]
    made.frames["accuracy"] = pd.concat(
        [tried, tried[tried["horizon"] > 0].assign(horizon=farthest)]
    ).drop_duplicates(["level", "size_class", "method", "metric", "horizon"])
    notes = table(build("appendix", view(made, "000")), "accuracy").notes
    assert any("ført videre fra de kortere afstande" in note for note in notes) is said


@pytest.mark.parametrize(
    ("share", "form", "said"),
    [(0.001, "mio2", r"\d,\d\d.mio"), (1.0, "mio", r"\d,\d.mio"), (1000.0, "mio0", r"\d{3}.mio")],
)
def test_amounts_have_decimals_by_how_large_an_area_spends(
    share: float, form: str, said: str
) -> None:
    made = bundle()
    for name in ("cost", "bridge"):
        frame = made.frames[name]
        made.frames[name] = frame.assign(value=frame["value"] * share)
    seen = view(made, "751")
    assert _common.money(seen) == form
    for name in ("conclusion", "bridge", "sensitivity", "pressure", "places"):
        built = build(name, seen)
        some = [b for b in built.blocks if isinstance(b, Table)]
        forms = {c.form.removesuffix("ch") for t in some for c in t.columns if "mio" in c.form}
        assert forms == {form}, name
    sentences = [b for b in build("conclusion", seen).blocks if isinstance(b, Paragraph)]
    for paragraph in sentences:
        assert re.search(said, paragraph.text)
        assert not re.search(r",\d(?!\d).mio" if form != "mio" else r",\d\d.mio", paragraph.text)
    alts = [b.alt for n in ("bridge", "sensitivity") for b in build(n, seen).blocks
            if isinstance(b, Figure)]  # fmt: skip
    assert alts
    assert not any(".." in alt for alt in alts)


def test_unit_costs_of_a_model_are_told_apart_by_function() -> None:
    frame = pd.DataFrame({"area": ["101", "101"], "function": ["5.38.50", "5.38.52"]})
    keyed = modelview._keyed(frame)
    assert list(keyed["service"]) == ["5.38.50", "5.38.52"]
    alone = suppression.shield(Bundle({**reports.saved().meta, "years": []}, {}))
    for service in keyed["service"]:
        keys = {"model": "unit_costs", "service": service, "age": "", "period": "2023"}
        assert alone.hides("backtest", "actual", "101", keys)  # who knows the accounts, counts


def test_shares_of_the_mix_are_of_what_is_shown_and_come_to_the_whole() -> None:
    for area in ("000", "751"):
        built = build("mix", view(reports.saved(), area))
        [figure] = (b for b in built.blocks if isinstance(b, Figure))
        lines = figure.data.lines
        assert 3 <= len(lines) <= 5
        for i, (time, _) in enumerate(lines[0].points):
            assert sum(line.points[i][1] for line in lines) == pytest.approx(100.0)
            assert all(line.points[i][0] == time for line in lines)
        assert figure.data.since == 2024
        names = [line.name for line in lines]
        assert all("s85a" not in name for name in names)  # new in 2024: no past to compare with
    small = parts.find("sections", "mix").build(view(reports.saved(), "825"))
    assert small is None  # too few services can be shown


def test_means_of_few_have_a_decimal_and_of_many_none() -> None:
    made = bundle()
    for factor, form in ((0.01, "one"), (10.0, "int")):
        for name in ("demand", "history", "volumes"):
            frame = bundle().frames[name]
            made.frames[name] = frame.assign(value=frame["value"] * factor)
        seen = View(Store(made), "751", wording.load("da"), suppression.shield(made, 0))
        one = _series.of(seen, "recipients_adults")[0]
        assert _series.shown(seen, one) == form
        columns = table(build("demand", seen), "demand_recipients_adults").columns
        assert {c.form for c in columns[2:]} == {form}
        columns = table(build("volume", seen), "volume").columns
        assert [c.form for c in columns[1:3]] == [form, form]
        said = demand.sentence(seen, one)
        assert {run.form for run in said.runs if run.number} == {form}


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_an_old_figure_is_not_shown_as_the_latest_where_the_source_hides_later_ones(
    language: str,
) -> None:
    made = bundle()
    frame = made.frames["history"]
    own = (frame["area"] == "751") & (frame["service"] == "s107")
    made.frames["history"] = frame[~own | (frame["period"] <= "2021")]
    seen = view(made, "751", language)
    shown = table(build("demand", seen), "demand_recipients_adults")
    named = seen.service_name("s107")
    [line] = [row for row in shown.rows if row.cells[0] == named]
    assert line.cells[1] == "2024"
    assert number_of(line.cells[2]).hidden
    assert number_of(line.cells[3]).given
    others = [row for row in shown.rows if row is not line]
    assert all(number_of(r.cells[2]).given or number_of(r.cells[2]).hidden for r in others)
    [note] = [n for n in shown.notes if named in n]
    assert "2021" in note
    assert {"da": "læses med forbehold", "en": "used with care"}[language] in note
    free = table(build("demand", view(bundle(), "751", language)), "demand_recipients_adults")
    assert not any("2024" in note and named in note for note in free.notes)


def test_a_service_that_no_whole_year_has_seen_shows_its_last_quarter_and_no_demography() -> None:
    made = bundle()
    for name in ("history", "demand"):  # s107 becomes § 117 a, which began in the middle of 2024
        frame = made.frames[name]
        made.frames[name] = frame.assign(service=frame["service"].replace("s107", "s117a"))
    frame = made.frames["history"]
    some = frame[(frame["service"] == "s117a") & (frame["period"] == "2024")]
    quarters = [some.assign(period=f"2024Q{q}", value=some["value"] * q) for q in (3, 4)]
    older = frame[(frame["service"] != "s117a") | (frame["period"] == "2024")]
    made.frames["history"] = pd.concat([older, *quarters], ignore_index=True)
    seen = view(made, "751")
    shown = table(build("demand", seen), "demand_recipients_adults")
    [line] = [row for row in shown.rows if "kvartal" in str(row.cells[1])]
    value = some[some["area"].astype("str") == "751"]["value"].iloc[0]
    assert line.cells[1] == "4. kvartal 2024"
    assert number_of(line.cells[2]).value == pytest.approx(4 * value)
    assert number_of(line.cells[3]).given
    assert not number_of(line.cells[-1]).given
    others = [row for row in shown.rows if row is not line]
    assert all(row.cells[1] == "2024" for row in others)
    assert any(number_of(row.cells[-1]).given for row in others)


def test_an_old_figure_that_is_protected_stays_so() -> None:
    made = bundle()
    seen = view(made, "825")
    small = next(s for s in _series.of(seen, "recipients_adults")
                 if (found := _series.last(seen, s)) and found[1].hidden)  # fmt: skip
    frame = made.frames["history"]
    own = (frame["area"] == "825") & (frame["service"] == small.service)
    made.frames["history"] = frame[~own | (frame["period"] <= "2021")]
    shown = table(build("demand", view(made, "825")), "demand_recipients_adults")
    [line] = [row for row in shown.rows if row.cells[0] == seen.service_name(small.service)]
    assert number_of(line.cells[2]).hidden
    assert not any("2021" in note for note in shown.notes)


def test_expected_numbers_of_few_are_explained_beside_protected_ones() -> None:
    made = bundle()
    frame = made.frames["demand"]
    made.frames["demand"] = frame.assign(
        value=frame["value"].where(frame["series"] != "forecast", 2)
    )
    guarded = table(build("demand", view(made, "825")), "demand_recipients_adults")
    assert guarded.guarded
    assert any("vises ikke af hensyn" in note for note in guarded.notes)
    if any(number_of(row.cells[3]).given for row in guarded.rows):
        assert any("prognose og ikke personer" in note for note in guarded.notes)
    free = table(build("demand", view(made, "101")), "demand_recipients_adults")
    assert free.guarded or not any("ikke personer" in note for note in free.notes)


def test_cases_of_a_group_whose_cost_falls_on_nobody_known_are_not_counted_as_none() -> None:
    made = reports.saved()
    frames = dict(made.frames)
    cases = frames["cases"]
    counted = cases["item"] != "marginal_net"
    none = cases.assign(group="children", value=cases["value"].where(~counted, 0.0))
    frames["cases"] = pd.concat([cases.assign(group="adults"), none], ignore_index=True)
    lines = table(build("cases", view(Bundle(made.meta, frames), "751")), "cases")
    children = [row for row in lines.rows if str(row.cells[0]).startswith("Børn og unge")]
    assert children
    assert not any(number_of(cell).given for row in children for cell in row.cells[1:-1])
    assert all(number_of(row.cells[-1]).given for row in children)
    assert "Sager om børn og unge kan ikke tælles" in " ".join(lines.notes)
    assert any(number_of(row.cells[1]).given for row in lines.rows if row not in children)


def test_tables_of_scenarios_in_fixed_prices_name_their_year() -> None:
    made = reports.saved()
    [beside] = [t for t in reports.hostile().tables if t.name == "scenario_1"]
    assert f", {made.meta['price_level']}-priser (" in beside.caption


def test_uplift_is_the_revised_past_and_the_new_growth() -> None:
    made = reports.saved()
    rows = [
        ("2024", 4.4, 4.4 - 4.5),
        ("2025", 2.7, 2.7 - 3.2),
        ("2026", 2.9, 0.0),
        ("2027", 2.8, 0.9),
    ]
    prices = pd.DataFrame(rows, columns=["year", "growth", "revision"]).assign(
        kind="total", index=1.0, vintage="2026-03-10"
    )
    shown = build("assumptions", view(Bundle(made.meta, made.frames | {"prices": prices}), "751"))
    revised = 1.044 / 1.045 * 1.027 / 1.032 - 1  # 2027's own revision is none of the past's
    total = (1 + revised) * 1.028 - 1
    texts = [b.text for b in shown.blocks if isinstance(b, Paragraph)]
    (said,) = [text for text in texts if "pris- og lønniveauet" in text]
    assert "Fra 2026 til 2027" in said
    for share in (0.028, revised, total):
        assert f"{100 * share:.1f}".replace(".", ",").replace("-", "−") in said
    up = danish.number(100 * total, 1)
    assert said.endswith(f"i alt fremskrives med {up}\N{NO-BREAK SPACE}%.")
    fallen = prices.assign(growth=prices["growth"].where(prices["year"] != "2027", -1.0))
    lower = build("assumptions", view(Bundle(made.meta, made.frames | {"prices": fallen}), "751"))
    less = danish.number(100 * (1 - (1 + revised) * 0.99), 1)
    assert f"i alt sættes ned med {less}\N{NO-BREAK SPACE}%." in told(lower)
    first = prices.assign(revision=float("nan"))
    alone = build("assumptions", view(Bundle(made.meta, made.frames | {"prices": first}), "751"))
    assert "forrige skøn" not in told(alone)


def test_a_year_whose_refund_is_not_known_has_no_cost_after_refund() -> None:
    made = reports.saved()
    cases = made.frames["cases"]
    before = cases[cases["item"].isin(["number", "gross"])].reset_index(drop=True)
    lines = table(build("cases", view(Bundle(made.meta, made.frames | {"cases": before}), "751")),
                  "cases")  # fmt: skip
    assert lines.rows
    assert all(number_of(row.cells[4]).given for row in lines.rows)  # before refund
    assert not any(number_of(cell).given for row in lines.rows for cell in row.cells[5:])
    year = made.meta["budget_year"]
    assert f"Central refusion er udeladt i {year}, fordi beløbsgrænserne ikke er kendt." in (
        lines.notes
    )
    plain = table(build("cases", view(made, "751")), "cases")
    assert not any("udeladt" in note for note in plain.notes)


def test_a_service_that_came_later_has_no_recipients_in_a_year_before_it() -> None:
    assert not _common.existed("s117a", "2024")
    assert _common.existed("s117a", "2025")
    assert _common.existed("s107", "2015")
