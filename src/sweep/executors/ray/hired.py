"""One agent of a cluster's node, as the coordinator knows it, and what was sent there."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sweep.executors.ray.cluster import Node, ray_itself
from sweep.executors.ray.parcel import pack_part, parts_of
from sweep.executors.ray.stage import Stage
from sweep.records import TrialKey

NEWS_S = 5.0
"""How long an agent listens before it says that nothing happened; its lease is renewed by each call."""


class Store:
    """The corpora that lie in Ray's object store, each put there once."""

    def __init__(self) -> None:
        self._parts: dict[str, list[tuple[str, Any]]] = {}

    def parts(self, corpus: Path) -> list[tuple[str, Any]]:
        """Name the parts of a corpus, each with its place in the store.

        Args:
            corpus: its folder in the cache.
        """
        if corpus.name not in self._parts:
            put = ray_itself().put
            self._parts[corpus.name] = [(p, put(pack_part(corpus, p))) for p in parts_of(corpus)]
        return self._parts[corpus.name]

    def clear(self) -> None:
        """Free the store."""
        self._parts.clear()


@dataclass(eq=False)
class Hired:
    """One agent."""

    node: Node
    handle: Any
    slots: int
    hello: Any
    """What its first words will be."""
    since: float = field(default_factory=time.monotonic)
    shared: bool = True
    """Whether its node sees the coordinator's files."""
    running: set[TrialKey] = field(default_factory=set)
    corpora: dict[str, Any] = field(default_factory=dict)
    """By name of each corpus that was sent there, what Ray waits for."""
    news: Any = None
    """What it will tell next; None until it may begin."""

    def introduce(self, stage: Stage | None) -> None:
        """Find out whether its node sees our files, and listen to it.

        Args:
            stage: which files; None where it is to use its own.

        Raises:
            RayError: it has died.
        """
        if stage is None:
            asked = self.handle.keep_apart.remote()
        else:
            asked = self.handle.sees.remote(stage.token, stage.word, Path.cwd())
        self.shared = bool(ray_itself().get(asked))
        self.listen()

    def listen(self) -> None:
        """Ask for its next news."""
        self.news = self.handle.news.remote(NEWS_S)

    def fetched(self, corpus: Path, store: Store) -> Any:
        """See that a corpus is sent to its node, once.

        Args:
            corpus: its folder in the cache.
            store: where corpora are put.

        Returns:
            What a job on that corpus waits for.
        """
        if corpus.name not in self.corpora:
            self.corpora[corpus.name] = self.handle.fetch.remote(corpus.name, store.parts(corpus))
        return self.corpora[corpus.name]


def last_line(error: BaseException) -> str:
    """The last line of an error that says something; Ray puts a traceback before it.

    Args:
        error: of Ray's, mostly.
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
