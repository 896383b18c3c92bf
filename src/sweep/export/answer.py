"""What an exported model says to texts, in one way wherever it is asked: command, MLflow model or server."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sweep.data.rows import visible
from sweep.export.bundle import as_text

LABEL = "label"
_LONGEST = 40


class Predicts(Protocol):
    """What an exported model can do; see `sweep.export.bundle.Bundle`."""

    def predict(self, texts: Sequence[object]) -> tuple[np.ndarray, list[str]]:
        """Probabilities of the positive class, (N,), and N labels."""


@dataclass(frozen=True)
class Answers:
    """Answers to N texts.

    Args:
        probabilities: of the positive class, (N,), float64; NaN where there is no text.
        labels: N of them; None where there is no text.
    """

    probabilities: np.ndarray
    labels: list[str | None]

    def cells(self) -> tuple[list[float | None], list[str | None]]:
        """Both columns as plain values, None where there is no text."""
        probabilities = [None if p != p else p for p in self.probabilities.tolist()]
        return probabilities, self.labels


def answer(model: Predicts, texts: Sequence[object]) -> Answers:
    """Classify raw cells; one without a text gets no answer, since its probability would mean nothing.

    Args:
        model: the exported model.
        texts: N cells: texts, numbers, or missing values.

    Returns:
        The answers, in the order of the texts.
    """
    written = [as_text(text) for text in texts]
    there = [row for row, text in enumerate(written) if visible(text)]
    probabilities = np.full(len(written), np.nan)
    labels: list[str | None] = [None] * len(written)
    if there:
        found, said = model.predict([written[row] for row in there])
        probabilities[there] = found
        for row, label in zip(there, said, strict=True):
            labels[row] = label
    return Answers(probabilities, labels)


def probability_column(positive: str) -> str:
    """Name the column of probabilities by what they are the probability of.

    Args:
        positive: what the positive class is called.

    Returns:
        A name of letters, digits and `_` alone.

    >>> [probability_column(label) for label in ("negative", "1", "not so!", "--")]
    ['probability_negative', 'probability_1', 'probability_not_so', 'probability_yes']
    """
    safe = re.sub(r"\W+", "_", positive).strip("_")[:_LONGEST].strip("_")
    return f"probability_{safe or 'yes'}"
