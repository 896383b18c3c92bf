"""A worker: what it reports, how it fails, and when it leaves."""

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
