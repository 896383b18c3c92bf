"""The local executor: the contract of every executor, and what is its own."""

from pathlib import Path

import pytest

from support import ill_workers
from support.executor_contract import TIMEOUT_S, ExecutorContract
from sweep.executors.local import LocalExecutor


class TestContract(ExecutorContract):
    @classmethod
    def make(cls, folder: Path) -> LocalExecutor:
        return LocalExecutor(
            workers=2, work=ill_workers.as_named, memory_gib=1.0, timeout=TIMEOUT_S
        )


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
