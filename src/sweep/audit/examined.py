"""A corpus as a command has it, examined: the audit's checks, and what ready-made vectors know of it."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sweep.audit.audit import VERSION, audit
from sweep.audit.rows import Rows
from sweep.config import Config, ObjectiveConfig
from sweep.data.corpus import SplitCorpus
from sweep.text.settings import text_settings

NICE = 10
"""How far an audit beside trials stands back."""


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
        text=text_settings(config),
        objective=config.objective,
        seed=config.seed,
        told=told,
    )
    told("vectors")
    with TemporaryDirectory() as folder:
        corpus = encoded(store_corpus(Path(folder), split), text_settings(config))
        model = config.model
        ready = ready_vectors(
            corpus, model.vectors, least=model.vectors_coverage, centre=model.centre_vectors
        )
        facts["vectors"] = {"note": ready.note, "covered": ready.covered}
    return facts


def about(config: Config, split: SplitCorpus) -> str:
    """Name what decides the facts of a sweep's audit; equal where it need not be done again.

    Args:
        config: all settings.
        split: the corpus.
    """
    read = {
        "version": VERSION,
        "corpus": split.fingerprint,
        "files": [] if split.corpus.origin is None else list(split.corpus.origin.files),
        "seed": config.seed,
        "text": text_settings(config),
        "objective": asdict(config.objective),
    }
    return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()[:16]


def beside(
    rows: Rows, text: Mapping[str, Any], objective: ObjectiveConfig, seed: int
) -> dict[str, Any]:
    """Audit a corpus in a worker, behind whatever else wants the cores.

    Args:
        rows: of the corpus.
        text: the settings of `text`, flat.
        objective: as under `audit`.
        seed: of the sweep.

    Returns:
        What `audit` finds.
    """
    os.nice(NICE)
    return audit(rows, text=text, objective=objective, seed=seed)
