"""The audit of a sweep's or a command's corpus: what is measured, and what is found ill."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sweep.config import Config
from sweep.config.settings import flat
from sweep.data.corpus import SplitCorpus
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Finding
from sweep.diagnosis.table import diagnose


def measured(
    config: Config, split: SplitCorpus, told: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Audit a corpus here and now.

    Args:
        config: all settings.
        split: the corpus.
        told: is called with the name of each check as it begins.

    Returns:
        What `sweep.audit.audit.audit` finds, and `vectors`: which are taken, and what they cover.

    Raises:
        UserError: the settings of `text` or the vectors do not fit the texts.
    """
    from sweep.audit.audit import audit
    from sweep.audit.rows import Rows
    from sweep.text.cache import encoded, store_corpus
    from sweep.text.vectors import ready_vectors

    facts = audit(
        Rows.of(split),
        text=asdict(config.text),
        objective=config.objective,
        seed=config.seed,
        told=told,
    )
    told("vectors")
    with TemporaryDirectory() as folder:
        corpus = encoded(store_corpus(Path(folder), split), asdict(config.text))
        model = config.model
        ready = ready_vectors(
            corpus, model.vectors, least=model.vectors_coverage, centre=model.centre_vectors
        )
        facts["vectors"] = {"note": ready.note, "covered": ready.covered}
    return facts


def findings(config: Config, facts: Mapping[str, Any]) -> list[Finding]:
    """Say what ails a corpus of which only the audit is known.

    Args:
        config: all settings.
        facts: what `measured` gave.

    Returns:
        The findings, the worst first.
    """
    groups = ("data", "split", "text", "resampling", "model", "optimizer", "loss", "trainer")
    settings = flat({name: asdict(getattr(config, name)) for name in groups})
    return diagnose(Facts(audit=facts, corpus=facts["classes"], settings=settings))
