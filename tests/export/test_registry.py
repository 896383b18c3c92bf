"""Exported models in MLflow: one version a model, the last one the champion."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from support.child_environment import lonely_environment
from support.mlflow_database import database
from support.trained_sweep import Trained
from sweep.errors import UserError
from sweep.export.registry import ALIAS, Registry
from sweep.tracking.outbox import noted_runs
from sweep.tracking.tracker import Tracker

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


@pytest.fixture(scope="module")
def registered(
    made: Trained, model: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Registry, str]:
    place = tmp_path_factory.mktemp("registry")
    uri = database(place)
    tracker = Tracker(made.folder, uri=uri, experiment="tiny", artifacts=place / "artifacts")
    tracker.sweep_started({}, {})
    tracker.trial_started(made.result.key, {}, {})
    tracker.trial_ended(made.result, made.trial)
    tracker.start()
    assert tracker.drain(60) == 0
    tracker.close()
    return Registry(uri), noted_runs(made.folder).trials[made.result.key]


def register(registered: tuple[Registry, str], model: Path) -> str:
    registry, run = registered
    return registry.register(model, experiment="tiny", run=run, description="d")


def test_the_champion(
    registered: tuple[Registry, str],
    model: Path,
    made: Trained,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import mlflow

    monkeypatch.setattr(sys, "path", list(sys.path))  # MLflow puts the model's own code first

    first = register(registered, model)
    assert register(registered, model) == first, "the same model is one version"
    client = registered[0].client
    version = client.get_model_version_by_alias("tiny", ALIAS)
    assert str(version.version) == first
    run = client.get_run(version.run_id)
    assert run.data.tags["sweep.key"] == registered[1]
    mlflow.set_tracking_uri(registered[0].uri)
    try:
        loaded = mlflow.pyfunc.load_model(f"models:/tiny@{ALIAS}")
    finally:
        mlflow.set_tracking_uri(None)
    signature = loaded.metadata.signature
    assert signature.inputs.input_names() == ["text"]
    assert signature.outputs.input_names() == ["probability_spam", "label"]
    texts, _ = made.split.part("validation")
    found = loaded.predict([{"text": text} for text in texts])["probability_spam"]
    np.testing.assert_allclose(found, made.probabilities, rtol=0, atol=1e-6)


def test_another_model_is_another_version(
    registered: tuple[Registry, str], model: Path, copy: Path
) -> None:
    first = register(registered, model)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["files"]["weights.pt"] = "0" * 64
    (copy / "manifest.json").write_text(json.dumps(manifest))
    second = register(registered, copy)
    client = registered[0].client
    assert second != first
    assert client.get_model_version_by_alias("tiny", ALIAS).version == int(second)
    sources = {v.source for v in client.search_model_versions("name = 'tiny'")}
    assert len(sources) == 2


def test_the_versions_of_a_sweep_are_removed(tmp_path: Path) -> None:
    registry = Registry(database(tmp_path))
    client = registry.client
    client.create_registered_model("s")
    for run in ("1" * 32, "2" * 32, "3" * 32):
        client.create_model_version("s", f"{tmp_path}/{run}", run)
    assert registry.remove("s", ["1" * 32, "4" * 32]) == 1
    assert {v.run_id[0] for v in client.search_model_versions("name = 's'")} == {"2", "3"}
    assert registry.remove("s", ["2" * 32, "3" * 32]) == 2
    assert client.search_registered_models() == []
    assert registry.remove("s", ["2" * 32]) == 0


def test_a_run_that_mlflow_lacks_is_told(registered: tuple[Registry, str], copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["files"]["weights.pt"] = "1" * 64
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UserError, match="has no run of the winner"):
        registered[0].register(copy, experiment="tiny", run="other/1", description="d")


@pytest.mark.slow
def test_mlflow_serves_the_champion(
    registered: tuple[Registry, str], model: Path, made: Trained, tmp_path: Path
) -> None:
    register(registered, model)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", f"models:/tiny@{ALIAS}"]
    command += ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(port)]
    log = (tmp_path / "log").open("w")
    bin_first = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = lonely_environment(MLFLOW_TRACKING_URI=registered[0].uri, PATH=bin_first)
    server = subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdout=log, stderr=log, start_new_session=True
    )
    texts, _ = made.split.part("validation")
    body = json.dumps({"dataframe_records": [{"text": text} for text in [*texts, " "]]}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/invocations", body, {"Content-Type": "application/json"}
    )
    try:
        answer = answered(request, server)
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)
        log.close()
    assert answer["predictions"].pop() == {"probability_spam": None, "label": None}
    found = [row["probability_spam"] for row in answer["predictions"]]
    np.testing.assert_allclose(found, made.probabilities, rtol=0, atol=1e-6)
    assert {row["label"] for row in answer["predictions"]} <= {"spam", "ham"}


def answered(request: urllib.request.Request, server: "subprocess.Popen[bytes]") -> dict:
    for _ in range(240):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return json.load(reply)
        except ConnectionError:
            time.sleep(0.5)
        except OSError as error:
            if not isinstance(getattr(error, "reason", None), ConnectionError):
                raise
            time.sleep(0.5)
    raise AssertionError("the server does not answer")
