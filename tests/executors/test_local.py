"""The local executor: whatever happens to a worker ends in a result with its reason."""

from pathlib import Path

import psutil
import pytest

from support import ill_workers
from support.executed_jobs import until_result
from support.ill_workers import job
from sweep.errors import SweepError, UserError
from sweep.executors.local import LocalExecutor
from sweep.records import Reason, Status, TrialResult


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
