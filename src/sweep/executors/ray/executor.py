"""Trials on the nodes of a Ray cluster, by the same contract as on one machine.

Ray carries messages and says which nodes there are. What a trial is, when it is tried again and what counts stays with
the coordinator: nothing is retried by Ray, and a result that comes from an agent already given up is dropped.
"""

import logging
import time
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Any

from sweep.config import ExecutorConfig
from sweep.errors import SweepError, UserError
from sweep.executors.called import Called
from sweep.executors.local import LocalExecutor
from sweep.executors.ray.agent import Told
from sweep.executors.ray.cluster import Cluster, check_installed, ray_itself
from sweep.executors.ray.crew import LOOK_S, Crew
from sweep.executors.ray.hired import Hired, Store, last_line
from sweep.executors.ray.parcel import code_of
from sweep.executors.ray.stage import Stage
from sweep.executors.worker import Work
from sweep.records import EpochReport, Reason, Status, TrialJob, TrialKey, TrialResult

CLOSE_S = 5.0
"""An agent that has not ended its trials by then is ended itself; a stop takes 10 s at most."""
Event = EpochReport | TrialResult
log = logging.getLogger(__name__)


class RayExecutor:
    """Starts trials through an agent on each node (`sweep.executors.ray.agent`).

    Args:
        settings: the group `executor`.
        folder: the sweep's own folder.
        work: what a worker does with its job, importable by name; by default it trains.
        share: whether nodes that see the folder use it; otherwise files are sent to all.

    Raises:
        UserError: Ray is not installed.
    """

    def __init__(
        self,
        settings: ExecutorConfig,
        folder: Path,
        *,
        work: Work | None = None,
        share: bool = True,
    ) -> None:
        check_installed()
        self.settings = settings
        self.folder = folder.resolve()
        self.stage = Stage(self.folder)
        self.work = work
        self.share = share
        self.cluster = Cluster(settings)
        # What reads the sweep's own files runs where those lie.
        self.local = LocalExecutor(workers=None, threads=settings.threads)
        self.running: dict[TrialKey, tuple[TrialJob, float]] = {}
        self._crew: Crew | None = None
        self._modules: tuple[str, ...] = ()
        self._held: deque[TrialJob] = deque()
        self._store = Store()
        self._orders: dict[Any, TrialKey] = {}
        self._settled = False

    @property
    def crew(self) -> Crew:
        """The agents; the cluster is joined."""
        if self._crew is None:
            self.start()
        assert self._crew is not None
        return self._crew

    @property
    def slots(self) -> int:
        """Trials that can run at the same time; it follows the cluster, and is never less than one."""
        self._settle()
        return max(1, self.crew.slots)

    def start(self, *more: str) -> None:
        """Join the cluster and hire an agent on each node; they load torch and Lightning meanwhile.

        Args:
            more: modules that this sweep's trials will need besides.

        Raises:
            UserError: the cluster is not reached.
        """
        self._modules = more
        if not self.cluster.joined:
            self.cluster.join()
        self._crew = Crew(self.cluster, self.settings, self.folder, more, self.work)
        self._crew.look()
        self._crew.check_some()

    def fit(self, accelerator: str) -> None:
        """See that trials have their device on every node.

        Args:
            accelerator: Lightning's name of it.

        Raises:
            UserError: a node has none.
        """
        if not self.settings.gpus:
            if accelerator not in ("auto", "cpu"):
                raise UserError(
                    f"trainer.accelerator={accelerator} on Ray needs executor.gpus above 0, the cards or the share of "
                    f"one that a trial takes; but got {self.settings.gpus:g}."
                )
            return
        self.crew.await_first()
        if mistakes := self.crew.unfit_for(accelerator):
            raise UserError(*mistakes)

    def _settle(self) -> None:
        """Begin, once the sweep's folder is ours."""
        if self._settled:
            return
        self._settled = True
        self.stage.open()
        self.crew.settle(self.stage if self.share else None)
        self.crew.await_first()

    def submit(self, job: TrialJob) -> None:
        """Start a job; where its slot went with a node, it waits for the next one.

        Args:
            job: what to train.

        Raises:
            SweepError: every slot is taken.
        """
        if len(self.running) >= self.slots:
            raise SweepError(f"all {self.slots} slots are taken; wait for a result first")
        self.running[job.key] = (job, time.monotonic())
        self._held.append(job)
        self._hand_out()

    def _hand_out(self) -> None:
        while self._held:
            free = [h for h in self.crew.here if h.news is not None and len(h.running) < h.slots]
            if not free:
                return
            # The emptiest first, so that nodes share the work.
            self._send(self._held.popleft(), max(free, key=lambda h: h.slots - len(h.running)))

    def _send(self, job: TrialJob, hired: Hired) -> None:
        hired.running.add(job.key)
        sent = replace(job, corpus=job.corpus.resolve(), folder=self.stage.of(job))
        more: tuple[Any, ...] = ((),)
        if not hired.shared:
            more = (code_of(job.plugins), hired.fetched(job.corpus, self._store))
        self._orders[hired.handle.submit.remote(sent, *more)] = job.key

    def wait(self, seconds: float) -> list[Event]:
        """Wait for news.

        Args:
            seconds: at most so long.

        Returns:
            Reports, each of which wants an `answer`, and results.

        Raises:
            ClusterLostError: the cluster is gone.
        """
        end = time.monotonic() + seconds
        while True:
            self._settle()
            self.crew.look()
            self._hand_out()
            events = self._listen(max(0.0, min(end - time.monotonic(), LOOK_S)))
            if events or time.monotonic() >= end:
                return events

    def _listen(self, seconds: float) -> list[Event]:
        ray = ray_itself()
        speakers = {hired.news: hired for hired in self.crew.here if hired.news is not None}
        refs = [*speakers, *(hired.hello for hired in self.crew.coming), *self._orders]
        if not refs:
            time.sleep(min(seconds, 0.2))
            return []
        if not ray.wait(refs, num_returns=1, timeout=seconds)[0]:
            return []
        ready = set(ray.wait(refs, num_returns=len(refs), timeout=0)[0])
        self.crew.admit()
        events = [e for ref in ready.intersection(self._orders) for e in self._ordered(ref)]
        return events + [e for ref, h in speakers.items() if ref in ready for e in self._hear(h)]

    def _ordered(self, order: Any) -> list[Event]:
        ray = ray_itself()
        key = self._orders.pop(order)
        try:
            ray.get(order)
        except ray.exceptions.RayTaskError as error:
            # The agent is well, but the job never began: its files did not arrive, or a disk there is full.
            for hired in self.crew.here:
                hired.running.discard(key)
                hired.corpora.clear()
            why = f"the job did not reach its node: {last_line(error)}"
            return self._failed(key, Reason.raised, why)
        except ray.exceptions.RayError:
            return []  # the agent has died, which its news will tell
        return []

    def _hear(self, hired: Hired) -> list[Event]:
        ray = ray_itself()
        try:
            told: list[Told] = ray.get(hired.news)
        except ray.exceptions.RayError as error:
            return self._lost(hired, error)
        hired.listen()
        events: list[Event] = []
        for each in told:
            if each.event.key not in hired.running:
                log.warning("a late message of %s is dropped", each.event.key)
            elif isinstance(each.event, EpochReport):
                events.append(each.event)
            else:
                hired.running.discard(each.event.key)
                events += self._ended(each.event, each.files)
        return events

    def _ended(self, result: TrialResult, files: Any) -> list[Event]:
        job, _ = self.running[result.key]
        try:
            self.stage.land(job, result, files)
        except (OSError, SweepError) as error:
            why = f"what the trial left did not arrive whole: {error}"
            return self._failed(result.key, Reason.lost, why)
        finally:
            self.stage.clear(job)
        del self.running[result.key]
        return [result]

    def _lost(self, hired: Hired, error: Exception) -> list[Event]:
        self.crew.drop(hired)
        why = f"node {hired.node.address} was lost, or its agent: {last_line(error)}"
        return [e for key in list(hired.running) for e in self._failed(key, Reason.lost, why)]

    def _failed(self, key: TrialKey, reason: Reason, message: str) -> list[Event]:
        if key not in self.running:
            return []
        job, began = self.running.pop(key)
        self.stage.clear(job)
        ended = TrialResult(key=key, status=Status.FAILED, reason=reason, message=message)
        return [replace(ended, seconds=time.monotonic() - began)]

    def answer(self, key: TrialKey, prune: bool) -> None:
        """Answer a report.

        Args:
            key: of the trial that reported.
            prune: whether it is to stop.
        """
        for hired in self.crew.here:
            if key in hired.running:
                hired.handle.answer.remote(key, prune)

    def compute(self, calls: list[tuple[Any, ...]]) -> list[Any]:
        """Run plain functions on this machine, where the sweep's files lie; see `LocalExecutor.compute`."""
        return self.local.compute(calls)

    def begin(self, name: str, *arguments: Any) -> Called:
        """Begin one such function, and do not wait for it."""
        return self.local.begin(name, *arguments)

    def close(self) -> None:
        """End every worker now; agents stay, with torch loaded."""
        if self._crew is not None and self.cluster.joined:
            asked = {h.handle.close.remote(): h for h in self._crew.here if h.running}
            refs = list(asked)
            done = (
                ray_itself().wait(refs, num_returns=len(refs), timeout=CLOSE_S)[0] if refs else []
            )
            for ref, hired in asked.items():
                hired.running.clear()
                if ref not in done:
                    self._crew.drop(hired)
        for job, _ in self.running.values():
            self.stage.clear(job)
        self.running.clear()
        self._held.clear()
        self._orders.clear()
        self._store.clear()

    def leave(self) -> None:
        """End every agent, and what this process holds of the cluster."""
        self.close()
        if self._crew is not None and self.cluster.joined:
            self._crew.leave()
        self.cluster.leave()
        self._crew, self._settled = None, False
        self.stage.close()
