"""The space in which resampling measures distances between training texts, computed once a corpus."""

from pathlib import Path

import numpy as np

from sweep.files import locked, whole_file
from sweep.text.cache import load_texts
from sweep.text.tfidf import distance_space
from sweep.workspace import CorpusFolder


def cached_space(corpus: Path, *, components: int) -> np.ndarray:
    """Vectors of the training texts, shared by all trials and workers.

    Args:
        corpus: folder of the cached corpus.
        components: dimensions at most.

    Returns:
        (N, c), float32, memory-mapped.
    """
    path = CorpusFolder(corpus).distances(components)
    with locked(path):
        if not path.exists():
            texts, _ = load_texts(corpus, "train")
            with whole_file(path) as partial:
                np.save(partial, distance_space(texts, components=components, seed=0))
    vectors: np.ndarray = np.load(path, mmap_mode="r")
    return vectors
