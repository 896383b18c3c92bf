"""The contract of resamplers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sweep.errors import ResamplingError
from sweep.resampling.resample import resample
from sweep.resampling.resampled import Resampled

DIMENSIONS = 6
USUAL = ((40, 200), (200, 40), (12, 200), (200, 12))
"""Rows of the two classes that a resampler must balance."""
FEW = ((2, 60), (60, 3))
"""Where it may also refuse, by a ValueError."""


def resampler_breaches(name: str, own: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """See that a resampler gives rows of the training part, keeps both classes, and draws by its seed alone.

    Args:
        name: of `RESAMPLERS`.
        own: its settings by its name.

    Returns:
        What it breaks.
    """
    breaches: list[str] = []
    for sizes in (*USUAL, *FEW):
        try:
            first, again = (_made(name, own, sizes) for _ in range(2))
        except ResamplingError as refused:
            if sizes not in FEW or "ValueError" not in str(refused):
                breaches += refused.mistakes
            continue
        if not all(
            np.array_equal(getattr(first, part), getattr(again, part))
            for part in ("rows", "partners", "weights")
        ):
            breaches.append(
                "under one seed it gave two answers; draw by the seed that it is made with, and by nothing else."
            )
    return list(dict.fromkeys(breaches))


def _made(name: str, own: Mapping[str, Mapping[str, Any]], sizes: tuple[int, int]) -> Resampled:
    draw = np.random.default_rng(1)
    labels = draw.permutation(np.repeat([0, 1], sizes))
    points = draw.normal(size=(len(labels), DIMENSIONS)) + 1.5 * labels[:, None]
    return resample(
        labels,
        method=name,
        ratio=1.0,
        k_neighbors=5,
        seed=7,
        space=points.astype(np.float32),
        settings=own,
    )
