"""A corpus as a command has it, examined: the audit's checks, and what ready-made vectors know of it."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sweep.audit.audit import audit
from sweep.audit.rows import Rows
from sweep.config import Config
from sweep.data.corpus import SplitCorpus


def measured(
    config: Config, split: SplitCorpus, told: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Audit a corpus here and now.

    Args:
        config: all settings.
        split: the corpus.
        told: is called with the name of each check as it begins.

    Returns:
        What `audit` finds, and `vectors`: which are taken, and what they cover.

    Raises:
        UserError: the settings of `text` or the vectors do not fit the texts.
    """
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
