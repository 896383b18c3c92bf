"""Takes a sweep's runs out of MLflow, so that the same name begins anew."""

import contextlib
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sweep.errors import UserError
from sweep.redaction import redact
from sweep.tracking.outbox import Target

GONE = "(deleted "
"""What the name of an experiment goes on with that a server keeps until its own cleaning."""


class RecordedSweep:
    """What MLflow holds of a sweep.

    A database is rid of it for good. A server keeps what is deleted until whoever runs it calls `mlflow gc`, so the
    experiment gets another name first: the sweep's own is free again.

    Args:
        target: where the sweep was recorded.

    Raises:
        UserError: MLflow does not answer.
    """

    def __init__(self, target: Target) -> None:
        from mlflow import MlflowClient
        from mlflow.entities import ViewType

        self.target = target
        self._served = is_served(target.uri)
        with self._asking():
            self._client = MlflowClient(target.uri, registry_uri=target.uri)
            found = self._client.get_experiment_by_name(target.experiment)
            self.experiments = [] if found is None else [found]
            if self._served:
                # Of a removal that was killed after the renaming.
                half = f"{target.experiment} {GONE}"
                renamed = self._client.search_experiments(
                    ViewType.ACTIVE_ONLY, filter_string=f"name LIKE '%{GONE}%'"
                )
                self.experiments += [each for each in renamed if each.name.startswith(half)]
            self._runs = [
                run for each in self.experiments for run in _runs(self._client, each.experiment_id)
            ]

    @property
    def runs(self) -> list[str]:
        """Ids of its runs, in MLflow's words."""
        return [run.info.run_id for run in self._runs]

    def remove(self) -> None:
        """Remove its experiment with all runs and their artifacts; killed at any moment, another call ends it.

        Raises:
            UserError: MLflow does not answer.
        """
        with self._asking():
            for each in self.experiments:
                if self._served:
                    _hide(self._client, each)
                else:
                    _destroy(self._client, each, self.target.uri)
        if not self._served:
            _clear_artifacts(self._runs)

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        from mlflow.exceptions import MlflowException

        try:
            yield
        except MlflowException as error:
            raise UserError(
                f"MLflow at {redact(self.target.uri)} does not remove the runs of `{self.target.experiment}`: "
                f"{redact(str(error)).splitlines()[0]} When that is mended, give the same command again; "
                "`mlflow=false` leaves them there."
            ) from error


def is_served(uri: str) -> bool:
    """Tell a server, which keeps what is deleted, from a database."""
    return uri.startswith(("http", "databricks"))


def _runs(client: Any, experiment: str) -> list[Any]:
    from mlflow.entities import ViewType

    found, token = [], None
    while True:
        page = client.search_runs([experiment], run_view_type=ViewType.ALL, page_token=token)
        found += page
        token = page.token
        if not token:
            return found


def _hide(client: Any, experiment: Any) -> None:
    number = experiment.experiment_id
    if experiment.lifecycle_stage == "deleted":
        client.restore_experiment(number)
    if GONE not in experiment.name:
        client.rename_experiment(number, f"{experiment.name} {GONE}{number})")
    client.delete_experiment(number)


def _destroy(client: Any, experiment: Any, uri: str) -> None:
    from mlflow.cli import gc

    if experiment.lifecycle_stage != "deleted":
        client.delete_experiment(experiment.experiment_id)
    words = ["--backend-store-uri", uri, "--experiment-ids", experiment.experiment_id]
    # It tells each run; and it takes the address of the tracking server from its environment alone.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        gc.main([*words, "--tracking-uri", uri], standalone_mode=False)


def _clear_artifacts(runs: list[Any]) -> None:
    # `mlflow gc` leaves the empty folders around the artifacts.
    for run in runs:
        address = urlsplit(run.info.artifact_uri)
        if address.scheme in ("", "file"):
            folder = Path(unquote(address.path)).parent
            if folder.name == run.info.run_id:
                shutil.rmtree(folder, ignore_errors=True)
                with contextlib.suppress(OSError):  # another sweep's artifacts lie there, too
                    os.rmdir(folder.parent)
