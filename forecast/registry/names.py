"""What a version of a model is called and what is known of it without opening its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from forecast.errors import RegistryError

PREFIX = "social-forecast."
EXPERIMENT = "social-forecast"
CHAMPION = "champion"
CHALLENGER = "challenger"
_MODEL = re.compile(r"[a-z][a-z0-9_]{0,79}")


@dataclass(frozen=True)
class VersionInfo:
    """One registered version of a model.

    Attributes:
        model: name of the model's file under models/.
        version: number given by the registry, from 1.
        run_id: the MLflow run that holds parameters, scores and tables.
        sha256: digest of the model's files, as recorded when it was registered.
        tags: everything recorded on the version, as text.
        aliases: `champion`, `challenger`, both or none.
    """

    model: str
    version: int
    run_id: str
    sha256: str
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """The version as it is written on the command line."""
        return f"{self.model}@{self.version}"


def registered(model: str) -> str:
    """Return the name of a model in MLflow's registry.

    Raises:
        RegistryError: the text cannot be the name of a model (it could climb out of a folder).
    """
    if not _MODEL.fullmatch(model):
        raise RegistryError(
            f"{model!r} is no name of a model; names are small letters, digits and _ "
            "(recipients_adults)"
        )
    return PREFIX + model


def parse(reference: str) -> tuple[str, str]:
    """Split `model`, `model@3` or `model@champion` into model and version or alias.

    Raises:
        RegistryError: the text has none of these forms.
    """
    model, _, which = reference.partition("@")
    registered(model)
    which = which or CHAMPION
    if not which.isdigit() and which not in (CHAMPION, CHALLENGER):
        raise RegistryError(
            f"{reference!r} names no version; write {model}@3, {model}@{CHAMPION} "
            f"or {model}@{CHALLENGER}"
        )
    return model, which
