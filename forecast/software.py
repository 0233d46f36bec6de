"""What program this is: package versions, its own code, and the revision that it was built from."""

from __future__ import annotations

import platform
import subprocess
import sys
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version

from forecast import __version__
from forecast.files import PACKAGE, digest

# What a forecast's digits may hang on.
PACKAGES = (
    "mlflow", "numpy", "pandas", "prophet", "pyarrow", "scipy", "social-forecast", "statsmodels",
)  # fmt: skip
NOT_PACKAGES = ("code", "clean", "platform", "python", "revision")  # what else is described


@cache
def describe() -> dict[str, str]:
    """Return the version by package, and `code`, `revision`, `clean`, `python`, `platform`.

    `code` is a digest of the package's own source files: equal where the program is equal, also
    where it was installed without its repository. `clean` is empty where there is none.
    """
    found = {package: _version(package) for package in PACKAGES}
    revision = _git("rev-parse", "HEAD")
    clean = "" if not revision else str(not _git("status", "--porcelain", "--", ".")).lower()
    return {
        **{k: v for k, v in found.items() if v},
        "code": _code(),
        "revision": revision,
        "clean": clean,
        "python": platform.python_version(),
        "platform": f"{sys.platform}-{platform.machine()}",
    }


def differences(old: dict[str, str], new: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Return old and new by name for what could change a number; the revision alone cannot."""
    names = sorted({*old, *new} - {"revision", "clean", "mlflow"})
    pairs = {name: (old.get(name, ""), new.get(name, "")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _version(package: str) -> str:
    if package == "social-forecast":
        return __version__
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _code() -> str:
    total = sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        total.update(f"{path.relative_to(PACKAGE).as_posix()}\0{digest(path)}\n".encode())
    return total.hexdigest()


def _git(*arguments: str) -> str:
    """Return what git says of the checkout; nothing where the package was installed without."""
    if not (PACKAGE.parent / ".git").exists():
        return ""
    try:
        done = subprocess.run(
            ["git", "-C", str(PACKAGE.parent), *arguments],
            capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
