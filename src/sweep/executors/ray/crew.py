"""The agents of a sweep: hired where the cluster has room, let go where it has gone."""

import hashlib
import logging
import secrets
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from sweep.config import ExecutorConfig
from sweep.errors import UserError
from sweep.executors.ray.agent import Duties, NodeAgent, versions
from sweep.executors.ray.cluster import (
    NAMESPACE,
    Cluster,
    Node,
    claim,
    end_actors,
    fits,
    ray_itself,
)  # fmt: skip
from sweep.executors.ray.hired import Hired, last_line
from sweep.executors.ray.stage import Stage
from sweep.executors.worker import Work

LOOK_S = 2.0
"""How often the cluster is asked for its nodes."""
ROOM_S = 60.0
"""An agent that has not begun by then waits for room that others use; it is hired again for half as many trials."""
FIRST_S = 30.0
"""How long the first trial waits for agents that still load, once one is there."""
BUSY_S = 60.0
"""How often a command that waits for room says so."""
THREADS = 8
"""Of an agent: one listens, the others bring orders and files."""
log = logging.getLogger(__name__)


class Crew:
    """Keeps an agent at work on every node that has room for a trial.

    Args:
        cluster: where; joined.
        settings: the group `executor`.
        owner: the sweep's folder, whose agents of an earlier command are ended.
        modules: what workers need besides torch and Lightning.
        work: what a worker does with its job; by default it trains.
    """

    def __init__(
        self,
        cluster: Cluster,
        settings: ExecutorConfig,
        owner: Path,
        modules: Sequence[str],
        work: Work | None,
    ) -> None:
        self.cluster = cluster
        self.settings = settings
        self.need = {"CPU": settings.cpus, "GPU": settings.gpus, **settings.resources}
        self.modules = tuple(modules)
        self.work = work
        self.coming: list[Hired] = []
        self.here: list[Hired] = []
        self.refused: dict[str, str] = {}
        self._most: dict[str, int] = {}
        self._looked = 0.0
        name = f"{socket.gethostname()}:{owner.resolve()}"
        self._owner = hashlib.sha256(name.encode()).hexdigest()[:16]
        self._mark = secrets.token_hex(4)
        self._count = 0
        self._stage: Stage | None = None
        self._settled = False

    @property
    def slots(self) -> int:
        """Trials that can run at once now."""
        return sum(hired.slots for hired in self.here)

    def look(self) -> None:
        """Hire where there is room, at most every `LOOK_S`.

        Raises:
            ClusterLostError: the cluster is gone.
        """
        if time.monotonic() - self._looked < LOOK_S:
            return
        self.cluster.check()
        nodes = self.cluster.nodes()
        self._looked = time.monotonic()
        for hired in list(self.coming):
            if time.monotonic() - hired.since > ROOM_S and hired.slots > 1:
                self._most[hired.node.id] = hired.slots // 2
                self.drop(hired)
        for node in nodes:
            self._hire(node)

    def _hire(self, node: Node) -> None:
        everybody = self.coming + self.here
        if node.id in self.refused or any(h.node.id == node.id for h in self.coming):
            return
        taken = sum(h.slots for h in everybody if h.node.id == node.id)
        room = fits(node.resources, self.need) - taken
        if self.settings.max_workers is not None:
            room = min(room, self.settings.max_workers - sum(h.slots for h in everybody))
        room = min(room, self._most.get(node.id, room))
        if room < 1:
            return
        ray = ray_itself()
        taken_there = claim(room, self.need)
        handle = (
            ray.remote(NodeAgent)
            .options(
                name=f"{self._owner}-{self._mark}-{self._count}",
                namespace=NAMESPACE,
                num_cpus=taken_there.pop("CPU", 0),
                num_gpus=taken_there.pop("GPU", 0),
                resources=taken_there or None,
                # Ray must not try again by itself: one trial would be trained twice.
                max_restarts=0,
                max_task_retries=0,
                max_concurrency=THREADS,
                scheduling_strategy=ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
                    node.id, soft=False
                ),
            )
            .remote(self._duties(room))
        )
        self._count += 1
        hello = handle.hello.remote()
        self.coming.append(Hired(node, handle, room, hello))

    def _duties(self, slots: int) -> Duties:
        settings = self.settings
        return Duties(
            slots=slots,
            gpus=settings.gpus,
            threads=settings.threads,
            timeout=settings.timeout,
            memory_gib=settings.memory_gib,
            modules=self.modules,
            work=self.work,
        )

    def await_first(self) -> None:
        """Wait until somebody works, and a little for the others.

        Raises:
            UserError: nobody will.
        """
        began = told = time.monotonic()
        while not self.here or (self.coming and time.monotonic() - began < FIRST_S):
            self.look()
            self.check_some()
            if refs := [hired.hello for hired in self.coming]:
                ray_itself().wait(refs, num_returns=1, timeout=0.5)
            else:
                time.sleep(0.2)  # until the next look
            self.admit()
            if not self.here and time.monotonic() - told > BUSY_S:
                told = time.monotonic()
                log.warning(
                    "no worker of the cluster is ready yet; somebody may use its room. Waiting"
                )

    def settle(self, stage: Stage | None) -> None:
        """Let agents begin, now that the sweep's folder is ours.

        Args:
            stage: what nodes may see; None sends files to all.
        """
        end_actors(self._owner, but=self._mark)
        self._stage, self._settled = stage, True
        for hired in list(self.here):
            self._introduce(hired)

    def _introduce(self, hired: Hired) -> None:
        try:
            hired.introduce(self._stage)
        except ray_itself().exceptions.RayError as error:
            log.warning("node %s was lost as it came: %s", hired.node.address, last_line(error))
            self.drop(hired)

    def admit(self) -> None:
        """Take in the agents that have begun since the last call; those of other versions are let go."""
        ray = ray_itself()
        refs = [hired.hello for hired in self.coming]
        ready = ray.wait(refs, num_returns=len(refs), timeout=0)[0] if refs else []
        for hired in [h for h in self.coming if h.hello in ready]:
            self.coming.remove(hired)
            if (why := self._unfit(hired)) is not None:
                self._refuse(hired, why)
            else:
                self.here.append(hired)
                if self._settled:
                    self._introduce(hired)

    def _unfit(self, hired: Hired) -> str | None:
        ray = ray_itself()
        try:
            there, _ = ray.get(hired.hello)
        except ray.exceptions.RayError as error:
            if hired.node.id not in {node.id for node in self.cluster.nodes()}:
                return ""  # gone as it came
            return f"no worker starts there: {last_line(error)}"
        ours = versions()
        unlike = [
            f"{name} {there.get(name, 'of no known version')} and this command {wanted}"
            for name, wanted in ours.items()
            if there.get(name) != wanted
        ]
        return f"it has {', '.join(unlike)}" if unlike else None

    def _refuse(self, hired: Hired, why: str) -> None:
        ray_itself().kill(hired.handle)
        if why:
            told = f"node {hired.node.address} is left out: {why}."
            self.refused[hired.node.id] = told
            log.warning(told)

    def check_some(self) -> None:
        """See that somebody works or will.

        Raises:
            UserError: no node fits, or those that do are refused.
        """
        nodes = self.cluster.nodes()
        hopeful = [n for n in nodes if n.id not in self.refused and fits(n.resources, self.need)]
        if self.coming or self.here or hopeful:
            return
        if self.refused:
            raise UserError(
                *self.refused.values(),
                "Every node needs the same versions: pip install -c constraints.txt 'sweep[cluster]' on each.",
            )
        has = [
            ", ".join(f"{name} {node.resources.get(name, 0):g}" for name in self.need)
            for node in nodes
        ]
        asked = ", ".join(f"{name} {amount:g}" for name, amount in self.need.items())
        raise UserError(
            f"A trial takes {asked} (executor.cpus, executor.gpus, executor.resources), and no node of the cluster has "
            f"that; there is {'; '.join(has) or 'no node'}. Ask for less, or add a node."
        )

    def unfit_for(self, accelerator: str) -> list[str]:
        """Ask every agent whether trials have their device there.

        Args:
            accelerator: Lightning's name of it.

        Returns:
            What is wrong, node by node.
        """
        ray = ray_itself()
        mistakes = []
        for ref, hired in [(h.handle.fit.remote(accelerator), h) for h in self.here]:
            try:
                mistakes += [f"node {hired.node.address}: {told}" for told in ray.get(ref)]
            except ray.exceptions.RayError as error:  # it went; the others may not
                log.warning("node %s was lost: %s", hired.node.address, last_line(error))
        return mistakes

    def drop(self, hired: Hired) -> None:
        """Let an agent go, with all that runs below it."""
        for crew in (self.coming, self.here):
            if hired in crew:
                crew.remove(hired)
        ray_itself().kill(hired.handle)

    def leave(self) -> None:
        """Let all go."""
        for hired in self.coming + self.here:
            self.drop(hired)
