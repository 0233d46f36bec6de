"""Files kept with the run of a version: a report beside the model that it is about."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.small_model import SmallModel, small_record

from forecast import registry
from forecast.errors import RegistryError
from forecast.registry import Made, VersionInfo
from forecast.registry.attaching import attach
from forecast.registry.check import check
from forecast.workspace import Workspace

ME = Made("a test", "2026-06-01T10:00:00")


@pytest.fixture
def info(workspace: Workspace) -> VersionInfo:
    """A version whose run files are kept with."""
    return registry.log(workspace, SmallModel(), small_record())


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report about the version."""
    path = tmp_path / "model-recipients_adults-1-da.html"
    path.write_text("<p>æøå</p>", encoding="utf-8")
    return path


def _kept(workspace: Workspace, info: VersionInfo) -> list[Path]:
    return sorted((workspace.artifacts / info.run_id).rglob("*.html"))


def test_file_lies_in_the_runs_folder_and_the_version_stays_whole(
    workspace: Workspace, info: VersionInfo, report: Path
) -> None:
    attach(workspace, info, report, "report")
    (kept,) = _kept(workspace, info)
    assert kept.parent.name == "report"
    assert kept.read_bytes() == report.read_bytes()
    assert check(workspace, ME) == []
    assert registry.load(workspace, info.model)[1].sha256 == info.sha256


def test_a_file_of_that_name_is_replaced(
    workspace: Workspace, info: VersionInfo, report: Path
) -> None:
    attach(workspace, info, report, "report")
    report.write_text("<p>again</p>", encoding="utf-8")
    attach(workspace, info, report, "report")
    (kept,) = _kept(workspace, info)
    assert kept.read_text(encoding="utf-8") == "<p>again</p>"


def test_a_run_that_is_gone_is_a_sentence(
    workspace: Workspace, info: VersionInfo, report: Path
) -> None:
    gone = replace(info, run_id="0" * 32)
    with pytest.raises(RegistryError, match="0" * 32):
        attach(workspace, gone, report, "report")
    assert _kept(workspace, info) == []


def test_a_file_that_is_not_there_is_a_sentence(
    workspace: Workspace, info: VersionInfo, tmp_path: Path
) -> None:
    with pytest.raises(RegistryError, match=r"nothing\.html"):
        attach(workspace, info, tmp_path / "nothing.html", "report")
    assert check(workspace, ME) == []
