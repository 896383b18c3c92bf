"""What a recurrent network must beat: always the same answer, and a bag of words."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossValidated:
    """Baselines that answered for the parts that they had not been fitted on."""

    scores: dict[str, dict[str, Any]]
    """By baseline: `validation`, the scores of all answers together; `folds`, the objective on each; `test`."""
    answers: np.ndarray
    """Probabilities of `tfidf_logreg` for each row, the mean of all answers about it, (N,)."""
    threshold: float
    """Chosen on them."""
    test: np.ndarray
    """Probabilities of `tfidf_logreg` on the test part, (M,)."""


def cross_validated(
    folds: Sequence[tuple[Part, Part]],
    test: Part,
    *,
    rows: Sequence[np.ndarray],
    seed: int,
    metric: str,
    vectorize: Callable[[Sequence[str]], tuple[Any, Any]],
    choose_threshold: Callable[[np.ndarray, np.ndarray], float],
) -> CrossValidated:
    """Fit the two baselines of `baselines` on folds, and on all their rows for the test part.

    Args:
        folds: of each the training part and the part held out.
        test: texts and labels.
        rows: which rows each part held out holds; see `by_row`.
        seed: of the regression's solver.
        metric: name of the objective.
        vectorize: as under `baselines`.
        choose_threshold: as under `baselines`; it sees the answers about all parts held out.

    Returns:
        Scores, answers and threshold.
    """
    answers = [_answers(train, held[0], seed, vectorize) for train, held in folds]
    truths = [np.asarray(held[1]) for _, held in folds]
    truth, pooled = by_row(rows, truths), by_row(rows, answers)
    threshold = choose_threshold(truth, pooled)
    (texts, labels), (more, others) = folds[0]
    every = [*texts, *more], np.concatenate([labels, others])
    share = float(every[1].mean())
    on_test = _answers(every, test[0], seed, vectorize)
    found = {}
    for name, parts, cut, last in (
        ("majority", [np.full(len(t), share) for t in truths], 0.5, np.full(len(test[1]), share)),
        ("tfidf_logreg", answers, threshold, on_test),
    ):
        by_fold = [scores(t, p, cut)[metric] for t, p in zip(truths, parts, strict=True)]
        whole = scores(truth, by_row(rows, parts), cut)
        found[name] = {"validation": whole, "folds": by_fold, "test": scores(test[1], last, cut)}
    return CrossValidated(scores=found, answers=pooled, threshold=threshold, test=on_test)


def by_row(rows: Sequence[np.ndarray], values: Sequence[np.ndarray]) -> np.ndarray:
    """Bring what folds say about their rows into the rows' order.

    Args:
        rows: numbers of each fold's rows, (n_k,).
        values: a number for each of them, (n_k,).

    Returns:
        The mean of all values for a row, (N,), rows in rising order.

    >>> by_row([np.array([2, 5]), np.array([2, 3])], [np.array([1, 2]), np.array([0, 3])])
    array([0.5, 3. , 2. ])
    """
    _, place, counts = np.unique(np.concatenate(rows), return_inverse=True, return_counts=True)
    mean: np.ndarray = np.bincount(place, np.concatenate(values)) / counts
    return mean


def _answers(
    train: Part,
    texts: Sequence[str],
    seed: int,
    vectorize: Callable[[Sequence[str]], tuple[Any, Any]],
) -> np.ndarray:
    vectorizer, features = vectorize(train[0])
    model = _regression(features, np.asarray(train[1]), seed)
    found: np.ndarray = model.predict_proba(vectorizer.transform(list(texts)))[:, 1]
    return found


def _regression(features: Any, labels: np.ndarray, seed: int) -> Any:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        # A thousand steps bring a baseline near enough to its best.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(C=10, max_iter=1000, random_state=seed % 2**32).fit(
            features, labels
        )
