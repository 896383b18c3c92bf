"""Two clouds of points with labels, and what a method makes of them."""

import numpy as np

from sweep.resampling.resample import resample
from sweep.resampling.resampled import Resampled


def cloud(n0: int = 200, n1: int = 40, apart: float = 1.5) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(1)
    labels = draw.permutation(np.repeat([0, 1], [n0, n1]))
    points = draw.normal(size=(n0 + n1, 6)) + apart * labels[:, None]
    return labels, points.astype(np.float32)


def run(labels: np.ndarray, space: np.ndarray | None, method: str, **changes: object) -> Resampled:
    options = {"ratio": 1.0, "k_neighbors": 5, "seed": 0} | changes
    return resample(labels, method=method, space=space, **options)


def counts(labels: np.ndarray, found: Resampled) -> list[int]:
    return np.bincount(labels[found.rows], minlength=2).tolist()


def points_of(space: np.ndarray, found: Resampled) -> np.ndarray:
    shares = found.weights[:, None]
    return (1 - shares) * space[found.rows] + shares * space[found.partners]
