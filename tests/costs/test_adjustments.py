"""Adjustment files: each lever reads, and each mistake gets one sentence that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.costs import adjustments
from forecast.costs.adjustments import LEVERS, Adjustment, AdjustmentFile
from forecast.errors import ForecastError, SpecError
from forecast.projection import scenariofiles

GOOD = {
    "name": '"a"', "lever": '"rate"', "reason": '"why"', "from": '"2027-07"', "service": '"s107"',
    "change": "-0.05",
}  # fmt: skip


def written(folder: Path, **changes: str) -> Path:
    lines = [f"{key} = {value}" for key, value in (GOOD | changes).items() if value]
    text = 'title = "T"\nauthor = "A"\n[[adjustment]]\n' + "\n".join(lines) + "\n"
    path = folder / "x.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_reads(tmp_path: Path) -> None:
    found = adjustments.read(written(tmp_path, area='"Aarhus, 081"'))
    (one,) = found.adjustment
    assert one.start == "2027-07"
    assert one.codes()[0] == "751"
    assert len(one.codes()) == 1 + 11  # Aarhus and the eleven of Region Nordjylland


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lever": '"rates"'}, r"unknown lever 'rates'; did you mean rate\?"),
        ({"service": '"s1007"'}, r"unknown service 's1007'; did you mean s107\?"),
        ({"service": '"homeless"'}, "paid on no account function, so it has no cost"),
        ({"area": '"Christiansø"'}, r"^x\.toml: a: Christiansø \(411\) is no municipality"),
        ({"area": '"Arhus"'}, r"did you mean Aarhus\?"),
        ({"change": "-1.5"}, "change is -1.5; expected a relative change of -1 to 10"),
        ({"probability": "1.2"}, "probability is 1.2; expected a share of 0 to 1"),
        ({"from": '"July"'}, r"from is 'July'; expected a year \(2027\) or a month"),
        ({"from": '"2027-13"'}, r"^x\.toml: a: from is '2027-13'; expected a year"),
        ({"from": '"1900-01"'}, r"from is '1900-01'; expected a year .* of 1970 to 2200$"),
        ({"until": '"20270"'}, r"until is '20270'; expected a year .* of 1970 to 2200$"),
        ({"from": "2027-01-01"}, r'^x\.toml: adjustment 1: write from in quotes, as "2027-01"'),
        ({"service": '"s999"'}, r"^x\.toml: a: unknown service 's999'"),
        ({"service": '"homeless"'}, r"^x\.toml: a: service homeless is paid on no account"),
        ({"until": '"2026"'}, "until 2026 lies before from 2027-07"),
        ({"service": ""}, "lever rate needs service"),
        ({"amount": "5.0"}, "lever rate takes no 'amount'"),
        ({"lever": '"price_vintage"', "service": "", "change": "", "estimate": '"2025-06-10"',
          "area": '"Aarhus"'}, "lever price_vintage takes no 'area'"),
        ({"lever": '"service_mix"', "change": "", "to": '"s85_home"', "move": "1.3"},
         "move is 1.3; expected a share of 0 to 1"),
        ({"lever": '"service_mix"', "change": "", "to": '"s107"', "move": "0.3"},
         "s107 cannot move to itself"),
        ({"lever": '"inflow"', "stay": "1.0"}, "stay is 1.0; expected a share of 0 to below 1"),
        ({"name": '""'}, r"^x\.toml: adjustment 1: name is empty; readers of the report need it"),
        ({"reason": '" "'}, r"^x\.toml: a: reason is empty; readers of the report need it"),
        ({"change": '"0.1"'}, r"^x\.toml: adjustment 1: change is '0.1'; expected a number"),
        ({"lever": '["rate"]'}, r"^x\.toml: adjustment 1: unknown lever \['rate'\]"),
        ({"change": "nan"}, "change is nan; expected a number"),
        ({"lever": '"length_of_stay"', "effect": "inf"}, "effect is inf; expected per cent for"),
        ({"lever": '"law"', "service": "", "change": "", "function": '"5.38.50"',
          "amount": "10.0", "price_level": "27"}, "price_level is 27; expected a year"),
        ({"lever": '"unit_cost"', "service": ""}, "needs a function or a service"),
        ({"lever": '"saving"', "service": "", "change": "", "function": '"5.38.50"',
          "amount": "10.0", "price_level": "2027"}, "a saving needs an amount below 0"),
        ({"lever": '"known_case"', "service": "", "change": "", "function": '"5.38.99"',
          "amount": "10.0", "price_level": "2027"}, "unknown account function '5.38.99'"),
    ],
)  # fmt: skip
def test_each_mistake_gets_a_sentence(
    tmp_path: Path, changes: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ForecastError, match=sentence):
        adjustments.read(written(tmp_path, **changes))


def test_an_empty_file_and_two_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('title = "T"\nauthor = "A"\n', encoding="utf-8")
    with pytest.raises(SpecError, match=r"no \[\[adjustment\]\] table"):
        adjustments.read(path)
    path.write_text('title = "T"\nauthor = "A"\n[adjustment]\nname = "a"\n', encoding="utf-8")
    with pytest.raises(SpecError, match="write it with two brackets on either side"):
        adjustments.read(path)
    path.write_text('title = "T"\nauthor = "A"\nadjustment = [1, 2]\n', encoding="utf-8")
    with pytest.raises(SpecError, match=r"no \[\[adjustment\]\] table"):
        adjustments.read(path)
    text = written(tmp_path).read_text(encoding="utf-8")
    path.write_text(text + text[text.index("[[adjustment]]") :], encoding="utf-8")
    with pytest.raises(SpecError, match="two adjustments are called 'a'"):
        adjustments.read(path)


@pytest.mark.parametrize("lever", LEVERS)
def test_the_template_of_every_lever_reads_back(tmp_path: Path, lever: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(scenariofiles.template(lever, "me"), encoding="utf-8")
    found = adjustments.read(path)
    assert found.adjustment[0].lever == lever
    assert scenariofiles.dumped(found) == path.read_text(encoding="utf-8")


def test_a_text_with_quotes_survives(tmp_path: Path) -> None:
    adjustment = Adjustment('a "b" \\ c', "population", "line\nbreak", "2027", change=0.1)
    path = tmp_path / "x.toml"
    path.write_text(scenariofiles.dumped(AdjustmentFile("T", "A", (adjustment,))), encoding="utf-8")
    assert adjustments.read(path).adjustment[0] == adjustment


def test_months_of_a_year_in_which_it_holds() -> None:
    years = [2026, 2027, 2028, 2029]
    one = Adjustment("a", "rate", "why", "2027-04", until="2029-06")
    assert one.active(years) == pytest.approx([0, 9 / 12, 1, 0.5])
    late = Adjustment("a", "rate", "why", "2027-01", delay=1.0)
    assert late.active(years) == pytest.approx([0, 0, 1, 1])


def test_how_long_it_holds_and_how_long_it_is_over() -> None:
    one = Adjustment("a", "inflow", "why", "2027-04", until="2029-06")
    held, over = one.run([2026, 2027, 2028, 2029, 2030], 0.5)
    assert held == pytest.approx([0, 0.25, 1.25, 2.25, 2.25])
    assert over == pytest.approx([0, 0, 0, 0, 1])
    endless = Adjustment("a", "inflow", "why", "2027")
    held, over = endless.run([2027, 2030], 0.0)
    assert held == pytest.approx([0, 3])
    assert over == pytest.approx([0, 0])
