"""`forecast models reproduce` says what came of it, in one sentence."""

import pytest
from click.testing import CliRunner

from forecast.cli import _versions, cli
from forecast.errors import RegistryError
from forecast.registry import VersionInfo
from forecast.versions import reproduction
from forecast.versions.reproduction import Reproduction

INFO = VersionInfo("homelessness", 3, "run", "a" * 64)


def _said(monkeypatch: pytest.MonkeyPatch, state: bool, draws: bool, largest: float) -> str:
    done = Reproduction(INFO, state, draws, largest, ("numpy was 1, is 2",))
    monkeypatch.setattr(_versions, "version", lambda *_: INFO)
    monkeypatch.setattr(reproduction, "reproduce", lambda *_: done)
    result = CliRunner().invoke(cli, ["models", "reproduce", "homelessness@3"])
    if result.exception is not None:
        raise result.exception
    return result.output.splitlines()[-1]


def test_identical(monkeypatch: pytest.MonkeyPatch) -> None:
    said = _said(monkeypatch, True, True, 0.0)
    assert said == f"homelessness@3 is reproduced: identical files and draws ({'a' * 64})"


def test_same_forecast_in_other_files(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "exactly the same forecast; its files" in _said(monkeypatch, False, True, 0.0)


def test_rounding(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "but for rounding: the forecast differs by at most 3.0e-09" in _said(
        monkeypatch, False, False, 3e-9
    )


def test_another_forecast_is_an_error_that_names_what_differs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(RegistryError, match=r"differs by up to 0\.25 .*numpy was 1, is 2"):
        _said(monkeypatch, False, False, 0.25)
