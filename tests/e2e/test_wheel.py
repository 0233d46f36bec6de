"""The wheel, installed in a clean environment away from the checkout, runs the demonstration."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"


def run(*args: str | Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        [str(a) for a in args], cwd=cwd, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_the_wheel_runs_the_demonstration(tmp_path: Path) -> None:
    built = run(UV, "build", "--wheel", "--no-build-isolation", "-o", tmp_path, ROOT, cwd=ROOT)
    assert built.returncode == 0, built.stderr
    wheel = next(tmp_path.glob("*.whl"))
    away = tmp_path / "away"
    away.mkdir()
    run(UV, "venv", "-q", "--python", sys.executable, "env", cwd=away)
    python = away / "env" / "bin" / "python"
    lock: list[str | Path] = ["--require-hashes", "-r", ROOT / "requirements.lock"]
    install: list[str | Path] = [UV, "pip", "install", "-q", "--system-certs", "--python", python]
    needs = run(*install, *lock, cwd=away)
    if needs.returncode != 0:
        pytest.skip(f"no package index can be reached here: {needs.stderr[-200:]}")
    assert run(*install, "--no-deps", wheel, cwd=away).returncode == 0
    done = run(away / "env" / "bin" / "forecast", "demo", "--out", "here", cwd=away)
    assert done.returncode == 0, done.stderr
    paths = [away / line for line in done.stdout.splitlines()]
    assert paths
    assert all(p.is_file() for p in paths)
