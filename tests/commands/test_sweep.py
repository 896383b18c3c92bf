"""The main job by the real command line: run, resume, refuse, stop."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from support.messages import write_messages

SOURCE = Path(__file__).parents[2] / "src"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1"}
GPU = torch.cuda.is_available() or torch.backends.mps.is_available()
LONG = ("search.trials=12", "trainer.max_epochs=3", "executor.workers=2")
FIELDS = {
    "name", "search", "question", "status", "seed", "wall_s", "trials_per_hour", "objective",
    "threshold_for", "arms", "best", "baselines", "trials_run",
    "test_reads", "confirm", "gate", "findings", "budget", "versions",
}  # fmt: skip


def command(*words: str) -> list[str]:
    given = ["+search=smoke", "data.path=messages.csv", "workdir=runs", *words]
    return [sys.executable, "-m", "sweep", *given]


def sweep(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words), cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=240
    )


def start(folder: Path, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(*words), cwd=folder, env=ENVIRONMENT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def read_until(running: "subprocess.Popen[str]", word: str) -> None:
    assert running.stdout is not None
    told = []
    for line in running.stdout:
        told.append(line)
        if word in line:
            return
    pytest.fail(f"ended without `{word}`: {''.join(told)}")


def summary(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "runs" / "smoke" / "summary.json").read_text(encoding="utf-8"))


def trained_members(folder: Path) -> int:
    """Of a sweep with one worker or one finalist, where none trains ahead."""
    finalists = summary(folder)["confirm"]["finalists"].values()
    return sum(len(told["scores"]) for told in finalists)


def ask(folder: Path, database: str, question: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "runs" / database)) as connection:
        return [row[0] for row in connection.execute(question)]


def studies(folder: Path) -> list[str]:
    return ask(folder, "optuna.db", "SELECT study_name FROM studies")


def refused(
    ended: subprocess.CompletedProcess[str], head: str = "sweep: refused, nothing was run"
) -> str:
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    shown, told = ended.stderr.split("\n", 1)
    assert shown == head
    assert told.count("\n- ") == 0, "one message"
    return told


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_messages(tmp_path)


@pytest.fixture(scope="module")
def finished(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = write_messages(tmp_path_factory.mktemp("finished"))
    ended = sweep(folder)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return folder, ended


def test_a_sweep_runs_to_its_budget(finished):
    folder, ended = finished
    assert ended.stderr == ""
    assert "Does everything run?" in ended.stdout
    assert "[2/2]" in ended.stdout
    found = summary(folder)
    assert set(found) == FIELDS
    assert (found["name"], found["status"], found["seed"]) == ("smoke", "complete", 0)
    arm = found["arms"]["all"]
    assert (arm["budget"], arm["complete"], arm["no_learning"]) == (
        2,
        0,
        2,
    )  # one epoch shows nothing
    assert set(found["baselines"]) == {"majority", "tfidf_logreg"}
    assert sum(found["best"]["test"][name] for name in ("tp", "fp", "fn", "tn")) == 40
    members = trained_members(folder)
    assert f"[{members}/{members}] all-" in ended.stdout
    assert len(found["best"]["members"]) == 2
    statuses = ask(folder, "mlflow.db", "SELECT status FROM runs")
    assert Counter(statuses) == {"FINISHED": 3 + members}
    kinds = ask(folder, "mlflow.db", "SELECT value FROM tags WHERE key = 'kind'")
    assert Counter(kinds) == {"sweep": 1, "trial": 2, "confirm": members}


def test_what_stands_in_the_folder(finished):
    folder = finished[0] / "runs" / "smoke"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {"config.yaml", "summary.json", "outbox.jsonl"} <= found
    best = summary(finished[0])["best"]
    for name in ("best.ckpt", "decision.json", "history.jsonl", "result.json"):
        assert f"trials/all-{best['number']}/{name}" in found
        assert f"confirm/all-{best['number']}/1/{name}" in found
    assert f"confirm/all-{best['number']}/decision.json" in found


def test_once_more_does_no_trial(finished):
    folder, _ = finished
    before = summary(folder)
    ended = sweep(folder)
    assert ended.returncode == 0, ended.stderr
    assert "resuming: 2 trials done, 0 to go, 0 of them cut short" in ended.stdout
    assert "COMPLETE" not in ended.stdout
    after = summary(folder)
    assert (after["best"], after["baselines"]) == (before["best"], before["baselines"])
    assert (after["trials_run"], after["test_reads"]) == (2, 1)


def forget_winner(folder: Path) -> None:
    """As if another bag had won the last time."""
    number = summary(folder)["best"]["number"]
    path = folder / "runs" / "smoke" / "confirm" / f"all-{number}" / "scores.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["members"][0]["sha256"] = "0000"
    path.write_text(json.dumps(told), encoding="utf-8")


def test_each_scoring_of_the_test_part_is_counted(finished, tmp_path):
    folder = shutil.copytree(finished[0], tmp_path / "copy")
    before = summary(folder)
    forget_winner(folder)
    again = sweep(folder)
    assert again.returncode == 0, again.stderr
    assert "the test part has been scored 2 times" in again.stdout
    times = ("wall_s", "trials_per_hour")
    after = {name: value for name, value in summary(folder).items() if name not in times}
    assert after == {n: v for n, v in before.items() if n not in times} | {"test_reads": 2}


def test_a_damaged_member_is_trained_again_to_the_same_bits(finished, tmp_path):
    folder = shutil.copytree(finished[0], tmp_path / "copy")
    before = summary(folder)
    member = folder / "runs" / "smoke" / "confirm" / f"all-{before['best']['number']}" / "0"
    (member / "best.ckpt").write_bytes(b"x")
    again = sweep(folder)
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("COMPLETE") == 1
    for name in ("best", "confirm", "gate", "baselines", "test_reads"):
        assert summary(folder)[name] == before[name], name


def test_a_winner_that_is_not_confirmed_is_one_network(finished, tmp_path):
    folder = shutil.copytree(finished[0], tmp_path / "copy")
    ended = sweep(folder, "confirm.top=0")
    assert ended.returncode == 0, ended.stderr
    assert "not confirmed: the winner is the best by one draw" in ended.stdout
    assert "confirm.top=2 confirms" in ended.stdout
    found = summary(folder)
    assert set(found) == FIELDS - {"confirm", "gate"}
    assert {"sha256", "test"} <= set(found["best"])
    assert "members" not in found["best"]


def test_rows_that_make_no_folds_are_refused_before_any_trial(folder):
    lines = ["text,label,split", "yes,1,train", "yes,1,validation", "x,1,test", "y,0,test"]
    lines += [f"no {n},0,{'train' if n % 2 else 'validation'}" for n in range(40)]
    (folder / "messages.csv").write_text("\n".join(lines), encoding="utf-8")
    told = refused(sweep(folder, "split.overlap=keep", "data.split=split"))
    assert "confirm.folds=2" in told
    assert "confirm.top=0" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("seed=1",), "seed: was 0, is 1"),
        (("search.compare=optimizer.learning_rate",), "search.compare: was null"),
    ],
    ids=["seed", "arms"],
)
def test_other_settings_are_refused(finished, words, told):
    folder, _ = finished
    before = summary(folder)
    assert told in refused(sweep(folder, *words))
    assert summary(folder) == before
    assert studies(folder) == ["smoke/all"]


def deleted_by_hand(finished: tuple[Path, Any], tmp_path: Path) -> Path:
    folder = shutil.copytree(finished[0], tmp_path / "copy")
    shutil.rmtree(folder / "runs" / "smoke")
    return folder


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("seed=1",), "seed: was 0, is 1"),
        (("loss=focal",), "loss.name: was bce, is focal"),
        (("model.layers=2",), "model.layers: was 1, is 2"),
        (
            ("data.path=other.csv",),
            "the corpus: was data.path=messages.csv, is data.path=other.csv",
        ),
    ],
    ids=["seed", "loss", "model", "corpus"],
)
def test_a_deleted_folder_lets_no_other_trials_in(finished, tmp_path, words, told):
    folder = deleted_by_hand(finished, tmp_path)
    lines = (folder / "messages.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "other.csv").write_text("".join(lines[:-20]), encoding="utf-8")
    assert told in refused(sweep(folder, *words))
    assert not (folder / "runs" / "smoke").exists()


def wait_for_statuses(folder: Path) -> Counter[str]:
    """Of MLflow's runs, once the shipper has sent what its command left it."""
    deadline = time.monotonic() + 60
    while True:
        statuses = Counter(ask(folder, "mlflow.db", "SELECT status FROM runs"))
        if "RUNNING" not in statuses or time.monotonic() > deadline:
            return statuses
        time.sleep(0.2)


def test_a_deleted_folder_is_gone_on_from(finished, tmp_path):
    folder = deleted_by_hand(finished, tmp_path)
    told = sweep(folder, "confirm.top=0")
    assert "resuming: 2 trials done, 0 to go" in told.stdout
    assert "note: 2 of 2 complete trials have lost their checkpoints" in told.stdout
    assert "best.ckpt is missing" in refused(told, "sweep: refused")
    assert summary(folder)["arms"]["all"]["budget"] == 2
    assert "test" not in summary(folder)["best"]
    before = 3 + trained_members(finished[0])
    assert wait_for_statuses(folder) == {"FINISHED": before, "FAILED": 1}
    # Finalists are trained again anyway.
    told = sweep(folder)
    assert told.returncode == 0, told.stderr
    assert "lost their checkpoints" not in told.stdout
    assert summary(folder)["best"]["test"] == summary(finished[0])["best"]["test"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("data.path=nowhere.csv",), "nowhere.csv"),
        (("text.min_frequency=10000",), "text.min_frequency"),
    ],
    ids=["file", "tokens"],
)
def test_what_was_refused_at_first_stands_in_nobodys_way(folder, words, told):
    assert told in refused(sweep(folder, *words))
    left = {path.name for path in (folder / "runs").glob("*")}
    assert left <= {"cache"}


@pytest.mark.skipif(GPU, reason="this machine has one")
@pytest.mark.parametrize("accelerator", ["gpu", "cuda", "mps"])
def test_a_device_that_is_not_there_is_refused_before_any_work(folder, accelerator):
    told = refused(sweep(folder, f"trainer.accelerator={accelerator}"))
    assert f"trainer.accelerator={accelerator} needs a GPU" in told
    assert not (folder / "runs").exists()


@pytest.mark.slow
def test_a_sweep_in_which_no_trial_completes(folder):
    ended = sweep(folder, "executor.timeout=0.01")
    assert ended.returncode == 3, ended.stdout + ended.stderr
    assert "no trial has completed" in ended.stdout
    assert ended.stdout.count("FAILED (timeout)") == 2
    assert "trying again" not in ended.stdout
    assert (
        "  all-0, all-1 (timeout): the trial ran longer than executor.timeout=0.01 s"
        in ended.stdout
    )
    found = summary(folder)
    assert "best" not in found
    assert found["arms"]["all"]["reasons"] == {"timeout": 2}
    statuses = ask(folder, "mlflow.db", "SELECT status FROM runs")
    assert Counter(statuses) == {"FAILED": 3}


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_a_stopped_sweep_is_resumed_to_its_budget(folder, number):
    running = start(folder, *LONG)
    read_until(running, "COMPLETE")
    workers = psutil.Process(running.pid).children(recursive=True)
    own = psutil.Process(running.pid).children()
    assert sum("sweep.tracking.shipper" in process.cmdline() for process in own) == 1
    asked = time.monotonic()
    running.send_signal(number)
    told, _ = running.communicate()
    assert time.monotonic() - asked < 10
    assert running.returncode == 130
    _, alive = psutil.wait_procs(workers, timeout=5)
    assert [process.cmdline() for process in alive] == []
    assert "RUNNING" not in ask(folder, "optuna.db", "SELECT state FROM trials")
    assert summary(folder)["status"] == "interrupted"
    short = summary(folder)["arms"]["all"]["interrupted"]
    assert short in (1, 2)
    assert f"{short} cut short; the same command does" in told
    assert "failed:" not in told
    ended = sweep(folder, *LONG)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"to go, {short} of them cut short" in ended.stdout
    found = summary(folder)
    arm = found["arms"]["all"]
    assert sum(arm[name] for name in ("complete", "no_learning", "pruned")) == 12
    assert arm["failed"] == 0
    assert "RUNNING" not in ask(folder, "mlflow.db", "SELECT status FROM runs")


@pytest.mark.slow
@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name
)
def test_a_sweep_stopped_in_its_first_seconds_says_one_line(folder, number):
    """As a terminal does it: every process of the group gets the signal."""
    running = subprocess.Popen(
        command(), cwd=folder, env=ENVIRONMENT, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    loads: list[psutil.Process] = []
    while not loads:
        assert running.poll() is None
        own = psutil.Process(running.pid).children()
        loads = [process for process in own if "forkserver" in " ".join(process.cmdline())]
    while loads[0].cpu_times().user < 0.5:  # in the middle of loading torch
        time.sleep(0.01)
    os.killpg(running.pid, number)
    told, wrong = running.communicate()
    assert (running.returncode, wrong) == (130, "sweep: interrupted\n")
    assert "Traceback" not in told


@pytest.mark.slow
def test_a_second_coordinator_is_refused(folder):
    running = start(folder, "search.trials=500", "executor.workers=1")
    read_until(running, "[1/500]")
    assert "is in use: another command is running this sweep" in refused(sweep(folder))
    running.send_signal(signal.SIGINT)
    running.communicate()
    assert running.returncode == 130
