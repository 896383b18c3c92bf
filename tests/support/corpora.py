"""Corpora read with some settings, the others at their defaults."""

from typing import Any

from sweep.config import DataConfig
from sweep.data import Corpus, load


def load_corpus(seed: int = 0, **settings: Any) -> Corpus:
    """Read a corpus; the settings are those of `data`."""
    return load(DataConfig(**settings), seed=seed)
