"""The space in which resampling measures distances between training texts, computed once a corpus."""

from pathlib import Path

import numpy as np
from filelock import FileLock

from sweep.resampling.resample import distance_space
from sweep.text.cache import load_texts


def cached_space(corpus: Path, *, components: int) -> np.ndarray:
    """Vectors of the training texts, shared by all trials and workers.

    Args:
        corpus: folder of the cached corpus.
        components: dimensions at most.

    Returns:
        (N, c), float32, memory-mapped.
    """
    path = corpus / f"distances-{components}.npy"
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            texts, _ = load_texts(corpus, "train")
            beside = path.with_suffix(".part.npy")
            np.save(beside, distance_space(texts, components=components, seed=0))
            beside.replace(path)
    vectors: np.ndarray = np.load(path, mmap_mode="r")
    return vectors
