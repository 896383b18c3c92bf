"""The space of distances: computed once a corpus, whoever asks."""

import os
import shutil
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from conftest import SmallCorpus
from sweep.resampling.distances import cached_space
from sweep.text.cache import load_texts
from sweep.text.tfidf import distance_space


@pytest.fixture
def corpus(small_corpus: SmallCorpus, tmp_path: Path) -> Path:
    # Other tests of the session may have asked for spaces of it already.
    without = shutil.ignore_patterns("distances-*")
    return shutil.copytree(small_corpus.folder, tmp_path / "corpus", ignore=without)


def test_it_is_the_space_of_the_training_texts(corpus: Path) -> None:
    texts, _ = load_texts(corpus, "train")
    found = cached_space(corpus, components=5)
    assert found.shape == (len(texts), 5)
    assert found.dtype == np.float32
    assert isinstance(found, np.memmap)
    assert (found == distance_space(texts, components=5, seed=0)).all()


def test_it_is_computed_once(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cached_space(corpus, components=3)
    monkeypatch.setattr("sweep.resampling.distances.distance_space", None)
    assert (cached_space(corpus, components=3) == first).all()
    assert sorted(p.name for p in corpus.glob("distances-*")) == [
        "distances-3.npy",
        "distances-3.npy.lock",
    ]


def test_what_a_crash_left_is_no_obstacle(corpus: Path) -> None:
    (corpus / f".part-{os.getpid()}-distances-4.npy").write_bytes(b"half")
    assert cached_space(corpus, components=4).shape[1] == 4
    assert not list(corpus.glob(".part-*"))


def _shape(corpus: Path) -> tuple[int, ...]:
    return cached_space(corpus, components=6).shape


def test_workers_that_ask_at_once_get_the_same(corpus: Path) -> None:
    with get_context("fork").Pool(3) as pool:
        shapes = pool.map(_shape, [corpus] * 3, chunksize=1)
    assert len(set(shapes)) == 1
