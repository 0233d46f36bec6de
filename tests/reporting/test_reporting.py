from __future__ import annotations

from pathlib import Path

import pytest

from forecast import reporting, specs
from forecast.errors import ForecastError
from forecast.workspace import Workspace


def test_every_shipped_report_is_in_order() -> None:
    names = specs.names("reports")
    assert {"budget", "negotiation", "model", "compare"} <= set(names)
    for name in names:
        assert reporting.spec(name).sections


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('sections = ["conklusion"]\n[title]\nda = "x"\nen = "x"\n', "did you mean conclusion"),
        ('sections = []\ncolour = "red"\n[title]\nda = "x"\nen = "x"\n', "unknown key 'colour'"),
        ('sections = ["demand"]\n[title]\nda = "x"\n', "title needs da and en"),
        ('[title]\nda = "x"\nen = "x"\n', "sections missing"),
    ],
)
def test_a_wrong_report_is_refused_with_a_sentence(
    workspace: Workspace, text: str, sentence: str
) -> None:
    path: Path = workspace.specs / "reports" / "own.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ForecastError, match=sentence):
        reporting.spec("own", workspace)
