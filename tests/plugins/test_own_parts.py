"""A plug-in through the whole program, as a person types it: run, resume, refuse, export, predict, serve."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.child_environment import child_environment
from support.messages import write_messages
from support.plugins import examples
from sweep.files import sha256

GIVEN = (
    "+search=smoke",
    "data.path=messages.csv",
    "model.network=bag",
    "loss.name=squared",
    "resampling.method=varied",
    "plugins.varied.keep=0.9",
    "text.cleaning=replies",
    "plugins.replies.mark=|",
    "search.trials=1",
)
FILES = ("bag.py", "squared.py", "varied.py", "replies.py")
OWN = tuple(word for file in FILES for word in ("--plugin", file))
TEXTS = ["the parcel is broken", "thanks", "the parcel is broken\n|who said that?"]
LOAD = f"""
TEXTS = {TEXTS}
import mlflow.pyfunc, pandas
model = mlflow.pyfunc.load_model("best-model/mlflow")
print(model.predict(pandas.DataFrame({{"text": TEXTS}})).iloc[:, 0].tolist())
"""
SAME = f"""
import sweep
print(sweep.load("best-model", plugins=["bag.py", "replies.py"]).predict({TEXTS}).iloc[:, 0].tolist())
"""


def typed(folder: Path, *words: str, code: int = 0) -> str:
    environment = child_environment(OMP_NUM_THREADS="1", MLFLOW_DISABLE_TELEMETRY="true")
    ended = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment,
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep of the network, loss, resampler and cleaning step of docs/extend.md, exported."""
    folder = tmp_path_factory.mktemp("own")
    write_messages(folder)
    examples(folder)
    told = typed(folder, "-m", "sweep", *OWN, *GIVEN)
    assert "[1/1] all-0" in told
    assert "FAILED" not in told
    typed(folder, "-m", "sweep", "export", *OWN, *GIVEN)
    return folder


@pytest.mark.slow
def test_it_is_recorded_with_what_it_is_made_of(folder: Path) -> None:
    about = json.loads((folder / "best-model/settings.json").read_text(encoding="utf-8"))
    assert about["plugins"] == [
        {"name": name, "digest": sha256(folder / name), "kind": "file"}
        for name in ("bag.py", "replies.py")
    ]
    assert "resuming: 1 trials done" in typed(folder, "-m", "sweep", *OWN, *GIVEN)


@pytest.mark.slow
def test_changed_code_is_another_sweep(folder: Path) -> None:
    file = folder / "bag.py"
    before = file.read_text(encoding="utf-8")
    file.write_text(before + "# changed\n", encoding="utf-8")
    told = typed(folder, "-m", "sweep", *OWN, *GIVEN, code=2)
    file.write_text(before, encoding="utf-8")
    assert "plugins.bag.digest: was" in told
    assert "squared" not in told
    assert "One of your own comes with --plugin FILE" in typed(
        folder, "-m", "sweep", *GIVEN, code=2
    )


@pytest.mark.slow
def test_an_exported_model_needs_what_answers_and_not_what_trained(folder: Path) -> None:
    words = ("-m", "sweep", "predict", "model=best-model", "input=messages.csv", "output=out.csv")
    told = typed(folder, *words, code=2)
    assert "needs the plug-in bag.py with the SHA-256" in told
    assert "squared" not in told
    assert "varied" not in told
    copies = ["best-model/plugins/bag.py", "best-model/plugins/replies.py"]
    card = (folder / "best-model/README.md").read_text(encoding="utf-8")
    for copy in copies:
        assert f"add --plugin {copy}" in told
        assert copy.removeprefix("best-model/") in card
    given = [word for copy in copies for word in ("--plugin", copy)]
    for workers in (1, 2):  # in this process, and in two that load the model themselves
        told = typed(folder, *words, *given, f"workers={workers}")
        assert "200 texts of the column `text`" in told
    answers = typed(folder, "-c", SAME)
    assert answers == typed(folder, "-c", LOAD)
    first, _, quoting = json.loads(answers)
    assert first == quoting  # the step drops the quoted line in prediction, too


@pytest.mark.slow
def test_with_and_without_the_plugins_given_again(folder: Path) -> None:
    for words in (("report", "name=smoke"), ("export", "name=smoke", "output=other-model")):
        told = typed(folder, "-m", "sweep", *words, code=2)
        assert "model.network=bag" in told
        assert "Add --plugin FILE, the file that its sweep was run with." in told
        typed(folder, "-m", "sweep", *words, *OWN)
    assert "needs --plugin FILE" in typed(folder, "-m", "sweep", "list")
    assert "complete" in typed(folder, "-m", "sweep", "list", *OWN)
    assert "removed: runs/smoke" in typed(folder, "-m", "sweep", "delete", "name=smoke")
    assert "holds no sweep" in typed(folder, "-m", "sweep", "list")
