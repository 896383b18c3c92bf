"""Every command that the program prints is run from the place where it was printed."""

import csv
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.child_environment import child_environment
from sweep.data.builtin import generate

PROGRAM = [sys.executable, "-m", "sweep"]
SEARCH = """name: mine
question: Which width?
trials: 2
space:
  model:
    hidden: {type: categorical, choices: [8, 16]}
"""
GIVEN = [
    "+search=mine", "--config-dir", "my_conf", "data.path=messages.csv", "data.text=message", 'name="my sweep"',
    "workdir=else/where", "trainer.max_epochs=1", "trainer.accelerator=cpu", "model.vectors=none",
    "executor.workers=1",
]  # fmt: skip


def typed(folder: Path, line: str) -> str:
    """Runs a line of a shell; gives what it printed."""
    done = subprocess.run(
        line, shell=True, cwd=folder, env=child_environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, line + done.stdout + done.stderr
    return done.stdout


def printed(told: str, command: str) -> str:
    (line,) = (line for line in told.splitlines() if f" -m sweep {command} " in line)
    return line[line.index(sys.executable) :]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("printed")
    corpus = generate(0, 200)
    with (root / "messages.csv").open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(["message", "label"])
        lines.writerows(zip(corpus.texts, corpus.labels.tolist(), strict=True))
    (root / "my_conf" / "search").mkdir(parents=True)
    (root / "my_conf" / "search" / "mine.yaml").write_text(SEARCH)
    return root


@pytest.mark.slow
@pytest.mark.timeout(900)  # a sweep, and MLflow loaded by four commands after it
def test_what_is_printed_can_be_typed(folder: Path) -> None:
    refused = subprocess.run(
        [*PROGRAM, "export", "name=mine"], cwd=folder, env=child_environment(),
        capture_output=True, text=True,
    )  # fmt: skip
    assert refused.returncode == 2
    swept = subprocess.run(
        [*PROGRAM, *GIVEN], cwd=folder, env=child_environment(), capture_output=True, text=True
    )
    assert swept.returncode == 0, swept.stdout + swept.stderr
    exported = typed(folder, printed(swept.stdout, "export"))
    assert "best-model/ holds the winner" in exported
    again = typed(folder, printed(swept.stdout, "export"))
    assert re.search(r"holds the winner (all-\d), in place of \1, exported before", again)
    card = (folder / "best-model" / "README.md").read_text(encoding="utf-8")
    assert "python -m sweep +search=mine --config-dir my_conf data.path=messages.csv" in card
    told = typed(folder, printed(swept.stdout, "export").replace(" export ", " report "))
    assert printed(told, "export") == printed(swept.stdout, "export")
    line = printed(exported, "predict").replace(
        "input=FILE output=FILE", "input=messages.csv output=out.csv"
    )
    typed(folder, line)
    with (folder / "out.csv").open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.reader(stream))) == 201
    pages(folder, printed(swept.stdout, "ui"))


def pages(folder: Path, line: str) -> None:
    """The page of runs comes up; Ctrl-C ends it."""
    environment = child_environment(MLFLOW_PORT="50731")
    running = subprocess.Popen(
        ["bash", "-c", f"exec {line}"], cwd=folder, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    assert running.stdout is not None
    assert running.stdout.readline().startswith("http://127.0.0.1:50731")
    os.killpg(running.pid, signal.SIGINT)
    running.communicate()
    assert running.returncode in (0, 130)


@pytest.mark.slow
def test_another_sweeps_model_is_left_alone(folder: Path) -> None:
    words = [*PROGRAM, "+search=smoke", "data.path=messages.csv", "data.text=message"]
    swept = subprocess.run(
        words, cwd=folder, env=child_environment(), capture_output=True, text=True
    )
    line = printed(swept.stdout, "export")
    assert line.endswith(" export name=smoke")
    refused = subprocess.run(
        line, shell=True, cwd=folder, env=child_environment(), capture_output=True, text=True
    )
    assert refused.returncode == 2
    assert "of the sweep `my sweep`, not of this sweep `smoke`" in refused.stderr
    assert "other/ holds the winner" in typed(folder, f"{line} output=other")
