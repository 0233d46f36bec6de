import json
import shutil

import pytest
from support.few_places import MODEL

from forecast import registry, reproduction, software, vintages
from forecast.errors import VintageError
from forecast.workspace import Workspace


def test_version_is_reproduced_to_the_byte(copied: Workspace) -> None:
    for number in (1, 2):  # the first knew less than what lies there now
        done = reproduction.reproduce(copied, registry.version(copied, MODEL, number))
        assert done.identical
        assert done.largest == 0
        assert done.differs == ()


def test_missing_vintage_is_named(copied: Workspace) -> None:
    (gone, *_) = vintages.listing(copied, "frkm")
    shutil.rmtree(gone.folder)
    with pytest.raises(VintageError, match=f"{gone.id}, which the version was trained on, is not"):
        reproduction.reproduce(copied, registry.version(copied, MODEL, 1))


def test_exchanged_vintage_is_named(copied: Workspace) -> None:
    (held, *_) = vintages.listing(copied, "frkm")
    manifest = json.loads((held.folder / "manifest.json").read_text())
    (held.folder / "manifest.json").write_text(json.dumps(manifest | {"sha256": "0" * 64}))
    with pytest.raises(VintageError, match="is not the one that the version was trained on"):
        reproduction.reproduce(copied, registry.version(copied, MODEL, 1))


def test_other_program_is_named(copied: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    now = {**software.describe(), "numpy": "1.0", "code": "f" * 64, "revision": "another"}
    monkeypatch.setattr(software, "describe", lambda: now)
    done = reproduction.reproduce(copied, registry.version(copied, MODEL, 2))
    assert done.identical
    assert len(done.differs) == 2
    assert any(text.startswith("numpy was") and text.endswith("is 1.0") for text in done.differs)


def test_changed_specification_in_the_workspace_does_not_reach_the_past(
    copied: Workspace,
) -> None:
    info = registry.version(copied, MODEL, 2)
    text = registry.spec_of(copied, info)
    own = copied.specs / "models" / f"{MODEL}.toml"
    own.parent.mkdir(parents=True)
    own.write_text(text.replace("origins = 3", "origins = 2"))
    assert reproduction.reproduce(copied, info).identical
