"""The network of a sweep, tried before its budget is spent: the first trial of each arm."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from sweep.config import Config, SearchConfig
from sweep.coordinator.doctor.beside import Examination
from sweep.coordinator.doctor.corpus import settings_of
from sweep.coordinator.known import searched
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Finding
from sweep.errors import UserError
from sweep.executors import Executor
from sweep.plugins.load import loaded
from sweep.records import TrialJob, TrialKey
from sweep.search.space import Space, apply
from sweep.seeds import derive
from sweep.workspace import Workspace

VERSION = 1
"""Rises when the same network, settings and corpus would give other facts than before."""


def first_trials(config: Config, corpus: Path) -> dict[str, TrialJob]:
    """Make the job of each arm's first trial.

    Args:
        config: all settings; without a search there is one arm, the configuration itself.
        corpus: folder of the cached corpus.

    Returns:
        Jobs by arm, their folders not to be written to; an arm whose first values do not go together has none, and is
        refused by the search.
    """
    found = {}
    searches = isinstance(config.search, SearchConfig)
    space = Space.of(config) if searches else None
    for arm in ("all",) if space is None else space.arms:
        values = {} if space is None else space.defaults(arm, config)
        try:
            own = apply(config, values) if values else config
        except UserError:
            continue  # the search says so at once, with the message
        found[arm] = TrialJob(
            key=TrialKey(arm=arm, number=0),
            config=own,
            seed=derive(config.seed, "trial", 0),
            corpus=corpus,
            folder=corpus,
            plugins=loaded(),
        )
    return found


def of_network(
    config: Config, facts: Mapping[str, Any], audit: Mapping[str, Any] | None = None
) -> list[Finding]:
    """Say what ails a network of which the pre-flight is known, and no trial.

    Args:
        config: all settings.
        facts: what the pre-flight found.
        audit: what the audit of the corpus found, where it has.

    Returns:
        The findings, the worst first; of the corpus alone nothing is said.
    """
    from sweep.diagnosis.before import network
    from sweep.diagnosis.table import diagnose

    space = Space.of(config) if isinstance(config.search, SearchConfig) else None
    known = Facts(
        preflight=facts,
        audit=audit or {},
        settings=settings_of(config),
        space=() if space is None else searched(space),
    )
    own = {row.key for row in network.ROWS}
    return [one for one in diagnose(known) if one.symptom in own]


class NetworkCheck(Examination):
    """The pre-flight of a sweep.

    Args:
        config: all settings.
        corpus: folder of the cached corpus.
        fingerprint: digest of what decides the sweep's trials.
        executor: where it runs.
        console: where to say what is ill.
    """

    subject, done = "network", "checked"

    def __init__(
        self,
        config: Config,
        corpus: Path,
        fingerprint: str,
        executor: Executor,
        console: Console,
    ) -> None:
        self.files = Workspace(Path(config.workdir)).sweep(config.sweep)
        super().__init__(self.files.preflight, executor, console)
        self.config, self.corpus, self.fingerprint = config, corpus, fingerprint

    def about(self) -> str:
        """Name the sweep's fingerprint and the version of the checks."""
        return f"{self.fingerprint} {VERSION}"

    def call(self) -> tuple[Any, ...]:
        """See `sweep.preflight.preflight.beside`."""
        return ("sweep.preflight.preflight:beside", first_trials(self.config, self.corpus))

    def findings(self, facts: Mapping[str, Any]) -> list[Finding]:
        """See `of_network`; the audit is asked where it is there already."""
        return of_network(self.config, facts, self._audited())

    def _audited(self) -> dict[str, Any]:
        if not self.files.audit.is_file():
            return {}
        try:
            found: dict[str, Any] = json.loads(self.files.audit.read_text(encoding="utf-8"))
        except ValueError:  # it is being made anew
            return {}
        return found
