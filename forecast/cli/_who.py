"""Who is at the keyboard, for the audit trail; only commands ask."""

from __future__ import annotations

import getpass
import os
import platform

from forecast import clock
from forecast.registry.record import Made

VARIABLE = "FORECAST_USER"


def made() -> Made:
    """Return who acts, from the environment, and when.

    FORECAST_USER names a person where many share an account; else the account is taken.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if not named:
        try:
            named = f"{getpass.getuser()}@{platform.node()}"
        except (KeyError, OSError):  # a container's user without a name
            named = f"uid{os.getuid()}@{platform.node()}"
    return Made(named, clock.now())
