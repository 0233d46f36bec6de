"""The clock of the edge: only commands read it, and FORECAST_NOW holds it still."""

from __future__ import annotations

import os
from datetime import datetime

from forecast.errors import ForecastError

VARIABLE = "FORECAST_NOW"


def now() -> str:
    """Return the time as ISO text, to the second, in local time without zone.

    Raises:
        ForecastError: FORECAST_NOW is set to something that is not a time.
    """
    fixed = os.environ.get(VARIABLE)
    if not fixed:
        return datetime.now().replace(microsecond=0).isoformat()
    try:
        return datetime.fromisoformat(fixed).replace(microsecond=0).isoformat()
    except ValueError:
        raise ForecastError(
            f"{VARIABLE}={fixed!r} is not a time; write it as 2026-05-01 or 2026-05-01T09:00:00"
        ) from None


def today() -> str:
    """Return the date as ISO text."""
    return now()[:10]
