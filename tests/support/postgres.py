"""A real PostgreSQL for a test: a cluster of its own, on loopback, stopped at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def binaries() -> Path:
    """Return where PostgreSQL's programs are; a test that needs them is skipped without."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    found = shutil.which("initdb")
    if debian:
        return debian[-1]
    if found is None:
        pytest.skip("PostgreSQL is not installed (make services installs it)")
    return Path(found).resolve().parent


def _user() -> str | None:
    """PostgreSQL refuses to run as root: take its own user then, else nobody."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextmanager
def postgres() -> Iterator[str]:
    """Start a cluster and yield the address of its database for SQLAlchemy."""
    programs, user, port = binaries(), _user(), free_port()
    # Not below pytest's folder: that one is closed to other users, and a socket's path is short.
    with tempfile.TemporaryDirectory(prefix="sf-pg-") as name:
        folder = Path(name)
        if user is not None:
            shutil.chown(folder, user)
        data = str(folder / "data")
        made = [str(programs / "initdb"), "-D", data, "-U", "forecast", "-A", "trust", "-N"]
        subprocess.run(made, check=True, capture_output=True, user=user, cwd=folder)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
        control = [str(programs / "pg_ctl"), "-D", data, "-w"]
        # The server outlives pg_ctl and keeps its pipes: it gets a log file instead.
        subprocess.run(
            [*control, "-l", str(folder / "log"), "-o", options, "start"],
            check=True, user=user, cwd=folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield f"postgresql+psycopg://forecast@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run(
                [*control, "-m", "immediate", "stop"],
                check=True, user=user, cwd=folder, capture_output=True,
            )  # fmt: skip
