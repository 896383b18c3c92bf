"""Shared fixtures: seeds, the real corpora where they are at hand."""

import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch and numpy load: two cores, many tests
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
import pytest

if TYPE_CHECKING:
    from sweep.data import SplitCorpus

REAL_DATA = Path(os.environ.get("SWEEP_REAL_DATA", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture(autouse=True)
def _seeds() -> None:
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - libraries under test may draw from the global generator


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real corpora."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"no real corpora at {REAL_DATA}; set SWEEP_REAL_DATA to their folder")
    return REAL_DATA


@dataclass(frozen=True)
class SmallCorpus:
    """300 rows of the built-in corpus, split, and where they are cached."""

    split: "SplitCorpus"
    folder: Path


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> SmallCorpus:
    """A cached corpus on which a trial takes a fraction of a second; tests read it only."""
    from sweep.data import split
    from sweep.data.builtin import generate
    from sweep.text.cache import store_corpus

    parts = split(generate(0, 300), validation=0.2, test=0.2, overlap="drop", seed=0)
    return SmallCorpus(parts, store_corpus(tmp_path_factory.mktemp("small"), parts))
