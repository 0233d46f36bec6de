"""What goes wrong in the store, said in sentences."""

from __future__ import annotations

import errno
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from forecast.errors import RegistryError

T = TypeVar("T")
_TRIES = 8
# Two writers on one server at the same moment: one of them is told this, and may simply ask again.
_CROSSED = (
    "unique constraint",
    "uniqueviolation",
    "giving up after",
    "could not serialize",
    "deadlock detected",
)
_ADDRESS = re.compile(r"(https?|(sqlite|postgresql|mysql|mssql)(\+\w+)?)://")
_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)

OLDER = (
    "was written by an older MLflow; `forecast models check --repair` brings it up to date "
    "and keeps a copy (a server: `mlflow db upgrade`)"
)

# What the libraries below say, and what it means to the one who reads it.
_SAYINGS = (
    (
        ("out-of-date database schema",),
        OLDER,
    ),
    (
        ("can't locate revision", "no such revision"),
        "was written by a newer MLflow than the one installed; install the newer one",
    ),
    (
        ("readonly database", "read-only file system", "permission denied"),
        "is read-only for you; nothing was changed. Give write access or copy the workspace",
    ),
    (
        ("disk is full", "no space left", "disk i/o error", "file too large"),
        "has no room left; nothing was registered and what was there is whole. "
        "Free some space and run the command again",
    ),
    (
        ("not a database", "malformed", "no such table"),
        "is damaged, or no store of this program; put back a copy of the workspace",
    ),
    (
        (
            "max retries exceeded",
            "connection refused",
            "connection aborted",
            "connection reset",
            "timed out",
            "too many 50",
            "connection to server",
            "server closed the connection",
            "terminating connection",
            "internal server error",
            "error code 50",
            "remote end closed",
            "invalidurl",
            "failed to resolve",
        ),
        "does not answer; nothing that was registered is lost. Look whether the server runs "
        "and run the command again",
    ),
    (
        ("database is locked",),
        "is in use by another program for more than a minute; try again when it is done",
    ),
)


def no_store(address: str, variable: str) -> None:
    """Refuse an address that MLflow would take for a folder of plain files, or not at all.

    Raises:
        RegistryError: it is neither a server's nor a database's; `variable` held it.
    """
    if not _ADDRESS.match(address):
        raise RegistryError(
            f"{variable} is {address!r}; expected a server such as http://SERVER:5000 or a "
            "database such as postgresql+psycopg://USER@HOST/mlflow"
        )


@contextmanager
def told(store: str) -> Iterator[None]:
    """Turn what MLflow, the database or the disc raise into a RegistryError that names the store.

    Raises:
        RegistryError: whatever failed, as one sentence.
    """
    try:
        yield
    except RegistryError:
        raise
    except OSError as error:
        raise RegistryError(f"the store {store} {_of_disc(error)}") from error
    except Exception as error:
        if not _foreign(error):
            raise
        raise RegistryError(f"the store {store} {_meaning(str(error))}") from error


def again(action: Callable[[], T]) -> T:
    """Do one small change of a server's registry, again where another's crossed it."""
    for attempt in range(_TRIES - 1):
        try:
            return action()
        except Exception as error:
            if not any(words in str(error).lower() for words in _CROSSED):
                raise
            time.sleep(0.05 * 2**attempt)
    return action()


def _foreign(error: Exception) -> bool:
    """Our own mistakes keep their traceback; those of the store's libraries become sentences."""
    origin = type(error).__module__.partition(".")[0]
    return origin in {"mlflow", "sqlalchemy", "sqlite3", "requests", "urllib3", "alembic"}


def _of_disc(error: OSError) -> str:
    if error.errno in _FULL:
        return _meaning("no space left")
    if error.errno in _READ_ONLY:
        return _meaning("permission denied")
    return _meaning(str(error))


def _meaning(text: str) -> str:
    small = text.lower()
    for words, meaning in _SAYINGS:
        if any(word in small for word in words):
            return meaning
    first = next((line.strip() for line in text.splitlines() if line.strip()), "unknown")
    return f"refused: {first[:300]}"
