"""Shared fixtures: seeds, the real corpora where they are at hand."""

import os
import random
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch and numpy load: two cores, many tests
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
import pytest

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
