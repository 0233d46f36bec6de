import json
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from support.few_places import MODEL

from forecast import registry, software, specs, vintages
from forecast.dataroom import intake
from forecast.errors import VintageError
from forecast.versions import plans, record, reproduction
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


@pytest.mark.e2e
def test_what_each_model_records_is_all_that_it_reads(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    intake.demo(workspace)
    for model in specs.names("models"):
        plan = plans.plan(workspace, model)
        then = Workspace(tmp_path / model)
        sources = record.sources_of(workspace, plan.inputs.used)
        reproduction.put(workspace, then, [asdict(source) for source in sources])
        again = plans.plan(then, model).inputs.panel
        ours = plan.inputs.panel
        assert again.keys.equals(ours.keys), model
        assert np.array_equal(again.values, ours.values, equal_nan=True), model
        assert (again.exposure is None) == (ours.exposure is None), model
        if ours.exposure is not None and again.exposure is not None:
            assert np.array_equal(again.exposure, ours.exposure, equal_nan=True), model
