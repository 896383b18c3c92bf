"""A worker: what it reports, how it fails, and when it leaves."""

import runpy
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from support import ill_workers
from support.child_environment import child_environment
from support.executed_jobs import until_result
from support.ill_workers import job
from sweep.executors.local import LocalExecutor
from sweep.executors.worker import failure
from sweep.records import Reason, Status, TrialResult


def test_an_exception_leaves_its_traceback(tmp_path):
    executor = LocalExecutor(workers=1, work=ill_workers.raises)
    executor.submit(job(tmp_path))
    until_result(executor)
    assert "in raises" in (tmp_path / "lstm-0" / "failure.txt").read_text()


@pytest.mark.parametrize(
    ("prune", "status", "epochs"), [(False, "COMPLETE", 3), (True, "PRUNED", 1)]
)
def test_reports_are_answered(tmp_path, prune, status, epochs):
    executor = LocalExecutor(workers=1, work=ill_workers.healthy)
    executor.submit(job(tmp_path))
    *reports, result = until_result(executor, prune)
    assert isinstance(result, TrialResult)
    assert [report.epoch for report in reports] == list(range(epochs))
    assert (result.status, result.epochs) == (status, epochs)


COORDINATOR = """
import sys, time
from pathlib import Path
from support import ill_workers
from support.ill_workers import job
from sweep.executors.local import LocalExecutor
executor = LocalExecutor(workers=1, work=ill_workers.hangs)
executor.submit(job(Path(sys.argv[1])))
print(next(iter(executor.running.values())).process.pid, flush=True)
time.sleep(600)
"""


def test_a_worker_leaves_with_its_coordinator(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", COORDINATOR, str(tmp_path)],
        stdout=subprocess.PIPE,
        env=child_environment(),
    ) as coordinator:
        assert coordinator.stdout is not None
        worker = psutil.Process(int(coordinator.stdout.readline()))
        coordinator.kill()
    _, alive = psutil.wait_procs([worker], timeout=10)
    assert alive == []


@pytest.mark.parametrize(
    ("error", "reason", "words"),
    [
        (MemoryError(), Reason.out_of_memory, "more memory than there is"),
        (RuntimeError("CUDA out of memory. Tried"), Reason.out_of_memory, "Tried"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), Reason.out_of_memory, "CPU"),
        (SystemExit(7), Reason.exited, "exit code 7"),
        (ZeroDivisionError("planted"), Reason.raised, "ZeroDivisionError: planted"),
        (KeyboardInterrupt(), Reason.raised, "KeyboardInterrupt"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_an_exception_becomes_a_reason(
    tmp_path: Path, error: BaseException, reason: Reason, words: str
) -> None:
    asked = job(tmp_path)
    result = failure(asked, error, 1.5)
    assert (result.key, result.status, result.reason) == (asked.key, Status.FAILED, reason)
    assert words in result.message
    assert result.seconds == 1.5
    assert type(error).__name__ in (asked.folder / "failure.txt").read_text(encoding="utf-8")


PERSONAL = """
import json
def forward(states):
    return states["hidden"]
def load(text):
    return json.loads(text)
def work(job, report):
    return CALL
"""


@pytest.mark.parametrize(
    ("call", "shown", "last"),
    [
        (
            "forward({})",
            ["net.py:8 in work: return forward({})", "net.py:4 in forward: return states"],
            "net.py:4",
        ),
        ("load('{')", ["net.py:8 in work", "net.py:6 in load", "decoder.py"], "decoder.py"),
    ],
    ids=["own", "a library's"],
)
def test_an_exception_of_a_persons_code_shows_that_code(
    tmp_path: Path, call: str, shown: list[str], last: str
) -> None:
    file = tmp_path / "net.py"
    file.write_text(PERSONAL.replace("CALL", call), encoding="utf-8")
    work = runpy.run_path(str(file))["work"]
    with pytest.raises((KeyError, ValueError)) as caught:
        work(None, None)
    result = failure(job(tmp_path), caught.value, 0.0)
    first, *calls = [line for line in result.message.splitlines() if "test_worker.py" not in line]
    assert first.startswith(f"{caught.type.__name__}: ")
    assert len(calls) == len(shown)
    assert all(part in line for part, line in zip(shown, calls, strict=True))
    assert result.where is not None
    assert last in result.where


def test_what_nothing_raised_has_no_place(tmp_path: Path) -> None:
    result = failure(job(tmp_path), MemoryError(), 0.0)
    assert (result.where, result.message.count("\n")) == (None, 0)
