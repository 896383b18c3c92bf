"""The exported model gives what the trial gave, from its folder alone."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from support.child_environment import child_environment
from support.mlflow_database import database
from support.trained_sweep import Trained, trained
from sweep.commands.export import about_corpus
from sweep.config.settings import flat
from sweep.errors import BundleError, UserError
from sweep.export.registry import ALIAS, Registry
from sweep.export.write import export
from sweep.text.cache import encoded, store_corpus
from sweep.tracking.outbox import noted_runs
from sweep.tracking.tracker import Tracker

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")
SCORE = """
import json, sys, warnings
import mlflow.pyfunc, pandas
model = mlflow.pyfunc.load_model(sys.argv[1])
answer = model.predict(pandas.DataFrame({"text": json.load(sys.stdin)}))
import sweep
print(json.dumps({"where": sweep.__file__, **answer.to_dict("list")}))
"""


def write(made: Trained, out: Path, **summary: object) -> Path:
    cached = store_corpus(made.workdir / "cache", made.split)
    export(
        made.summary | summary,
        made.trial,
        out,
        settings=json.loads(json.dumps(flat({"model": asdict(made.config.model)}))),
        encoder=encoded(cached, asdict(made.config.text)).encoder,
        corpus=about_corpus(made.split),
        command="python -m sweep +search=tiny",
    )
    return out


@pytest.fixture(scope="module")
def made() -> Trained:
    return trained()


@pytest.fixture(scope="module")
def model(made: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(made, tmp_path_factory.mktemp("out") / "best-model")


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "best-model"))


def lonely_environment(**more: str) -> dict[str, str]:
    """An environment in which sweep is not installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return kept | {"MLFLOW_DISABLE_TELEMETRY": "true"} | more


def test_the_folder(model: Path) -> None:
    names = {"model.ckpt", "weights.pt", "settings.json", "tokenizer.json", "encoder.json"}
    names |= {"decision.json", "metrics.json", "README.md", "manifest.json", "mlflow"}
    assert {path.name for path in model.iterdir()} == names
    assert not [p for p in model.rglob("*") if p.suffix in (".pkl", ".pyc")]
    files = json.loads((model / "manifest.json").read_text())["files"]
    assert {"README.md", "model.ckpt", "mlflow/MLmodel"} <= files.keys()
    assert not list(model.parent.glob(".*"))


def test_the_checkpoint_loads_without_code(model: Path) -> None:
    import torch

    state = torch.load(model / "model.ckpt", weights_only=True)
    weights = torch.load(model / "weights.pt", weights_only=True)
    assert {f"network.{name}" for name in weights} == state["state_dict"].keys()


def test_the_model_card(model: Path, made: Trained) -> None:
    card = (model / "README.md").read_text()
    assert "tiny|corpus" in card or "tiny\\|corpus" in card
    for said in ("**spam**", "model.hidden | 8", "tfidf_logreg, test", "python -m sweep +search"):
        assert said in card
    assert f"{made.result.metrics['mcc']:.4f}" in card
    assert "{{" not in card
    assert "{%" not in card


def test_a_fresh_process_without_sweep_gives_the_trials_probabilities(
    model: Path, made: Trained, tmp_path: Path
) -> None:
    texts, _ = made.split.part("validation")
    moved = shutil.copytree(model / "mlflow", tmp_path / "elsewhere")
    done = subprocess.run(
        [sys.executable, "-c", SCORE, str(moved)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        env=lonely_environment(),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert Path(answer["where"]).is_relative_to(moved)
    np.testing.assert_allclose(answer["probability"], made.probabilities, rtol=0, atol=1e-6)
    yes = made.probabilities >= made.result.threshold
    assert answer["label"] == ["spam" if y else "ham" for y in yes]


def test_a_changed_checkpoint_is_not_exported(made: Trained, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="must have the SHA-256 0000"):
        write(made, tmp_path / "m", best=made.summary["best"] | {"sha256": "0000"})
    assert list(tmp_path.iterdir()) == []


def test_a_changed_decision_is_not_exported(made: Trained, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="decision.json must have the SHA-256 0000"):
        write(made, tmp_path / "m", best=made.summary["best"] | {"decision_sha256": "0000"})
    assert list(tmp_path.iterdir()) == []


def test_a_model_is_replaced(copy: Path, made: Trained) -> None:
    (copy / "old.txt").write_text("x")
    write(made, copy)
    assert not (copy / "old.txt").exists()
    assert [path.name for path in copy.parent.iterdir()] == ["best-model"]


@pytest.mark.parametrize("what", ["folder", "file", "link"])
def test_anything_else_is_not_replaced(made: Trained, tmp_path: Path, what: str) -> None:
    out, precious = tmp_path / "best-model", tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.tex").write_text("x")
    if what == "folder":
        precious.rename(out)
    elif what == "file":
        out.write_text("x")
    else:
        out.symlink_to(precious)
    with pytest.raises(UserError, match="is in the way"):
        write(made, out)
    assert out.exists()


def test_an_empty_folder_is_no_obstacle(made: Trained, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    assert (write(made, tmp_path / "m") / "weights.pt").exists()


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
    assert signature.outputs.input_names() == ["probability", "label"]
    texts, _ = made.split.part("validation")
    found = loaded.predict([{"text": text} for text in texts])["probability"]
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
    body = json.dumps({"dataframe_records": [{"text": text} for text in texts]}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/invocations", body, {"Content-Type": "application/json"}
    )
    try:
        answer = answered(request, server)
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)
        log.close()
    found = [row["probability"] for row in answer["predictions"]]
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


@pytest.mark.slow
def test_the_commands_one_after_another(tmp_path: Path) -> None:
    words = ["+search=smoke", "executor.workers=1"]

    def sweep(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "sweep", *arguments],
            cwd=tmp_path,
            env=child_environment(),
            capture_output=True,
            text=True,
        )
        assert done.returncode in (0, 2), done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "run it first" in sweep("export", *words)
    sweep(*words)
    assert "was run with other settings" in sweep("export", *words, "trainer.batch_size=3")
    assert "registered as smoke version 1, alias champion" in sweep("export", *words)
    assert "registered as smoke version 1, alias champion" in sweep("export", *words)
    (tmp_path / "in.csv").write_text("text\nhello there\n")
    said = sweep("predict", "model=best-model", "input=in.csv", "output=out.csv")
    assert "1 text labelled" in said
    assert (tmp_path / "out.csv").read_text().startswith("text,probability,label\nhello there,0.")
    (tmp_path / "best-model" / "weights.pt").write_bytes(b"x")
    said = sweep("predict", "model=best-model", "input=in.csv", "output=out.csv")
    assert "best-model/weights.pt is not the file that was exported" in said
