"""LibreOffice, where it is: reads what we write, recalculates, and writes it back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def program() -> str | None:
    """Where the office program is, if there is one."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def converted(path: Path, suffix: str, folder: Path) -> Path:
    """Return a file converted to another format."""
    command = [
        program() or "soffice",
        "--headless",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--convert-to",
        suffix,
        "--outdir",
        str(folder),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return folder / f"{path.stem}.{suffix}"
