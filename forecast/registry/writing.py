"""Log one training as one MLflow run and register its model, whole or not at all."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from forecast.files import canonical, write_json, write_text
from forecast.registry import aliases, clearing
from forecast.registry.faults import again
from forecast.registry.folders import digest_of
from forecast.registry.library import import_mlflow
from forecast.registry.names import VersionInfo, registered
from forecast.registry.reading import describe
from forecast.registry.record import Record, Saved
from forecast.registry.store import Store, open_store
from forecast.software import NOT_PACKAGES

if TYPE_CHECKING:
    from forecast.workspace import Workspace

LOADER = "forecast.registry.served"  # module of the installed package that reads a served model
STATE = "state"  # folder of the model's own files
TABLES = "tables"


def warm_up() -> None:
    """Import what storing a version needs, where it would be waited for later."""
    import_mlflow()
    import mlflow.pyfunc  # noqa: F401  # for its being there


def log(workspace: Workspace, trained: Saved, record: Record) -> VersionInfo:
    """Store a trained model as a new version and return it.

    The run and its files are complete before the version is registered, and the version carries
    its digests from its first moment: a version that can be seen is whole. The first version of
    a model becomes its champion, a later one its challenger.

    Raises:
        RegistryError: the store refuses, is full or does not answer; nothing is registered then.
    """
    name = registered(record.model)
    store = open_store(workspace, create=True)
    with TemporaryDirectory(prefix="social-forecast-") as scratch, store.writing():
        digests = _assemble(Path(scratch), trained, record)
        run_id, model_id, location = _run(store, Path(scratch), record)
        try:
            _named(store, name)
            tags = _tags(record, digests)
            made = again(
                lambda: store.client.create_model_version(
                    name, location, run_id, tags=tags, model_id=model_id
                )
            )
        except BaseException:
            _undo(store, run_id, model_id)
            raise
        aliases.arrived(store, record, int(made.version))
        return describe(store, record.model, str(made.version))


def _assemble(folder: Path, trained: Saved, record: Record) -> dict[str, str]:
    """Write everything to a scratch folder first; return the digests of what was written."""
    state = folder / STATE
    state.mkdir()
    trained.save(state)
    tables = folder / "run" / TABLES
    tables.mkdir(parents=True)
    for name, frame in record.tables.items():
        frame.to_parquet(tables / f"{name}.parquet", index=False, compression="zstd")
    for name, text in {**record.overrides, f"models/{record.model}.toml": record.spec}.items():
        write_text(folder / "run" / "specs" / name, text)
    write_json(folder / "run" / "sources.json", [asdict(s) for s in record.sources])
    write_json(folder / "run" / "software.json", dict(record.software))
    for name, svg in record.figures.items():
        write_text(folder / "run" / "figures" / f"{name}.svg", svg)
    _as_pyfunc(folder / "model", state, record)
    return {"sha256": digest_of(state), "tables_sha256": digest_of(tables)}


def _as_pyfunc(folder: Path, state: Path, record: Record) -> None:
    """Wrap the files for `mlflow models serve`: the loader is ours, no code goes into the store."""
    import mlflow.pyfunc
    import pandas as pd
    from mlflow.models.signature import ModelSignature
    from mlflow.types.schema import ColSpec, Schema

    from forecast.registry import served

    inputs = Schema([ColSpec(t, n, required=n in served.REQUIRED) for n, t in served.ASKED])
    outputs = Schema([ColSpec(t, n) for n, t in served.ANSWERED])
    mlflow.pyfunc.save_model(
        str(folder),
        loader_module=LOADER,
        data_path=str(state),
        signature=ModelSignature(inputs, outputs),
        input_example=pd.DataFrame(served.EXAMPLE),
        pip_requirements=[
            f"{package}=={version}"
            for package, version in record.software.items()
            if package not in NOT_PACKAGES
        ],
    )


def _run(store: Store, folder: Path, record: Record) -> tuple[str, str, str]:
    """Write one finished run; return its id, its model's id and where the model's files lie."""
    client, experiment = store.client, store.experiment()
    run_id = str(client.create_run(experiment, tags=_run_tags(record)).info.run_id)
    model_id = ""
    try:
        model = client.create_logged_model(
            experiment, name=record.model, source_run_id=run_id, model_type="pyfunc"
        )
        model_id = str(model.model_id)
        client.log_model_artifacts(model_id, str(folder / "model"))
        client.finalize_logged_model(model_id, "READY")
        client.log_artifacts(run_id, str(folder / "run"))
        _values(store, run_id, record)
        client.set_terminated(run_id)
    except BaseException:
        _undo(store, run_id, model_id)
        raise
    return run_id, model_id, str(model.artifact_location)


def _values(store: Store, run_id: str, record: Record) -> None:
    """One call for all metrics and parameters, one for all datasets."""
    import mlflow.entities as entities

    stamp = 0  # steps and times say nothing here: one training has one score
    metrics = [entities.Metric(k, float(v), stamp, 0) for k, v in record.metrics.items()]
    params = [entities.Param(k, str(v)) for k, v in record.params.items()]
    store.client.log_batch(run_id, metrics=metrics, params=params)
    inputs = [
        entities.DatasetInput(
            entities.Dataset(
                name=source.dataset,
                digest=source.sha256[:36],
                source_type="vintage",
                source=canonical({"id": source.id, "origin": source.origin}),
                profile=canonical({"num_rows": source.rows, "published": source.published}),
            ),
            [entities.InputTag("mlflow.data.context", source.role)],
        )
        for source in record.sources
    ]
    again(lambda: store.client.log_inputs(run_id, datasets=inputs))


def _run_tags(record: Record) -> dict[str, str]:
    import os
    import platform

    return {
        "mlflow.runName": f"{record.model} {record.made.when}",
        "mlflow.user": record.made.who,
        "forecast.model": record.model,
        "forecast.when": record.made.when,
        "forecast.process": f"{platform.node()}:{os.getpid()}",
    }


def _tags(record: Record, digests: dict[str, str]) -> dict[str, str]:
    """What a version says of itself without its files being opened."""
    return {
        **digests,
        "who": record.made.who,
        "when": record.made.when,
        "seconds": f"{record.made.seconds:.1f}",
        "synthetic": str(record.synthetic).lower(),
        "vintages": " ".join(s.id for s in record.sources)[:4000],
        "code": record.software.get("code", ""),
        **{k: str(v) for k, v in record.params.items()},
        **{k: f"{v:.6g}" for k, v in record.metrics.items() if k.startswith("combination.")},
    }


def _named(store: Store, name: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        again(lambda: store.client.create_registered_model(name))
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def _undo(store: Store, run_id: str, model_id: str) -> None:
    """Take back a run that could not be finished; what cannot be taken back `check` will name."""
    client, run_files, model_files = store.client, "", ""
    with suppress(Exception):
        if model_id:
            model_files = str(client.get_logged_model(model_id).artifact_location)
            client.delete_logged_model(model_id)
    with suppress(Exception):
        run_files = str(client.get_run(run_id).info.artifact_uri)
        client.delete_run(run_id)
    clearing.remove_files(store, run_id, run_files)
    if model_id:
        clearing.remove_files(store, f"models/{model_id}", model_files)
