"""The corpus of a sweep, audited."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from sweep.config import Config
from sweep.config.settings import flat
from sweep.coordinator.doctor.beside import Examination
from sweep.data.corpus import SplitCorpus
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Finding
from sweep.executors import Executor
from sweep.workspace import Workspace

GROUPS = ("data", "split", "text", "resampling", "model", "optimizer", "loss", "trainer")


def of_corpus(config: Config, facts: Mapping[str, Any]) -> list[Finding]:
    """Say what ails a corpus of which the audit is known, and no trial.

    Args:
        config: all settings.
        facts: what the audit found.

    Returns:
        The findings, the worst first.
    """
    from sweep.diagnosis.table import diagnose

    return diagnose(Facts(audit=facts, corpus=facts["classes"], settings=settings_of(config)))


def settings_of(config: Config) -> dict[str, Any]:
    """The settings that decide a training and what it is trained on, by dotted name."""
    return flat({name: asdict(getattr(config, name)) for name in GROUPS})


class CorpusAudit(Examination):
    """The audit of a sweep's corpus.

    Args:
        config: all settings.
        split: the corpus.
        executor: where it runs.
        console: where to say what is ill.
    """

    subject, done = "corpus", "audited"

    def __init__(
        self, config: Config, split: SplitCorpus, executor: Executor, console: Console
    ) -> None:
        file = Workspace(Path(config.workdir)).sweep(config.sweep).audit
        super().__init__(file, executor, console)
        self.config, self.split = config, split

    def about(self) -> str:
        """See `sweep.audit.examined.about`."""
        from sweep.audit.examined import about

        return about(self.config, self.split)

    def call(self) -> tuple[Any, ...]:
        """See `sweep.audit.examined.beside`."""
        from sweep.audit.rows import Rows
        from sweep.text.settings import text_settings

        config = self.config
        given = (Rows.of(self.split), text_settings(config), config.objective, config.seed)
        return ("sweep.audit.examined:beside", *given)

    def findings(self, facts: Mapping[str, Any]) -> list[Finding]:
        """See `of_corpus`."""
        return of_corpus(self.config, facts)
