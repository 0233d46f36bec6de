"""The command: light to start, clear when it fails."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import forecast.cli as cli_module
from forecast import parts
from forecast.cli import cli

HEAVY = ("pandas", "mlflow", "prophet", "numpy", "matplotlib", "statsmodels", "pyarrow")


def run(*args: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "forecast", *args], capture_output=True, text=True, check=False
    )


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from forecast.cli import cli\n"
        "cli.main(['--help'], standalone_mode=False)\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_the_end_looks_for_no_cycles_in_what_was_imported() -> None:
    """MLflow's modules alone would be looked through for more than half a second."""
    code = (
        "import atexit, gc\n"
        "from forecast.cli import main\n"
        "atexit.register(lambda: print(len(gc.get_objects())))\n"
        "main(['--version'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout.strip().splitlines()[-1]) < 1000


def test_a_mistyped_command_gets_a_suggestion() -> None:
    done = run("specz")
    assert done.returncode == 2
    assert "did you mean specs" in done.stderr


def test_a_mistyped_report_gets_a_suggestion() -> None:
    done = run("report", "budgt", "--nation")
    assert done.returncode == 2
    assert "did you mean budget" in done.stderr


def test_a_workspace_that_is_a_file_is_refused() -> None:
    done = run("specs", "check", "--workspace", __file__)
    assert done.returncode == 1
    assert "is a file" in done.stderr
    assert "Traceback" not in done.stderr


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            found.append((*path, name))
            if isinstance(command, click.Group):
                found += commands(command, (*path, name))
    return found


@pytest.mark.parametrize("path", commands(cli), ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli, [*path, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 3


def test_every_command_module_exposes_its_command() -> None:
    for name in parts.names("cli"):
        assert parts.find("cli", name).command.name == name


def test_a_file_that_cannot_be_written_is_named_by_its_own_name(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    done = run("scenario", "new", str(blocked / "new.toml"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert ".part" not in done.stderr
    assert cli_module._meant("/out/.s.csv.rqyxm730.part") == "/out/s.csv"
    assert cli_module._meant(".catalogue.html.d_weq08w.part") == "catalogue.html"
    assert cli_module._meant("/out/plain.part") == "/out/plain.part"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disc_is_a_sentence_that_says_what_to_do() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "forecast", "specs", "check"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == (
        "error: No space left on device; make room on the disc and run the command again, nothing "
        "half written is kept\n"
    )
