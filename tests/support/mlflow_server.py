"""A real MLflow server for a test, on loopback, stopped at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from support.postgres import free_port

_SECONDS = 90


@dataclass
class Server:
    """A running server: its address, and how to stop it early."""

    address: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Stop the server and its workers at once, as a power cut would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def mlflow_server(database: str, folder: Path, port: int | None = None) -> Iterator[Server]:
    """Start `mlflow server` on a database and an artifact folder, as docs/server.md says."""
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable, "-m", "mlflow", "server",
        "--backend-store-uri", database,
        "--artifacts-destination", (folder / "artifacts").as_uri(),
        "--host", "127.0.0.1", "--port", str(port), "--workers", "2",
    ]  # fmt: skip
    settings = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    environment = {k: v for k, v in os.environ.items() if k != "MLFLOW_TRACKING_URI"} | settings
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env=environment, start_new_session=True
        )
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        _await(server, folder / "server.log")
        yield server
    finally:
        server.stop()


def _await(server: Server, log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            if requests.get(f"{server.address}/health", timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.3)
    raise RuntimeError(f"the MLflow server did not start:\n{log.read_text()[-2000:]}")
