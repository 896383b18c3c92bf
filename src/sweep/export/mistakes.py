"""The texts that a model is most wrong about, among those that its networks had not trained on."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweep.export.winner import Winner
from sweep.files import check_unchanged
from sweep.scoring.baselines import by_row
from sweep.scoring.decision import Decision
from sweep.text.cache import load_texts, rows_of
from sweep.typed import start_over
from sweep.workspace import FinalistFolder, TrialFolder

Answered = tuple[list[str], NDArray[np.float64], NDArray[np.float64]]
"""Texts, labels 0 or 1, (N,), and probabilities of the label 1, (N,)."""


def most_wrong(
    texts: Sequence[str],
    labels: ArrayLike,
    probabilities: ArrayLike,
    *,
    count: int,
    names: tuple[str, str],
) -> list[dict[str, Any]]:
    """Choose the texts whose answers lie farthest from their labels.

    Args:
        texts: N of them.
        labels: 0 or 1, (N,).
        probabilities: of the label 1, (N,).
        count: how many at most; those on the right side of one half are none.
        names: what the labels 0 and 1 are called.

    Returns:
        `text`, `label` (its name) and `probability` of each, the worst first.
    """
    truth, p = np.asarray(labels).astype(int), np.asarray(probabilities, dtype=np.float64)
    off = np.abs(p - truth)
    worst = [int(row) for row in np.argsort(-off, kind="stable")[:count] if off[row] > 0.5]
    return [
        {"text": texts[row], "label": names[truth[row]], "probability": float(p[row])}
        for row in worst
    ]


def answers_of_bag(
    whole: Winner, best: Mapping[str, Any], finalist: FinalistFolder, corpora: Sequence[Path]
) -> Answered:
    """Gather what a bag's members said about the rows that they had not trained on.

    Args:
        whole: the bag.
        best: of the summary.
        finalist: the winner's folder.
        corpora: folder of each member's cached corpus.

    Returns:
        Texts, labels, (N,), and the probabilities by the bag's decision, (N,), in the corpus's order.

    Raises:
        BundleError: a file of answers is not the one that training wrote.
    """
    again = start_over(finalist.root.parents[1])
    held = []
    for told, network in zip(best["members"], whole.networks, strict=True):
        file = finalist.member(told["fold"]).validation
        check_unchanged(file, told["answers_sha256"], again)
        with np.load(file) as kept:
            held.append(kept["logits"].astype(np.float64) + network.shift)
    rows = [rows_of(corpus, "validation") for corpus in corpora]
    parts = [load_texts(corpus, "validation") for corpus in corpora]
    labels = by_row(rows, [part_labels for _, part_labels in parts])
    pooled = by_row(rows, held)
    text_of = dict(
        zip(np.concatenate(rows).tolist(), itertools.chain(*(t for t, _ in parts)), strict=True)
    )
    decision = Decision.from_dict(dict(whole.decision))
    return [text_of[row] for row in sorted(text_of)], labels, decision.probabilities(pooled)


def answers_of_trial(trial: TrialFolder, corpus: Path) -> Answered:
    """Gather what a single network said about the validation part.

    Args:
        trial: the winner's folder.
        corpus: folder of the cached corpus.

    Returns:
        Texts, labels, (N,), and probabilities, (N,), in the corpus's order.
    """
    texts, labels = load_texts(corpus, "validation")
    with np.load(trial.validation) as kept:
        return texts, labels.astype(np.float64), kept["probabilities"].astype(np.float64)
