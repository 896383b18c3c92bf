"""What works on a node of a cluster: an actor that forks a fresh worker for each trial, as on one machine.

One actor a node and not one a slot: torch and Lightning are loaded once (7.5 s and 500 MiB on a machine of two cores,
against 30 ms for a fork of what has them), and the pages are shared by all trials of the node. And a trial is a process
of its own below the actor, so that what its code breaks is its own process: the actor sees how it ended, as the local
executor does; Ray knows of a dead worker only that it died.
"""

import os
import platform
import shutil
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

from sweep.errors import SweepError, UserError
from sweep.executors.local import LocalExecutor
from sweep.executors.ray.cards import VISIBLE, OnCard, shares
from sweep.executors.ray.cluster import ray_itself
from sweep.executors.ray.parcel import (
    Packed,
    forget_old,
    has_part,
    node_folder,
    packed,
    receive,
    settled,
)  # fmt: skip
from sweep.executors.worker import Work
from sweep.plugins.tables import Plugin
from sweep.records import EpochReport, TrialJob, TrialKey, TrialResult

LEASE_S = 120.0
"""An agent that nobody has listened to for so long ends its trials and itself: the coordinator is gone, or behind a
network that is, and has handed them to others."""
ALIKE = ("sweep", "torch", "pytorch-lightning", "numpy", "tokenizers")
"""Packages by which the same trial gives other numbers where their versions differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What an agent is hired for."""

    slots: int
    gpus: float
    """Cards, or the share of one, that a trial takes."""
    threads: int
    timeout: float | None
    memory_gib: float | None
    modules: tuple[str, ...]
    """What workers need besides torch and Lightning."""
    work: Work | None


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and the files that a result left where the coordinator does not see them."""

    event: EpochReport | TrialResult
    files: list[Packed] | None = None


def versions() -> dict[str, str]:
    """What must be the same here and on every node; of torch without its build, which follows the machine's card."""
    found = {"python": platform.python_version().rpartition(".")[0]}
    for name in ALIKE:
        try:
            found[name] = version(name).partition("+")[0]
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


class NodeAgent:
    """Runs trials on one node. Ray calls it from several threads: one listens, the others bring orders.

    Args:
        duties: what it is hired for.
    """

    def __init__(self, duties: Duties) -> None:
        self.duties = duties
        self.shared = True
        self._local = LocalExecutor(
            workers=duties.slots,
            threads=duties.threads,
            timeout=duties.timeout,
            memory_gib=duties.memory_gib,
            work=duties.work,
        )
        visible = _cards() if duties.gpus else []
        os.environ[VISIBLE] = ",".join(
            visible
        )  # before torch is loaded: without a share no trial sees a card
        self._free = shares(visible, duties.slots, duties.gpus) if duties.gpus else []
        self._lent: dict[TrialKey, str] = {}
        self._folders: dict[TrialKey, Path] = {}
        self._orders: deque[tuple[str, tuple[Any, ...]]] = deque()
        self._listening = threading.Lock()
        self._bell, self._button = Pipe(duplex=False)
        self._local.woken_by = [self._bell]
        self._heard = time.monotonic()
        self._local.start(*duties.modules)
        threading.Thread(target=self._leave_with_coordinator, daemon=True).start()

    def hello(self) -> tuple[dict[str, str], str]:
        """Say the versions here, and this node's name."""
        return versions(), socket.gethostname()

    def sees(self, token: Path, word: str, here: Path) -> bool:
        """Say whether this node sees the coordinator's files: its token, and a folder that it may write.

        Args:
            token: a file of the coordinator's.
            word: what stands in it.
            here: the coordinator's working directory, which paths in settings begin at.
        """
        try:
            self.shared = token.read_text(encoding="utf-8") == word
            beside = token.with_name(f"{socket.gethostname()}-{os.getpid()}")
            beside.touch()
            beside.unlink()
        except OSError:
            self.shared = False
        if self.shared and here.is_dir():
            os.chdir(here)
        if not self.shared:
            forget_old(node_folder())
        return self.shared

    def keep_apart(self) -> None:
        """Use files of this node only, whatever it sees."""
        self.shared = False

    def fit(self, accelerator: str) -> tuple[str, ...]:
        """Say what keeps trials from their device here; nothing where they have it."""
        try:
            self._local.compute([("sweep.training.device:on_gpu", accelerator)])
        except UserError as error:
            return error.mistakes
        return ()

    def fetch(self, corpus: str, parts: list[tuple[str, Any]]) -> int:
        """Take into this node's cache what it lacks of a corpus.

        Args:
            corpus: name of its folder.
            parts: name of each part, and where it lies in Ray's store.

        Returns:
            How many parts were fetched.
        """
        folder = node_folder().cache / corpus
        lacking = [(part, where) for part, where in parts if not has_part(folder, part)]
        for part, where in lacking:
            receive(ray_itself().get(where), folder, part)
        return len(lacking)

    def submit(
        self, job: TrialJob, code: Sequence[tuple[Plugin, Packed]], fetched: int = 0
    ) -> None:
        """Take a job.

        Args:
            job: what to train.
            code: files of plug-ins, for a node that does not see them.
            fetched: of `fetch`, which Ray waits for first.
        """
        if not self.shared:
            job = settled(job, node_folder(), code)
        self._order("submit", job)

    def answer(self, key: TrialKey, prune: bool) -> None:
        """Pass an answer on to a worker."""
        self._order("answer", key, prune)

    def close(self) -> None:
        """End every worker now."""
        self._order("close")
        with self._listening:
            self._obey()

    def news(self, seconds: float) -> list[Told]:
        """Wait for news of any job, at most so many seconds."""
        with self._listening:
            end = time.monotonic() + seconds
            while True:
                self._heard = time.monotonic()
                if self._obey() == "close":
                    return []
                events = self._local.wait(max(0.0, end - time.monotonic()))
                if events or time.monotonic() >= end:
                    return [self._told(event) for event in events]

    def _order(self, name: str, *arguments: Any) -> None:
        self._orders.append((name, arguments))
        self._button.send_bytes(b"!")

    def _obey(self) -> str:
        name = ""
        while self._bell.poll():
            self._bell.recv_bytes()
        while self._orders:
            name, arguments = self._orders.popleft()
            if name == "submit":
                self._begin(*arguments)
            elif name == "answer":
                self._local.answer(*arguments)
            else:
                self._local.close()
                for key in list(self._folders):
                    self._forget(key)
                return name
        return name

    def _begin(self, job: TrialJob) -> None:
        if self.duties.gpus:
            card = self._lent[job.key] = self._free.pop()
            duties = self.duties
            self._local.work = OnCard(card, duties.gpus, duties.threads, duties.work)
        self._folders[job.key] = job.folder
        self._local.submit(job)

    def _told(self, event: EpochReport | TrialResult) -> Told:
        if isinstance(event, EpochReport):
            return Told(event)
        folder = self._folders[event.key]
        told = Told(event, None if self.shared else packed(folder))
        self._forget(event.key)
        return told

    def _forget(self, key: TrialKey) -> None:
        folder = self._folders.pop(key)
        if not self.shared:
            shutil.rmtree(folder, ignore_errors=True)
        if key in self._lent:
            self._free.append(self._lent.pop(key))

    def _leave_with_coordinator(self) -> None:
        while True:
            time.sleep(LEASE_S / 10)
            if self._local.running and time.monotonic() - self._heard > LEASE_S:
                os._exit(1)  # workers go with this process


def _cards() -> list[str]:
    visible = os.environ.get(VISIBLE, "")
    if not visible:
        raise SweepError(f"Ray gave this agent a card, but {VISIBLE} names none")
    return visible.split(",")
