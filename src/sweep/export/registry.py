"""Exported models in MLflow: the pyfunc form, and the versions of a registered model."""

import hashlib
import json
import logging
import re
import shutil
import tempfile
import warnings
from collections.abc import Collection
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sweep.errors import UserError
from sweep.export.answer import LABEL, probability_column
from sweep.export.bundle import manifest
from sweep.redaction import redact
from sweep.tracking.projection import find_runs
from sweep.workspace import ModelFolder

ALIAS = "champion"
DIGEST = "sweep.digest"
REQUIRED = (
    "mlflow",
    "ftfy",
    "numpy",
    "omegaconf",
    "pandas",
    "scikit-learn",
    "scipy",
    "simplemma",
    "snowballstemmer",
    "stopwordsiso",
    "tokenizers",
    "torch",
)
EXAMPLE = ["Is the meeting still at ten?", "Call now to claim your prize!"]


def save_pyfunc(folder: Path, bundle: Path) -> None:
    """Write an exported model in MLflow's form; it needs no installed sweep where it is used.

    Args:
        folder: where it goes; must not exist.
        bundle: the sealed files that `Bundle.load` needs.
    """
    import mlflow.pyfunc
    import pandas as pd
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema

    package = Path(__file__).parents[1]
    settings = json.loads(ModelFolder(bundle).settings.read_bytes())
    probability = probability_column(settings["labels"]["positive"])
    signature = ModelSignature(
        Schema([ColSpec(DataType.string, "text")]),
        Schema([ColSpec(DataType.double, probability), ColSpec(DataType.string, LABEL)]),
    )
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        # What MLflow warns of here is its own way to save a model: hints of types it could use.
        warnings.simplefilter("ignore")
        mlflow.pyfunc.save_model(
            folder,
            python_model=str(Path(__file__).with_name("pyfunc.py")),
            artifacts={"bundle": str(bundle)},
            code_paths=[str(package)],
            signature=signature,
            input_example=pd.DataFrame({"text": EXAMPLE}),
            # Without what a package adds behind the plus sign for a machine, as torch does: `+cpu`.
            pip_requirements=[f"{name}=={version(name).partition('+')[0]}" for name in REQUIRED],
        )
    for cache in folder.rglob("__pycache__"):
        shutil.rmtree(cache)


class Registry:
    """Registered models of a tracking server or database.

    Args:
        uri: its address.
    """

    def __init__(self, uri: str) -> None:
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException

        self.uri = uri
        self._error = MlflowException
        self.client = MlflowClient(uri, registry_uri=uri)

    def register(self, model: Path, *, experiment: str, run: str, description: str) -> str:
        """Make an exported model the champion; the same model twice is one version.

        Args:
            model: folder of the exported model.
            experiment: the sweep's name; the model is called so, too.
            run: key of the winner's run, see `sweep.tracking.outbox.noted_runs`.
            description: of the version, in a sentence.

        Returns:
            The version.

        Raises:
            UserError: MLflow does not answer, or lacks the winner's run.
        """
        name = model_name(experiment)
        digest = content_digest(model)
        try:
            number = self._known(name, digest)
            if number is None:
                run_id, source = self._upload(ModelFolder(model).pyfunc, experiment, run, digest)
                number = self._new_version(name, source, run_id, digest, description)
            self.client.set_registered_model_alias(name, ALIAS, number)
        except self._error as error:
            raise UserError(
                f"{model} is written, but could not be registered at {redact(self.uri)}: "
                f"{redact(str(error)).splitlines()[0]} When that is mended, give the same command again."
            ) from error
        return number

    def remove(self, experiment: str, runs: Collection[str]) -> int:
        """Remove the versions that a sweep's runs brought, and the model where none is left.

        Args:
            experiment: the sweep's name.
            runs: ids of its runs.

        Returns:
            How many versions were removed.

        Raises:
            UserError: MLflow does not answer.
        """
        name = model_name(experiment)
        try:
            every = self.client.search_model_versions(f"name = '{name}'")
            own = [version for version in every if version.run_id in runs]
            for version in own:
                self.client.delete_model_version(name, version.version)
            if own and len(own) == len(every):
                self.client.delete_registered_model(name)
        except self._error as error:
            raise UserError(
                f"MLflow at {redact(self.uri)} does not remove the registered model `{name}`: "
                f"{redact(str(error)).splitlines()[0]} When that is mended, give the same command again."
            ) from error
        return len(own)

    def _known(self, name: str, digest: str) -> str | None:
        for found in self.client.search_model_versions(f"name = '{name}'"):
            if found.tags.get(DIGEST) == digest:
                return str(found.version)
        return None

    def _upload(self, folder: Path, experiment: str, run: str, digest: str) -> tuple[str, str]:
        known = self.client.get_experiment_by_name(experiment)
        runs = find_runs(self.client, known.experiment_id, run) if known else []
        if not runs or runs[0].info.lifecycle_stage == "deleted":
            raise UserError(
                f"{folder.parent} is written, but MLflow at {redact(self.uri)} has no run of the winner: "
                "it was deleted there. Restore it on MLflow's page, then give the same command again."
            )
        info = runs[0].info
        place = f"model-{digest[:12]}"
        self.client.log_artifacts(info.run_id, str(folder), place)
        self._check_upload(folder, info.run_id, place)
        return info.run_id, f"{info.artifact_uri}/{place}"

    def _check_upload(self, folder: Path, run_id: str, place: str) -> None:
        with tempfile.TemporaryDirectory() as back:
            there = Path(self.client.download_artifacts(run_id, place, back))
            for file in (file for file in folder.rglob("*") if file.is_file()):
                copy = there / file.relative_to(folder)
                if not copy.is_file() or copy.read_bytes() != file.read_bytes():
                    raise UserError(
                        f"{file} has not reached MLflow's artifacts whole; nothing was registered. "
                        "Look after the disk or server there, then give the same command again."
                    )

    def _new_version(
        self, name: str, source: str, run_id: str, digest: str, description: str
    ) -> str:
        try:
            self.client.create_registered_model(name)
        except self._error as error:
            if getattr(error, "error_code", None) != "RESOURCE_ALREADY_EXISTS":
                raise
        made = self.client.create_model_version(
            name, source, run_id, tags={DIGEST: digest}, description=description
        )
        return str(made.version)


def model_name(experiment: str) -> str:
    """Turn a sweep's name into one that MLflow takes for a model.

    Args:
        experiment: the sweep's name.

    >>> model_name("sms/lstm: first")
    'sms_lstm_ first'
    """
    return re.sub(r"[/:'\"%]", "_", experiment)


def content_digest(model: Path) -> str:
    """Tell exported models apart by what they predict, not by when they were written.

    Args:
        model: folder of the exported model.

    Returns:
        SHA-256, hexadecimal.
    """
    files: dict[str, Any] = {
        name: digest
        for name, digest in manifest(model).items()
        if name not in ModelFolder.TOLD and Path(name).name != ModelFolder(model).manifest.name
    }
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
