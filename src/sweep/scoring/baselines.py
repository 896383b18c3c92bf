"""What a recurrent network must beat: always the same answer, and a bag of words."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sweep.scoring.metrics import scores

Part = tuple[Sequence[str], np.ndarray]
"""Texts and their labels, 0 or 1, (n,)."""


def baselines(
    train: Part,
    validation: Part,
    test: Part | None,
    *,
    seed: int,
    vectorize: Callable[[Sequence[str]], tuple[Any, Any]],
    choose_threshold: Callable[[np.ndarray, np.ndarray], float],
) -> dict[str, dict[str, dict[str, float]]]:
    """Score two baselines fitted on the training part.

    `majority` gives every text the training part's share of positives and calls it by the larger
    class. `tfidf_logreg` is logistic regression on words, signs and their neighbouring pairs; its
    threshold is chosen on the validation part.

    Args:
        train: texts and labels, both classes.
        validation: texts and labels.
        test: texts and labels, or None where the test part must stay unread.
        seed: of the regression's solver.
        vectorize: fits a bag of words, `sweep.text.tfidf.tfidf`: the vectorizer and the texts' features.
        choose_threshold: gives the threshold for labels and probabilities, both (n,).

    Returns:
        `metrics.scores` by baseline and part; no `test` where none was given.

    Raises:
        ValueError: the training part holds one class only.
    """
    texts, labels = train
    labels = np.asarray(labels)
    if len(np.unique(labels)) < 2:
        raise ValueError("Baselines need a training part with both classes.")
    parts = {"validation": validation} | ({"test": test} if test is not None else {})
    prior = float(np.mean(labels))
    majority = {
        name: scores(truth, np.full(len(truth), prior), 0.5) for name, (_, truth) in parts.items()
    }
    vectorizer, features = vectorize(texts)
    model = _regression(features, labels, seed)
    found = {
        name: model.predict_proba(vectorizer.transform(list(rows)))[:, 1]
        for name, (rows, _) in parts.items()
    }
    threshold = choose_threshold(np.asarray(validation[1]), found["validation"])
    logreg = {name: scores(truth, found[name], threshold) for name, (_, truth) in parts.items()}
    return {"majority": majority, "tfidf_logreg": logreg}


def _regression(features: Any, labels: np.ndarray, seed: int) -> Any:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        # A thousand steps bring a baseline near enough to its best.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(C=10, max_iter=1000, random_state=seed % 2**32).fit(
            features, labels
        )
