"""Trials as processes of this machine, one fresh process a trial."""

import contextlib
import multiprocessing
import multiprocessing.forkserver
import signal
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sweep.errors import SweepError
from sweep.executors.called import LEAVE_S, Called
from sweep.executors.cores import physical_cores
from sweep.executors.environment import worker_environment
from sweep.executors.worker import Work, run_call, run_job
from sweep.plugins.load import loaded
from sweep.records import EpochReport, Reason, Status, TrialJob, TrialKey, TrialResult

LIBRARIES = ("sweep.training.trial", "sweep.scoring.baselines")  # torch, Lightning, scikit-learn
CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}


@dataclass
class Running:
    """One worker at work."""

    job: TrialJob
    process: ForkServerProcess
    pipe: Connection
    started: float
    kills_before: int


class LocalExecutor:
    """Starts each trial from a server process that has torch and Lightning loaded already.

    Importing them takes seconds, forking a process that has them takes milliseconds; and a fresh
    process a trial shares nothing that could leak from one trial into the next.

    Args:
        workers: trials at the same time; None takes the physical cores, or 1 on a GPU.
        threads: torch threads a worker.
        timeout: seconds after which a trial is ended, if any.
        memory_gib: memory limit of a worker, if any.
        work: what a worker does with its job, importable by name; by default it trains.

    Attributes:
        woken_by: what else ends a `wait`, with no event, as soon as it can be read.
    """

    def __init__(
        self,
        *,
        workers: int | None,
        threads: int = 1,
        timeout: float | None = None,
        memory_gib: float | None = None,
        work: Work | None = None,
    ) -> None:
        self.slots = workers or physical_cores()
        self.chosen = workers is not None
        self.threads = threads
        self.timeout = timeout
        self.memory_gib = memory_gib
        self.work = work
        self.running: dict[TrialKey, Running] = {}
        self.woken_by: list[Connection] = []
        self.context = multiprocessing.get_context("forkserver")

    def start(self, *more: str) -> None:
        """Begin to load torch and Lightning in the server process; returns at once.

        Args:
            more: modules that this sweep's trials will need besides.
        """
        self.context.set_forkserver_preload(["sweep.executors.preload", *LIBRARIES, *more])
        with worker_environment(self.threads):
            multiprocessing.forkserver.ensure_running()

    def fit(self, accelerator: str) -> None:
        """See that trials have their device here; on a GPU they run one at a time unless told otherwise.

        Args:
            accelerator: Lightning's name of it.

        Raises:
            UserError: this machine has none.
        """
        # Each trial trains on the first GPU, and what memory it needs there is not known beforehand.
        (gpu,) = self.compute([("sweep.training.device:on_gpu", accelerator)])
        self.slots = 1 if gpu and not self.chosen else self.slots

    def submit(self, job: TrialJob) -> None:
        """Start a job.

        Args:
            job: what to train.

        Raises:
            SweepError: every slot is taken.
        """
        if len(self.running) >= self.slots:
            raise SweepError(f"all {self.slots} slots are taken; wait for a result first")
        ours, theirs = self.context.Pipe()
        process = self.context.Process(
            target=run_job,
            args=(job, theirs, self.work, self.threads, self.memory_gib),
            daemon=True,
        )
        with worker_environment(self.threads):
            process.start()
        theirs.close()
        self.running[job.key] = Running(job, process, ours, time.monotonic(), oom_kills())

    def wait(self, seconds: float) -> list[EpochReport | TrialResult]:
        """Wait for news.

        Args:
            seconds: at most so long.

        Returns:
            Reports, each of which wants an `answer`, and results of trials that have ended.
        """
        now = time.monotonic()
        if self.timeout is not None and self.running:
            first = min(r.started for r in self.running.values()) + self.timeout
            seconds = max(0.0, min(seconds, first - now))
        watched: list[Any] = [
            x for r in self.running.values() for x in (r.pipe, r.process.sentinel)
        ] + self.woken_by
        ready = set(wait(watched, seconds)) if watched else set()
        events: list[EpochReport | TrialResult] = []
        for worker in list(self.running.values()):
            if worker.pipe in ready or worker.process.sentinel in ready:
                events += self._hear(worker)
            elif self.timeout is not None and time.monotonic() - worker.started > self.timeout:
                message = f"the trial ran longer than executor.timeout={self.timeout:g} s"
                events.append(self._end(worker, Reason.timeout, message))
        return events

    def _hear(self, worker: Running) -> list[EpochReport | TrialResult]:
        try:
            told = worker.pipe.recv() if worker.pipe.poll() else None
        except (EOFError, OSError):  # gone, perhaps in the middle of a message
            told = None
        if isinstance(told, TrialResult):
            self._forget(worker)
            return [told]
        if told is not None:
            return [told]
        worker.process.join(LEAVE_S)
        return [self._end(worker, *cause_of_death(worker))]

    def _end(self, worker: Running, reason: Reason, message: str) -> TrialResult:
        worker.process.kill()
        self._forget(worker)
        return TrialResult(
            key=worker.job.key,
            status=Status.FAILED,
            reason=reason,
            message=message,
            seconds=time.monotonic() - worker.started,
        )

    def _forget(self, worker: Running) -> None:
        worker.process.join(LEAVE_S)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        worker.pipe.close()
        worker.process.close()
        del self.running[worker.job.key]

    def answer(self, key: TrialKey, prune: bool) -> None:
        """Answer a report.

        Args:
            key: of the trial that reported.
            prune: whether it is to stop.
        """
        if key in self.running:
            # A worker that died since it reported is dealt with by the next `wait`.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.running[key].pipe.send(prune)

    def compute(self, calls: list[tuple[Any, ...]]) -> list[Any]:
        """Run plain functions in workers, side by side.

        Args:
            calls: ("module:function", *arguments) each. Names, so that the libraries behind them
                are loaded in the worker and not here.

        Returns:
            Their values, in order.

        Raises:
            UserError: one of them refused what it was given.
            SweepError: one of them raised, or its worker died; the text tells which and why.
        """
        started = [self.begin(*call) for call in calls]
        values, errors = [], []
        for called in started:
            try:
                values.append(called.value())
            except SweepError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return values

    def begin(self, name: str, *arguments: Any) -> Called:
        """Begin to run a plain function in a worker of its own, and do not wait.

        Args:
            name: "module:function".
            *arguments: for it.

        Returns:
            The call, to be asked for its value.
        """
        ours, theirs = self.context.Pipe()
        process = self.context.Process(
            target=run_call, args=(name, arguments, theirs, loaded()), daemon=True
        )
        with worker_environment(self.threads):
            process.start()
        theirs.close()
        return Called(name, ours, process)

    def close(self) -> None:
        """End every worker now."""
        for worker in list(self.running.values()):
            worker.process.kill()
            self._forget(worker)

    def leave(self) -> None:
        """End every worker; the server that they are forked from goes with this process."""
        self.close()


def cause_of_death(worker: Running) -> tuple[Reason, str]:
    """Say why a worker ended without a result.

    Args:
        worker: its process has ended.

    Returns:
        The reason and a sentence.
    """
    code = worker.process.exitcode
    if code is None:
        return Reason.exited, "the worker closed its pipe but did not end"
    if code >= 0:
        return Reason.exited, f"the worker left with exit code {code} before it had a result"
    name = signal.Signals(-code).name
    if -code == signal.SIGKILL and oom_kills() > worker.kills_before:
        return Reason.out_of_memory, "the system killed the worker because memory ran out"
    if -code in CRASHES:
        return Reason.crashed, f"the worker crashed with {name}"
    return Reason.killed, f"the worker was ended by {name}"


def oom_kills() -> int:
    """Count the kernel's out-of-memory kills since it started; 0 where it does not tell."""
    try:
        text = Path("/proc/vmstat").read_text(encoding="ascii")
    except OSError:
        return 0
    counts = [line.split()[1] for line in text.splitlines() if line.startswith("oom_kill ")]
    return int(counts[0]) if counts else 0
