"""A sweep from Python: the screen of docs/python.md as an unguarded script, and what is refused."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sweep
from support.child_environment import child_environment
from support.messages import write_messages
from sweep.__main__ import main

ROOT = Path(__file__).parents[2]


def screens() -> list[str]:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def python(
    folder: Path, *words: str, typed: str | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=child_environment(OMP_NUM_THREADS="1"),
        input=typed, capture_output=True, text=True, timeout=240,
    )  # fmt: skip


@pytest.mark.slow
def test_the_screens_of_the_documentation_run(tmp_path: Path) -> None:
    first, second = screens()
    write_messages(tmp_path)
    (tmp_path / "screen.py").write_text(first, encoding="utf-8")
    ended = python(tmp_path, "screen.py")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "[2/2]" in ended.stdout
    summary = json.loads((tmp_path / "runs/messages/summary.json").read_text(encoding="utf-8"))
    told = ended.stdout.split("compare runs")[1]
    for shown in (
        "complete",
        str(summary["best"]["settings"]),
        str(summary["best"]["test"]["mcc"]),
        "dict_keys(['majority', 'tfidf_logreg'])",
        "0  all       0  COMPLETE",
        "1  all       1  COMPLETE",
        "<Result of messages: complete, winner all-",
        "`model.hiden` is no setting. Did you mean `model.hidden`?",
    ):
        assert shown in told
    again = python(
        tmp_path, "-", typed=first
    )  # as a notebook's kernel: no file is the main module
    assert again.returncode == 0, again.stderr
    assert "resuming: 2 trials done, 0 to go" in again.stdout
    words = ("export", "+search=smoke", "data.path=messages.csv", "name=messages")
    exported = python(tmp_path, "-m", "sweep", *words)
    assert exported.returncode == 0, exported.stderr
    used = python(tmp_path, "-c", second)
    assert (used.returncode, used.stderr) == (0, "")
    assert re.search(r"probability_1\s+label\n0 +0\.\d+ +\S+\n1 +0\.\d+ +\S+\n", used.stdout)


@pytest.mark.slow
def test_a_stop_is_an_interrupt_and_the_same_call_goes_on(tmp_path: Path) -> None:
    write_messages(tmp_path)
    program = """
import os, signal, sweep
from sweep.report import progress
given = ["data.path=messages.csv", "search.trials=3", "executor.workers=1"]
shown = progress.Progress.ended
def ended(self, result, again):
    shown(self, result, again)
    os.kill(os.getpid(), signal.SIGINT)
progress.Progress.ended = ended
try:
    sweep.run("smoke", given, show=False)
except KeyboardInterrupt:
    print("stopped", sweep.read("runs/smoke").status)
progress.Progress.ended = shown
result = sweep.run("smoke", given, show=False)
print(result.status, len(result.trials))
"""
    ended = python(tmp_path, "-c", program)
    assert (ended.stdout, ended.stderr) == ("stopped interrupted\ncomplete 3\n", "")


@pytest.mark.slow
def test_a_thread_may_run_a_sweep(tmp_path: Path) -> None:
    write_messages(tmp_path)
    program = """
import threading, sweep
told = []
def work():
    told.append(sweep.run("smoke", ["data.path=messages.csv", "search.trials=1"], show=False))
thread = threading.Thread(target=work)
thread.start()
thread.join()
print(told[0].status)
"""
    ended = python(tmp_path, "-c", program)
    assert (ended.stdout, ended.stderr) == ("complete\n", "")


@pytest.mark.parametrize(
    "words",
    [
        ["model.hiden=64"],
        ["model.hidden=0", "model.layers=0"],
        ["optimizer=sgd"],
        ["data.path=nowhere.csv"],
        ["--config-dir", "nowhere"],
        ["--multirun"],
    ],
    ids=" ".join,
)
def test_a_refusal_has_the_words_of_the_command(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(sweep.UserError) as refused:
        sweep.run("smoke", words)
    capsys.readouterr()
    assert main(["+search=smoke", *words]) == 2
    told = capsys.readouterr().err
    assert [
        line for text in refused.value.mistakes for line in text.splitlines() if line not in told
    ] == []
    assert told.count("\n- ") == len(refused.value.mistakes)


@pytest.mark.parametrize(
    ("search", "overrides", "told"),
    [
        ("smok", [], "There is no search `smok`. Did you mean `smoke`?"),
        ("smoke", "model.hidden=8", "write ['model.hidden=8']"),
        ("smoke", ["--help"], "belongs to the command line"),
        ("smoke", ["--cfg", "job"], "belongs to the command line"),
    ],
    ids=["search", "text", "help", "cfg"],
)
def test_what_only_python_can_get_wrong_is_told(
    search: str, overrides: list[str], told: str
) -> None:
    with pytest.raises(sweep.UserError, match=re.escape(told)):
        sweep.run(search, overrides)


def test_importing_sweep_loads_nothing_but_itself(tmp_path: Path) -> None:
    program = (
        "import sys; before = set(sys.modules); import sweep; print(sorted(set(sys.modules) - before - "
        "{'importlib', 'importlib._bootstrap', 'importlib._bootstrap_external', 'warnings', 'typing'}))"
    )
    ended = python(tmp_path, "-S", "-c", program)
    loaded = set(eval(ended.stdout))  # noqa: S307 - a list that the line above printed
    assert {name for name in loaded if name.startswith("sweep")} == {"sweep"}
    assert not loaded & {
        "torch",
        "numpy",
        "pandas",
        "hydra",
        "omegaconf",
        "optuna",
        "mlflow",
        "rich",
    }


def test_every_name_of_the_package_is_there() -> None:
    assert sorted(sweep.__all__) == sorted({"Model", "Result", "UserError", "load", "read", "run"})
    assert set(sweep.__all__) <= set(dir(sweep))
    for name in sweep.__all__:
        assert getattr(sweep, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'sweep_it'"):
        _ = sweep.sweep_it
