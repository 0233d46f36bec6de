"""MLflow's library as this program starts it: quiet, without telemetry and pickles."""

from __future__ import annotations

import logging
import os
from typing import Any

# Read by MLflow when it is imported or called; what the user has set himself stays.
_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_UV_AUTO_DETECT": "false",  # else files of the folder one stands in go into the store
}


def import_mlflow() -> None:
    """Import MLflow with telemetry and pickles off, short waits and a quiet log."""
    for key, value in _SETTINGS.items():
        os.environ.setdefault(key, value)
    import mlflow  # noqa: F401  # for its being there

    logging.getLogger("alembic").setLevel(logging.WARNING)
    # What goes wrong is raised as well, and told in our words; its log would add a traceback.
    logging.getLogger("mlflow").setLevel(logging.CRITICAL)


def schema() -> Any:
    """Return MLflow's module of tables and migrations; it has no types."""
    import_mlflow()
    from mlflow.store.db import utils

    return utils
