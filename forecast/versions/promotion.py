"""Decide which version of a model is used: by the same backtest, or by a reason that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from forecast import registry
from forecast.errors import RegistryError
from forecast.registry import CHAMPION, Decision, Made, VersionInfo
from forecast.versions.comparison import Comparison, compare

if TYPE_CHECKING:
    from forecast.workspace import Workspace


@dataclass(frozen=True)
class Promotion:
    """A version that became champion, and what it was compared with (None: there was none)."""

    info: VersionInfo
    comparison: Comparison | None


def promote(
    workspace: Workspace, model: str, which: str, *, made: Made, because: str = ""
) -> Promotion:
    """Make a version champion when it is no worse than the present one, or for a reason.

    Args:
        workspace: whose store.
        model: name of the model.
        which: number or alias of the version.
        made: who decides, and when.
        because: a reason; with it a version is promoted whatever the comparison says.

    Raises:
        RegistryError: the version is worse or its coverage is out of bounds, and no reason given.
    """
    info = registry.version(workspace, model, which)
    found = _against_champion(workspace, info, because)
    against = _objections(found)
    if against and not because:
        raise RegistryError(
            f"{info.reference} was not promoted: {'; '.join(against)}. "
            'To promote it all the same, give the reason: --because "…"'
        )
    evidence = "" if found is None else "; ".join([found.sentence, *found.out_of_bounds])
    decision = Decision(made, because or "no worse on the same backtest", evidence)
    promoted = registry.promote(workspace, model, str(info.version), decision)
    return Promotion(promoted, found)


def _against_champion(workspace: Workspace, info: VersionInfo, because: str) -> Comparison | None:
    if CHAMPION in info.aliases:
        raise RegistryError(f"{info.reference} is the champion already")
    if info.model not in registry.champions(workspace):
        return None
    champion = registry.version(workspace, info.model, CHAMPION)
    try:
        return compare(workspace, champion, info)
    except RegistryError:
        if not because:  # a champion whose record is damaged must not keep others out
            raise
        return None


def _objections(found: Comparison | None) -> list[str]:
    if found is None:
        return []
    return [*([found.sentence] if found.worse else []), *found.out_of_bounds]
