"""What every executor promises, as one class of tests: an executor's own tests inherit it and make theirs."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from support import ill_workers
from support.executed_jobs import until_result
from support.ill_workers import named
from sweep.errors import SweepError, UserError
from sweep.executors.local import LocalExecutor
from sweep.executors.ray.executor import RayExecutor
from sweep.records import Reason, Status, TrialKey, TrialResult

TIMEOUT_S = 4.0
AnyExecutor = LocalExecutor | RayExecutor


def processes(folder: Path, count: int) -> list[psutil.Process]:
    """The workers of `slowly_known`, once they are at work."""
    files = [folder / f"process-{number}" for number in range(count)]
    deadline = time.monotonic() + 120
    while not all(file.exists() and file.read_text() for file in files):
        assert time.monotonic() < deadline, "no worker began"
        time.sleep(0.05)
    return [psutil.Process(int(file.read_text())) for file in files]


class ExecutorContract:
    """Two slots, a memory limit of 1 GiB, a time-out of `TIMEOUT_S`, and work that a job's arm names."""

    @classmethod
    def make(cls, folder: Path) -> AnyExecutor:
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def executor(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnyExecutor]:
        made = cls.make(tmp_path_factory.mktemp("sweep"))
        made.start()
        yield made
        made.leave()

    @pytest.fixture(autouse=True)
    def _idle(self, executor: AnyExecutor) -> Iterator[None]:
        yield
        executor.close()

    @pytest.mark.parametrize(
        ("work", "reason", "words"),
        [
            (ill_workers.segfault, Reason.crashed, "SIGSEGV"),
            (ill_workers.killed, Reason.killed, "SIGKILL"),
            (ill_workers.raises, Reason.raised, "ZeroDivisionError: planted"),
            (ill_workers.exits, Reason.exited, "exit code 7"),
            (ill_workers.leaves, Reason.exited, "exit code 7"),
            (ill_workers.hungry, Reason.out_of_memory, "memory"),
            (ill_workers.hangs, Reason.timeout, f"executor.timeout={TIMEOUT_S:g}"),
            (ill_workers.diverges, Reason.diverged, "planted"),
        ],
        ids=lambda value: getattr(value, "__name__", None),
    )
    def test_an_ill_worker_ends_in_a_reason(
        self,
        executor: AnyExecutor,
        tmp_path: Path,
        work: Callable[..., TrialResult],
        reason: Reason,
        words: str,
    ) -> None:
        executor.submit(named(work, tmp_path))
        (result,) = until_result(executor)
        assert isinstance(result, TrialResult)
        assert (result.status, result.reason) == (Status.FAILED, reason)
        assert words in result.message

    def test_an_exception_leaves_its_traceback_in_the_trial_folder(
        self, executor: AnyExecutor, tmp_path: Path
    ) -> None:
        asked = named(ill_workers.raises, tmp_path)
        executor.submit(asked)
        until_result(executor)
        assert "in raises" in (asked.folder / "failure.txt").read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("prune", "status", "epochs"), [(False, "COMPLETE", 3), (True, "PRUNED", 1)]
    )
    def test_reports_are_answered(
        self, executor: AnyExecutor, tmp_path: Path, prune: bool, status: str, epochs: int
    ) -> None:
        executor.submit(named(ill_workers.healthy, tmp_path))
        *reports, result = until_result(executor, prune)
        assert isinstance(result, TrialResult)
        assert [report.epoch for report in reports] == list(range(epochs))
        assert (result.status, result.epochs) == (status, epochs)

    def test_two_workers_run_side_by_side_and_a_third_is_refused(
        self, executor: AnyExecutor, tmp_path: Path
    ) -> None:
        assert executor.slots == 2
        executor.submit(named(ill_workers.slow, tmp_path, 0))
        executor.submit(named(ill_workers.slow, tmp_path, 1))
        with pytest.raises(SweepError, match="all 2 slots"):
            executor.submit(named(ill_workers.slow, tmp_path, 2))
        results = [e for e in until_result(executor) if isinstance(e, TrialResult)]
        assert {r.key.number for r in results} == {0, 1}

    def test_an_answer_to_nobody_is_no_error(self, executor: AnyExecutor) -> None:
        executor.answer(TrialKey(arm="gone", number=0), prune=True)

    def test_close_ends_every_worker_and_the_next_job_runs(
        self, executor: AnyExecutor, tmp_path: Path
    ) -> None:
        for number in range(2):
            executor.submit(named(ill_workers.slowly_known, tmp_path, number))
        workers = processes(tmp_path, 2)
        executor.close()
        assert executor.running == {}
        assert psutil.wait_procs(workers, timeout=5)[1] == []
        executor.submit(named(ill_workers.healthy, tmp_path))
        result = until_result(executor)[-1]
        assert isinstance(result, TrialResult)
        assert result.status is Status.COMPLETE

    def test_compute_returns_values_in_order_and_tells_what_raised(
        self, executor: AnyExecutor
    ) -> None:
        assert executor.compute([("builtins:max", 1, 2), ("builtins:min", 1, 2)]) == [2, 1]
        with pytest.raises(SweepError, match="invalid literal"):
            executor.compute([("builtins:int", "x")])
        with pytest.raises(SweepError, match="its worker died"):
            executor.compute([("os:_exit", 1)])
        with pytest.raises(UserError, match="the ending must say how to write it"):
            executor.compute([("sweep.data.write:form_of", Path("a.doc"))])

    def test_nothing_runs_after_it_was_left(self, executor: AnyExecutor, tmp_path: Path) -> None:
        executor.submit(named(ill_workers.slowly_known, tmp_path))
        workers = processes(tmp_path, 1)
        executor.leave()
        assert psutil.wait_procs(workers, timeout=5)[1] == []
        executor.start()
