"""What is examined beside a sweep's first trials, as the settings want it."""

from pathlib import Path

from rich.console import Console

from sweep.config import Config
from sweep.coordinator.doctor.beside import Examination, strictly
from sweep.coordinator.doctor.corpus import CorpusAudit
from sweep.coordinator.doctor.network import NetworkCheck
from sweep.data.corpus import SplitCorpus
from sweep.executors import Executor


def wanted(
    config: Config,
    split: SplitCorpus,
    corpus: Path,
    fingerprint: str,
    executor: Executor,
    console: Console,
) -> list[Examination]:
    """Make what `doctor.audit` and `doctor.preflight` ask for, and do it now under `doctor.strict`.

    Args:
        config: all settings.
        split: the corpus.
        corpus: its folder in the cache.
        fingerprint: digest of what decides the sweep's trials.
        executor: where it is done.
        console: where to say what is ill.

    Returns:
        The examinations, to be begun.

    Raises:
        UserError: strictly examined, something has an error.
    """
    found: list[Examination] = []
    if config.doctor.audit:
        found.append(CorpusAudit(config, split, executor, console))
    if config.doctor.preflight:
        found.append(NetworkCheck(config, corpus, fingerprint, executor, console))
    if config.doctor.strict:
        strictly(found)
    return found
