"""Imported once by the process that victims are forked from: all that MLflow loads on first use."""

from pathlib import Path
from tempfile import TemporaryDirectory

from forecast import registry
from forecast.workspace import Workspace
from support.small_model import SmallModel, small_record

with TemporaryDirectory() as _folder:
    registry.log(Workspace(Path(_folder)), SmallModel(), small_record())
