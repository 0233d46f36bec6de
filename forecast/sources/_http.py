"""HTTP as StatBank wants it: slow enough, patient with its faults, and clear about its refusals."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from forecast.errors import SourceError

if TYPE_CHECKING:
    import requests

T = TypeVar("T")
PAUSE = 0.27  # seconds between requests: under 4 a second
TIMEOUT = (10.0, 120.0)  # to connect, between two pieces of an answer
BLOCK = 1 << 20


class RefusedError(SourceError):
    """StatBank understood the request and refused it; asking again does not help."""

    def __init__(self, kind: str, message: str) -> None:
        """Keep StatBank's own kind of error, such as EXTRACT-NOTFOUND."""
        super().__init__(message)
        self.kind = kind


class _FaultError(Exception):
    """A fault that may pass: the request is made again."""


@dataclass
class Connection:
    """One session with a StatBank.

    Attributes:
        base: address without a slash at the end.
        attempts: how often a request is made before a fault counts.
        backoff: seconds before the second attempt; doubled before each further one.
        pause: least time between two requests.
    """

    base: str
    attempts: int = 5
    backoff: float = 1.0
    pause: float = PAUSE
    timeout: tuple[float, float] = TIMEOUT
    _last: float = field(default=-10.0, init=False)
    _session: Any = field(default=None, init=False)

    def json(self, path: str, parameters: dict[str, str]) -> Any:
        """Return the JSON of a GET.

        Raises:
            SourceError: StatBank refused, or was not reached in all attempts.
        """

        def fetch() -> Any:
            with self._send("GET", path, params=parameters) as answer:
                try:
                    return json.loads(answer.content.decode("utf-8-sig"))
                except (UnicodeDecodeError, ValueError):
                    raise _FaultError("an answer that is not JSON in UTF-8") from None

        return self._patiently(path, fetch)

    def download(self, path: str, body: dict[str, Any], to: Path) -> None:
        """Stream the answer of a POST to a file, whole or not at all.

        Raises:
            SourceError: as `json`, or the stream was cut in all attempts.
        """

        def fetch() -> None:
            with self._send("POST", path, json=body, stream=True) as answer, to.open("wb") as file:
                last = b""
                for block in answer.iter_content(BLOCK):
                    file.write(block)
                    last = block or last
            if last and not last.endswith(b"\n"):
                raise _FaultError("an answer that ends in the middle of a line")

        self._patiently(path, fetch)

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        import requests

        if self._session is None:
            self._session = requests.Session()
        wait = self._last + self.pause - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self._last = time.monotonic()
        url = f"{self.base}/{path}"
        answer: requests.Response = self._session.request(
            method, url, timeout=self.timeout, **options
        )
        if answer.status_code >= 500 or answer.status_code == 429:
            answer.close()
            raise _FaultError(f"HTTP {answer.status_code}")
        if answer.status_code != 200:
            raise _refused(answer)
        return answer

    def _patiently(self, path: str, fetch: Callable[[], T]) -> T:
        import requests

        fault = ""
        for attempt in range(self.attempts):
            if attempt:
                time.sleep(self.backoff * 2 ** (attempt - 1))
            try:
                return fetch()
            except _FaultError as error:
                fault = str(error)
            except requests.Timeout:
                fault = "no answer in time"
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
                fault = f"a broken connection ({type(error).__name__})"
            except requests.RequestException as error:
                raise SourceError(f"{self.base}/{path} cannot be asked: {error}") from None
        raise SourceError(
            f"StatBank ({self.base}/{path}) gave {fault} in {self.attempts} attempts; try again "
            "later: what was pulled stays, and the last good vintage stays in use"
        )


def _refused(answer: requests.Response) -> RefusedError:
    """Return StatBank's own words for a refusal."""
    with answer:
        try:
            body = json.loads(answer.content.decode("utf-8-sig"))
            kind, message = str(body["errorTypeCode"]), str(body["message"])
        except (ValueError, KeyError, TypeError):
            kind, message = f"HTTP {answer.status_code}", "no message"
    return RefusedError(kind, f"StatBank refused ({kind}): {message}")
