"""The local executor: whatever happens to a worker ends in a result with its reason."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from support import ill_workers
from support.child_environment import child_environment
from support.ill_workers import job
from sweep.errors import SweepError, UserError
from sweep.executors import Event
from sweep.executors.local import LocalExecutor, worker_environment
from sweep.records import EpochReport, Reason, Status, TrialResult


def until_result(executor: LocalExecutor, prune: bool = False) -> list[Event]:
    events: list[Event] = []
    deadline = time.monotonic() + 120
    while executor.running:
        for event in executor.wait(1.0):
            events.append(event)
            if isinstance(event, EpochReport):
                executor.answer(event.key, prune)
        assert time.monotonic() < deadline, "the executor hangs"
    return events


@pytest.mark.parametrize(
    ("work", "reason", "words"),
    [
        (ill_workers.segfault, Reason.crashed, "SIGSEGV"),
        (ill_workers.killed, Reason.killed, "SIGKILL"),
        (ill_workers.raises, Reason.raised, "ZeroDivisionError: planted"),
        (ill_workers.exits, Reason.exited, "exit code 7"),
        (ill_workers.leaves, Reason.exited, "exit code 7"),
        (ill_workers.hungry, Reason.out_of_memory, "memory"),
        (ill_workers.hangs, Reason.timeout, "executor.timeout=2"),
        (ill_workers.diverges, Reason.diverged, "planted"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_an_ill_worker_ends_in_a_reason(tmp_path, work, reason, words):
    hangs = work is ill_workers.hangs
    executor = LocalExecutor(
        workers=1,
        work=work,
        memory_gib=1.0 if work is ill_workers.hungry else None,
        timeout=2 if hangs else None,
    )
    executor.submit(job(tmp_path))
    (result,) = until_result(executor)
    assert isinstance(result, TrialResult)
    assert (result.status, result.reason) == (Status.FAILED, reason)
    assert words in result.message


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


def test_two_workers_run_side_by_side_and_a_third_is_refused(tmp_path):
    executor = LocalExecutor(workers=2, work=ill_workers.slow)
    executor.submit(job(tmp_path, 0))
    executor.submit(job(tmp_path, 1))
    with pytest.raises(SweepError, match="all 2 slots"):
        executor.submit(job(tmp_path, 2))
    results = [e for e in until_result(executor) if isinstance(e, TrialResult)]
    assert {r.key.number for r in results} == {0, 1}


def test_close_ends_every_worker(tmp_path):
    executor = LocalExecutor(workers=2, work=ill_workers.hangs)
    executor.submit(job(tmp_path, 0))
    executor.submit(job(tmp_path, 1))
    processes = [psutil.Process(r.process.pid) for r in executor.running.values()]
    executor.close()
    assert executor.running == {}
    _, alive = psutil.wait_procs(processes, timeout=5)
    assert alive == []


def test_compute_returns_values_in_order_and_tells_what_raised():
    executor = LocalExecutor(workers=2)
    assert executor.compute([("builtins:max", 1, 2), ("builtins:min", 1, 2)]) == [2, 1]
    with pytest.raises(SweepError, match="invalid literal"):
        executor.compute([("builtins:int", "x")])
    with pytest.raises(SweepError, match="its worker died"):
        executor.compute([("os:_exit", 1)])
    with pytest.raises(UserError, match="the ending must say how to write it"):
        executor.compute([("sweep.data.write:form_of", Path("a.doc"))])


@pytest.mark.parametrize("workers", [None, 3])
def test_a_gpu_gets_one_trial_at_a_time_unless_told_otherwise(workers, monkeypatch):
    executor = LocalExecutor(workers=workers)
    before = executor.slots
    executor.fit("cpu")
    assert executor.slots == before
    # What a worker answers on a machine with a GPU; none of those that run the tests need have one.
    monkeypatch.setattr(executor, "compute", lambda calls: [True])
    executor.fit("auto")
    assert executor.slots == (workers or 1)


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


FRESH = """
from sweep.executors.local import LocalExecutor
executor = LocalExecutor(workers=1)
executor.start()
print(*executor.compute([("gc:isenabled",), ("gc:get_freeze_count",)]))
import gc
import sweep.executors.preload
print(gc.isenabled())
"""


def test_the_server_collects_no_garbage_and_its_workers_only_their_own():
    done = subprocess.run(
        [sys.executable, "-c", FRESH], capture_output=True, text=True, check=True
    )
    worker, frozen, server = done.stdout.split()
    assert (worker, server) == ("True", "False")
    assert int(frozen) > 100_000, "what the server had loaded"


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


def test_the_environment_of_workers_does_not_stay(monkeypatch):
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    with worker_environment(3):
        assert os.environ["OMP_NUM_THREADS"] == "3"
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"
    assert "CUBLAS_WORKSPACE_CONFIG" not in os.environ
