from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pandas as pd
from support import reports

from forecast.writers import data


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_csv_and_parquet_hold_the_areas_rows_of_the_bundle() -> None:
    files = opened(data.render(reports.report()))
    cost = pd.read_csv(io.BytesIO(files["cost.csv"]), dtype={"area": str})
    assert set(cost["area"]) == {"751"}
    again = pd.read_parquet(io.BytesIO(files["cost.parquet"]))
    assert len(again) == len(cost) > 100
    whole = reports.saved().table("cost")["value"]
    assert (whole.iloc[cost["row"]].to_numpy() == again["value"].to_numpy()).all()
    assert "SYNTETISKE" in json.loads(files["report.json"])["marks"][0]


def test_protected_rows_are_not_in_it() -> None:
    files = opened(data.render(reports.report("825")))
    forbidden = reports.hidden_rows(reports.saved())
    for name in ("history", "demand"):
        if f"{name}.csv" in files:
            found = pd.read_csv(io.BytesIO(files[f"{name}.csv"]))["row"].tolist()
            assert not {(name, int(row)) for row in found} & forbidden
    volumes = pd.read_csv(io.BytesIO(files["volumes.csv"]))
    small = volumes[(volumes["item"] == "recipients") & (volumes["value"] < 5)]
    assert small.empty


def test_same_bundle_same_bytes() -> None:
    assert data.render(reports.report()) == data.render(reports.report())


def test_text_that_looks_like_a_formula_stays_text() -> None:
    report = reports.report()
    frame = pd.DataFrame({"name": ["=1+1", "@x", "Aarhus", None], "value": [1.0, 2.0, -3.0, 4.0]})
    made = data.render(replace(report, data={"own_said": frame}))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        csv = archive.read("own_said.csv").decode()
        exact = pd.read_parquet(io.BytesIO(archive.read("own_said.parquet")))
    assert csv == "name,value\n'=1+1,1.0\n'@x,2.0\nAarhus,-3.0\n,4.0\n"
    assert list(exact["name"])[:2] == ["=1+1", "@x"]
