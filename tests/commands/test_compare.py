"""The command `compare`: finished sweeps side by side, or every reason why not."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.child_environment import child_environment
from support.finished_sweeps import CORPUS, finish, judged_by
from sweep.__main__ import main
from sweep.config import TrainerConfig
from sweep.coordinator.guard import alone
from sweep.report.summary import read_summary, write_summary

GOOD, BAD = (0.90, 0.91, 0.92, 0.93, 0.94), (0.70, 0.72, 0.71, 0.74, 0.73)


def compared(workdir: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["compare", *words, f"workdir={workdir}"])
    shown = capsys.readouterr()
    return code, shown.err if code else shown.out


def rows(told: str) -> list[list[str]]:
    lines = (line.strip("│") for line in told.splitlines() if line.startswith("│"))
    return [[cell.strip() for cell in line.split("│")] for line in lines]


def test_what_differs_and_what_each_reached(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finish(tmp_path, "one", GOOD)
    finish(tmp_path, "two", BAD, trainer=TrainerConfig(max_epochs=7))
    code, told = compared(tmp_path, capsys, "one", "name=two", f"output={tmp_path}/all.json")
    assert code == 0, told
    found = rows(told)
    assert ["trainer.max_epochs", "7"] in [[row[0], row[2]] for row in found]
    assert ["one", "lstm", "2 of 2", "0", "0.5000", "-", "-"] in found
    assert ["two", "lstm-0", "5", "0.7200", "0.6906 to 0.7494", "0.7500"] in found
    assert ["one", "tfidf_logreg", *["0.5000"] * 7] in found
    assert "one against two: one is better; difference +0.2000" in told
    written = json.loads((tmp_path / "all.json").read_text())
    assert list(written["sweeps"]) == ["one", "two"]
    assert written["settings"]["trainer.max_epochs"]["two"] == "7"
    assert written["verdict"][0]["decision"] == "A better"
    assert written["sweeps"]["one"]["winner"]["folds"] == list(GOOD)


def test_sweeps_that_differ_in_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two", "three"):
        finish(tmp_path, name, GOOD if name == "one" else ())
    code, told = compared(tmp_path, capsys, "three", "one", "two")
    assert code == 0
    assert "no setting differs" in told
    assert "three was not confirmed (confirm.top=2)" in told
    assert [row[0] for row in rows(told) if row[1] == "lstm-0"][:3] == ["three", "one", "two"]


def ruin(workdir: Path, name: str, **changes: Any) -> None:
    found = read_summary(workdir / name) or {}
    write_summary(workdir / name, found | changes)


def test_every_reason_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finish(tmp_path, "one")
    finish(tmp_path, "other", corpus=CORPUS | {"sha256": "b" * 64, "rows": 7})
    finish(tmp_path, "mcc", objective=judged_by("mcc"))
    finish(tmp_path, "half")
    ruin(tmp_path, "half", status="interrupted")
    finish(tmp_path, "none")
    ruin(tmp_path, "none", status="fruitless", best={})
    finish(tmp_path, "busy")
    with alone(tmp_path / "busy"):
        code, told = compared(
            tmp_path, capsys, "one", "other", "mcc", "half", "none", "busy", "hal"
        )
    assert code == 2
    reasons = [
        f"{tmp_path}/half has not been run to its end; the same command goes on: python -m sweep +search=tried",
        f"{tmp_path}/none: no trial has completed",
        f"{tmp_path}/busy is running",
        "holds no sweep `hal`. Did you mean `half`?",
        "one objective.metric=average_precision, other objective.metric=average_precision, mcc objective.metric=mcc",
        "other messages (7 rows, seed=0, SHA-256 bbbbbbbb…)",
    ]
    assert [reason for reason in reasons if reason not in told] == []
    assert told.count("\n- ") == len(reasons)
    assert "Traceback" not in told


WRONG = {
    "one name": (["one"], ["got one"]),
    "the same name": (["one", "name=one"], ["got one, one"]),
    "a setting": (["one", "otput=x"], ["Did you mean `output`?", "got one"]),
    "a place": (["one", "two", "output=no/where.json"], ["a file in a folder that exists"]),
}


@pytest.mark.parametrize(("words", "told"), WRONG.values(), ids=WRONG)
def test_wrong_words_are_refused(
    words: list[str], told: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, shown = compared(tmp_path, capsys, *words)
    assert code == 2
    assert [part for part in told if part not in shown] == []


def test_trials_that_are_gone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finish(tmp_path, "one")
    finish(tmp_path, "two")
    (tmp_path / "optuna.db").unlink()
    code, told = compared(tmp_path, capsys, "one", "two")
    assert (code, told.count("put that file back")) == (2, 2)


def test_it_begins_as_quickly_as_list() -> None:
    heavy = "{'torch', 'mlflow', 'pytorch_lightning', 'sklearn', 'pandas'}"
    code = (
        "import sys; from sweep.__main__ import main; main(['compare', 'a', 'b', 'workdir=nowhere']); "
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=child_environment()
    )
    assert done.stdout.strip() == "[]", done.stderr
    assert "holds no sweep `a`" in done.stderr
