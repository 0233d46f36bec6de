"""The StatBank client against a server that behaves, refuses and fails as the real one does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock, Timeout
from support import statbank_tables as tables
from support.statbank_server import Fault, StatBank, Table

from forecast import datasets, vintages
from forecast.dataroom import pulling
from forecast.dataroom.pulling import CURRENT, FAILED, PULLED
from forecast.errors import SourceError
from forecast.sources import _codes, statbank
from forecast.sources._http import Connection, RefusedError
from forecast.workspace import Workspace

NOW = "2026-11-22T10:00:00"


@pytest.fixture
def bank() -> Iterator[StatBank]:
    with StatBank([tables.table("hand01"), tables.table("anbaar9")]) as server:
        yield server


def client(bank: StatBank, **options: float) -> Connection:
    fast = {"backoff": 0.01, "pause": 0.0, "attempts": 3, **options}
    return Connection(bank.url, timeout=(2.0, 0.5), **fast)  # type: ignore[arg-type]


def pulled(workspace: Workspace, names: list[str], bank: Connection) -> list[pulling.Outcome]:
    return pulling.pull(workspace, names, NOW, connected={"statbank": bank})


def outcome(workspace: Workspace, bank: StatBank, name: str = "hand01") -> pulling.Outcome:
    (only,) = pulled(workspace, [name], client(bank))
    return only


def test_figures_arrive_as_they_stand_in_the_table(workspace: Workspace, bank: StatBank) -> None:
    assert outcome(workspace, bank).state == PULLED
    frame = vintages.known(workspace, "hand01").frame
    spec = datasets.get("hand01")
    assert list(frame.columns) == list(spec.columns)
    assert frame["area"].nunique() == 97
    cell = frame.query("area == '751' and period == '2024Q3' and service == 's107'")
    assert cell["value"].tolist() == [float(tables.figure(("751", "30182", "2024K3")))]
    assert cell["published"].tolist() == ["2025-07-02"]  # by the calendar, as all of 2024


def test_codes_of_one_service_are_added_up(workspace: Workspace, bank: StatBank) -> None:
    outcome(workspace, bank)
    frame = vintages.known(workspace, "hand01").frame
    cell = frame.query("area == '101' and period == '2024Q4' and service == 's85a'")
    parts = [tables.figure(("101", code, "2024K4")) for code in ("31211", "31212", "31213")]
    assert cell["value"].tolist() == [sum(map(float, parts))]


def test_nothing_is_pulled_twice(workspace: Workspace, bank: StatBank) -> None:
    outcome(workspace, bank)
    assert outcome(workspace, bank).state == CURRENT
    assert bank.count("data") == 1
    bank.tables["HAND01"] = replace(bank.tables["HAND01"], updated="2026-07-01T08:00:00")
    assert outcome(workspace, bank).state == PULLED
    assert len(vintages.listing(workspace, "hand01")) == 2


def test_marks_keep_their_meaning(workspace: Workspace, bank: StatBank) -> None:
    def marked(key: tuple[str, ...]) -> str:
        return {"101": "..", "147": ".", "151": "-", "153": "0", "155": "7.5"}.get(key[0], "3")

    bank.tables["HAND01"] = tables.table("hand01", say=marked)
    assert outcome(workspace, bank).text.startswith("hand01-")
    frame = vintages.known(workspace, "hand01").frame.query("period=='2024Q1' and service=='s107'")
    told = dict(zip(frame["area"], zip(frame["value"], frame["status"], strict=True), strict=True))
    assert told["101"][1] == "not_reported"
    assert told["147"][1] == "not_applicable"
    assert told["151"] == told["153"] == (0.0, "observed")
    assert told["155"] == (7.5, "observed")
    early = vintages.known(workspace, "hand01").frame.query("service == 's117a'")
    assert set(early.query("area=='153' and period < '2024Q3'")["status"]) == {"not_applicable"}


def test_each_projection_is_read_by_its_own_codes(workspace: Workspace, bank: StatBank) -> None:
    older = (("1", "Mænd", "Men"), ("2", "Kvinder", "Women"))
    for table in (tables.projection(2023, "OMRÅDE", older), tables.projection(2024, "KOMMUNEDK")):
        bank.tables[table.id] = table
    done = pulled(workspace, ["frkm"], client(bank))
    assert [(o.table, o.state) for o in done] == [("FRKM123", PULLED), ("FRKM124", PULLED)]
    frame = vintages.known(workspace, "frkm").frame
    assert set(frame["sex"]) == {"men", "women"}
    assert {"0", "19", "20+"} <= set(frame["age"])
    assert "Alder i alt" not in set(frame["age"])
    dates = frame.groupby("vintage")["published"].unique()
    assert {k: list(v) for k, v in dates.items()} == {
        "2023": ["2023-06-01"],
        "2024": ["2024-06-04"],
    }


def test_months_become_years_of_twelve(workspace: Workspace, bank: StatBank) -> None:
    table = tables.table("pris111", say=lambda key: str(100 + int(key[-1][-2:])))
    short = tuple(v for v in next(v for v in table.variables if v.time).values)[:-1]
    bank.tables["PRIS111"] = table.with_codes("Tid", short)
    assert outcome(workspace, bank, "pris111").state == PULLED
    frame = vintages.known(workspace, "pris111").frame
    assert frame["period"].tolist() == ["2023"]
    assert frame["value"].tolist() == [106.5]


@pytest.mark.parametrize("kind", ["status", "slow", "cut", "junk"])
def test_a_passing_fault_is_waited_out(workspace: Workspace, bank: StatBank, kind: str) -> None:
    path = "tableinfo" if kind == "junk" else "data"
    bank.faults = [Fault(path, kind, {"status": 503, "slow": 1.0, "cut": 5000}.get(kind, 0), 1)]
    assert outcome(workspace, bank).state == PULLED
    assert bank.count(path) == 2


@pytest.mark.parametrize(
    ("kind", "number", "said"),
    [
        ("status", 500, "HTTP 500 in 3 attempts"),
        ("slow", 1.0, "no answer in time"),
        ("cut", 5000, "a broken connection"),
        ("half", 5003, "ends in the middle of a line"),
        ("latin", 0, "encoding that is not UTF-8"),
    ],
)
def test_a_lasting_fault_is_said_and_stores_nothing(
    workspace: Workspace, bank: StatBank, kind: str, number: float, said: str
) -> None:
    outcome(workspace, bank)
    bank.tables["HAND01"] = replace(bank.tables["HAND01"], updated="2026-07-01T08:00:00")
    bank.faults = [Fault("data", kind, number, 99)]
    failed = outcome(workspace, bank)
    assert failed.state == FAILED
    assert said in failed.text
    assert len(vintages.listing(workspace, "hand01")) == 1
    assert not list(workspace.vintages.glob(".incoming-*"))


def test_a_withdrawn_table_leaves_the_last_vintage(workspace: Workspace, bank: StatBank) -> None:
    outcome(workspace, bank)
    del bank.tables["HAND01"]
    failed = outcome(workspace, bank)
    assert failed.state == FAILED
    assert "HAND01 is not in StatBank's list any more" in failed.text
    assert len(vintages.known(workspace, "hand01").frame)


def test_an_inactive_table_comes_with_a_remark(workspace: Workspace, bank: StatBank) -> None:
    bank.tables["HAND01"] = replace(bank.tables["HAND01"], active=False)
    assert "inactive" in outcome(workspace, bank).text
    remarks = vintages.listing(workspace, "hand01")[0].manifest["checks"]
    assert any("look for its successor" in remark for remark in remarks)


def changed(table: Table, id: str, *edits: tuple[str, tuple[str, str, str] | None]) -> Table:
    """Return a table in whose code list codes were replaced, removed (None) or added."""
    values = {v[0]: v for v in next(x for x in table.variables if x.id == id).values}
    for code, value in edits:
        values.pop(code, None)
        if value is not None:
            values[value[0]] = value
    return table.with_codes(id, tuple(values.values()))


@pytest.mark.parametrize(
    ("id", "edit", "said"),
    [
        ("YDELSESTYPE", ("30182", None), r"gone are 30182 \(for s107\)"),
        ("YDELSESTYPE", ("", ("40001", "Ny ydelse", "New")), "new are 40001 = «Ny ydelse»"),
        ("YDELSESTYPE", ("30182", ("30182", "Noget andet", "Else")),
         "other text have 30182 = «Noget andet»"),
        ("OMRÅDE", ("751", ("751", "Odense", "Odense")), "751 = «Odense»"),
        ("OMRÅDE", ("", ("752", "Nyby", "Nyby")), "752 = «Nyby»"),
    ],
)  # fmt: skip
def test_codes_that_differ_stop_the_pull_by_name(
    workspace: Workspace, bank: StatBank, id: str, edit: tuple[str, tuple[str, str, str] | None],
    said: str,
) -> None:  # fmt: skip
    bank.tables["HAND01"] = changed(bank.tables["HAND01"], id, edit)
    info = statbank.info(client(bank), "HAND01")
    with pytest.raises(SourceError, match=said):
        _codes.readings(info, datasets.get("hand01"))
    failed = outcome(workspace, bank)
    assert failed.state == FAILED
    assert "not verified before" in failed.text
    assert "specs/data/hand01.toml" in failed.text
    assert not vintages.listing(workspace)


def test_a_renamed_variable_is_named(workspace: Workspace, bank: StatBank) -> None:
    table = bank.tables["HAND01"]
    renamed = tuple(
        replace(v, id="YDELSE") if v.id == "YDELSESTYPE" else v for v in table.variables
    )
    bank.tables["HAND01"] = replace(table, variables=renamed)
    failed = outcome(workspace, bank)
    assert "the table has YDELSE (type of benefits)" in failed.text
    assert "hand01 expects YDELSESTYPE" in failed.text


def test_tables_of_many_years_are_called_by_a_name_and_not_by_a_pattern() -> None:
    assert statbank.label(datasets.get("frkm")) == "StatBank FRKM1YY"
    assert statbank.label(datasets.get("hand01")) == "StatBank HAND01"
    with pytest.raises(SourceError, match="no table in StatBank's list is called FRKM1YY;"):
        statbank.of(datasets.get("frkm"), {"HAND01": {}})


def test_unverified_datasets_say_so() -> None:
    unverified = [
        s.name for s in datasets.everyone() if s.source == "statbank" and not s.statbank.verified
    ]
    assert "hand01" in unverified
    assert "folk1a" not in unverified
    assert all(datasets.get(name).statbank.seen for name in unverified)


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ({"table": "X9", "format": "CSV"}, "EXTRACT-NOTFOUND", "X9"),
        ({"table": "HAND01"}, "REQUEST-MISSING", "Format ikke angivet"),
        ({"format": "CSV"}, "REQUEST-MISSING", "nogen tabel-id"),
        ({"table": "HAND01", "format": "BULK", "variables": []}, "EXTRACT-NOTALLOWED", "OMRÅDE"),
        ({"table": "HAND01", "format": "BULK", "timeOrder": "Descending"},
         "EXTRACT-STREAMINGTIMESORT", "sortering af tid"),
        ({"table": "HAND01", "format": "CSV", "variables": [{"code": "X", "values": ["*"]}]},
         "EXTRACT-NOTFOUND", "variablen: X"),
        ({"table": "HAND01", "format": "CSV", "variables": [{"code": "Tid", "values": ["1899"]}]},
         "EXTRACT-NOTFOUND", r"1899 \(Tid\)"),
    ],
)  # fmt: skip
def test_refusals_come_in_statbanks_own_words(
    tmp_path: Path, bank: StatBank, body: dict[str, object], kind: str, message: str
) -> None:
    with pytest.raises(RefusedError, match=message) as refused:
        client(bank).download("data", body, tmp_path / "x.csv")
    assert refused.value.kind == kind
    assert bank.count("data") == 1  # a refusal is not asked again


def test_the_cell_limit_holds_for_formats_that_do_not_stream(tmp_path: Path) -> None:
    table = tables.table("folk1a")
    times = tuple((f"{y}K{q}",) * 3 for y in range(1990, 2030) for q in range(1, 5))
    with StatBank([table.with_codes("Tid", times)]) as bank:
        every = [{"code": v.id, "values": ["*"]} for v in table.variables]
        body = {"table": "FOLK1A", "format": "CSV", "variables": every}
        with pytest.raises(RefusedError, match=r"over begrænsningen på 1\.000\.000 celler"):
            client(bank).download("data", body, tmp_path / "x.csv")


def test_csv_is_as_recorded(tmp_path: Path, bank: StatBank) -> None:
    """BOM, semicolons, the decimal sign of the language, and the latest period by default."""
    bank.tables["HAND01"] = tables.table("hand01", say=lambda _: "7.5")
    chosen = [{"code": "OMRÅDE", "values": ["751"]}, {"code": "YDELSESTYPE", "values": ["30182"]}]
    for lang, figure in (("da", "7,5"), ("en", "7.5")):
        body = {"table": "HAND01", "format": "CSV", "lang": lang, "variables": chosen}
        client(bank).download("data", body, tmp_path / "x.csv")
        text = (tmp_path / "x.csv").read_bytes().decode()
        assert text.startswith("\ufeffOMRÅDE;YDELSESTYPE;TID;INDHOLD\r\n")
        assert text.splitlines()[1:] == [f"Aarhus;s107 § 107;2024K4;{figure}"]


def test_requests_stay_under_four_a_second(bank: StatBank) -> None:
    connection = Connection(bank.url)
    for _ in range(4):
        statbank.tables(connection)
    times = [a.at for a in bank.asked]
    assert min(b - a for a, b in pairwise(times)) > 0.25


def test_a_statbank_that_is_not_there_is_said(workspace: Workspace) -> None:
    nowhere = Connection("http://127.0.0.1:9/v1", attempts=2, backoff=0.01, pause=0.0)
    first, second = pulled(workspace, ["hand01", "anbaar9"], nowhere)
    assert re.search(r"a broken connection .* in 2 attempts", first.text)
    assert (first.state, second.state, second.text) == (FAILED, FAILED, first.text)


def test_who_stores_something_need_not_wait_for_an_answer(
    workspace: Workspace, bank: StatBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: Any = Connection._send
    asked: list[str] = []

    def send(self: Connection, method: str, path: str, **options: Any) -> Any:
        with FileLock(workspace.vintages / vintages.LOCK, timeout=0):  # Timeout where it is held
            asked.append(path)
        with (
            pytest.raises(Timeout),  # but two pulls do not run at once
            FileLock(workspace.vintages / vintages.PULL_LOCK, timeout=0),
        ):
            pass
        return sent(self, method, path, **options)

    monkeypatch.setattr(Connection, "_send", send)
    assert outcome(workspace, bank).state == PULLED
    assert asked == ["tables", "tableinfo", "data"]


def test_a_full_disc_is_said_and_leaves_the_last_vintage(
    workspace: Workspace, bank: StatBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome(workspace, bank)
    bank.tables["HAND01"] = replace(bank.tables["HAND01"], updated="2026-07-01T08:00:00")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Connection, "download", full)
    failed = outcome(workspace, bank)
    assert failed.state == FAILED
    assert "No space left on device; nothing was stored" in failed.text
    assert len(vintages.listing(workspace, "hand01")) == 1


def test_one_table_that_fails_does_not_stop_the_others(
    workspace: Workspace, bank: StatBank
) -> None:
    del bank.tables["HAND01"]
    done = pulled(workspace, ["hand01", "diagnoses", "anbaar9"], client(bank))
    assert [o.state for o in done] == [FAILED, FAILED, PULLED]
    assert "file dataset; use `forecast data import`" in done[1].text
