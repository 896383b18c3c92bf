"""From a sweep's records to its findings, and on to the search that follows their advice."""

import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support.messages import write_messages
from support.told_studies import make_config, make_studies
from sweep.coordinator.findings import judge, symptoms
from sweep.records import Reason
from sweep.workspace import Workspace

SOURCE = Path(__file__).parents[2] / "src"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1"}


def test_findings_are_written_beside_the_trials(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    studies = make_studies(
        tmp_path, {"lstm": [0.5, 0.4], "gru": [Reason.diverged] * 3}, config=config
    )
    files = Workspace(tmp_path).sweep(config.sweep)
    files.root.mkdir()
    told = judge(config, studies, {})
    kept = json.loads(files.findings.read_text())
    assert kept == {"sweep": config.sweep, "findings": told}
    found = next(one for one in told if one["symptom"] == "diverged")
    assert (found["severity"], found["cause"]) == ("note", "training")
    assert found["evidence"][0]["trials"] == ["gru-0", "gru-1", "gru-2"]


def test_a_sweep_that_nothing_ails_leaves_no_patch(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    studies = make_studies(tmp_path, {"lstm": [0.5], "gru": [0.5]}, config=config)
    files = Workspace(tmp_path).sweep(config.sweep)
    files.patch.parent.mkdir(parents=True)
    files.patch.write_text("name: of an earlier command")
    assert judge(config, studies, {}) == []
    assert not files.patch.exists()


def test_symptoms_are_sorted_by_trial() -> None:
    def finding(symptom: str, *trials: str) -> dict[str, Any]:
        return {"symptom": symptom, "evidence": [{"text": "", "trials": trials}, {"text": ""}]}

    found = [finding("a", "lstm-1", "lstm-0"), finding("b", "lstm-1"), finding("a"), finding("c")]
    assert symptoms(found) == {"": ["a", "b", "c"], "lstm-0": ["a"], "lstm-1": ["a", "b"]}


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sweep", *words],
        cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=240,
    )  # fmt: skip


@pytest.mark.slow
def test_a_rate_far_too_high_is_found_tagged_and_mended_by_the_patch(tmp_path: Path) -> None:
    folder = write_messages(tmp_path)
    planted = ["search.space.optimizer.learning_rate.choices=[50.0,80.0]"]
    words = [
        "+search=smoke",
        "data.path=messages.csv",
        "trainer.max_epochs=3",
        "model.vectors=none",
    ]
    ended = run(folder, *words, *planted)
    files = Workspace(folder / "runs").sweep("smoke")
    told = json.loads(files.summary.read_text())["findings"]
    ill = [one for one in told if one["cause"] == "training"]
    assert ill[0]["symptom"] == "rate_too_high", ended.stdout
    assert ill[0]["severity"] == "error"
    assert "training, rate too high" in ended.stdout
    with closing(sqlite3.connect(folder / "runs" / "mlflow.db")) as database:
        asked = "SELECT count(*) FROM tags WHERE key = 'symptom.rate_too_high' AND value = 'true'"
        assert database.execute(asked).fetchone() == (3,)  # the sweep and both trials
    before = files.findings.read_bytes()
    assert run(folder, "report", "name=smoke").returncode == 0
    assert files.findings.read_bytes() == before, "from the records alone"
    # The first line of the patch is the command that takes it.
    command = files.patch.read_text().splitlines()[0].removeprefix("# ")
    (_, _, _, *typed) = shlex.split(command)
    again = run(folder, *typed)
    assert again.returncode == 0, again.stdout + again.stderr
    settings = Workspace(folder / "runs").sweep("smoke_2").config.read_text()
    assert "choices:\n        - 0.01\n" in settings
    mended = json.loads(Workspace(folder / "runs").sweep("smoke_2").summary.read_text())
    assert "rate_too_high" not in {one["symptom"] for one in mended["findings"]}


@pytest.mark.slow
def test_the_example_of_the_document_runs_and_is_cured(tmp_path: Path) -> None:
    page = (SOURCE.parent / "docs" / "why-did-my-rnn-fail.md").read_text(encoding="utf-8")
    commands = re.findall(r"```sh\npython -m sweep (.*)\n```", page)
    assert len(commands) == 2
    sick, cured = (run(tmp_path, *shlex.split(command)) for command in commands)
    assert (sick.returncode, cured.returncode) == (0, 0), sick.stderr + cured.stderr
    headline = re.search(r"    (what ails it: .*)\n", page)
    assert headline is not None
    assert headline[1] in sick.stdout
    assert (
        "testing a remedy: all-0 again with optimizer.learning_rate=0.003 (about " in sick.stdout
    )
    told = json.loads(Workspace(tmp_path / "runs").sweep("says_no").summary.read_text())[
        "findings"
    ]
    assert told[0]["proof"] == "confirmed"
    assert f"  confirmed: {told[0]['evidence'][-1]['text']}" in sick.stdout
    scores = []
    for name in ("says_no", "says_no_2"):
        summary = Workspace(tmp_path / "runs").sweep(name).summary.read_text()
        scores.append(json.loads(summary)["best"]["value"])
    assert scores[0] < 0.25
    assert scores[1] > 0.5
    first = Workspace(tmp_path / "runs").sweep("says_no").patch.read_text().splitlines()[0]
    assert shlex.split(first)[4:] == shlex.split(commands[1])
