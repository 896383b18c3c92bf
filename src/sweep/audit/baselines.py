"""What simple methods reach on the validation part, each at its own threshold: what a network must beat."""

from collections.abc import Callable
from typing import Any

import numpy as np

from sweep.audit.terms import Terms, linear_model
from sweep.scoring.metrics import scores


def baselines(
    terms: Terms, choose_threshold: Callable[[np.ndarray, np.ndarray], float]
) -> dict[str, dict[str, float]]:
    """Fit simple methods on the training part and score them on the validation part; the test part stays unread.

    `majority` gives every text the training part's share of positives, `naive_bayes` is the multinomial model on the
    words and pairs that a text holds, `tfidf_logreg` is logistic regression on TF-IDF of them.

    Args:
        terms: the rows as words.
        choose_threshold: gives the threshold for labels and probabilities, both (n,).

    Returns:
        `sweep.scoring.metrics.scores` by method; nothing where a part lacks one of the classes.
    """
    from sklearn.naive_bayes import MultinomialNB

    train, held = (np.flatnonzero(terms.parts == part) for part in ("train", "validation"))
    labels, truth = terms.labels[train], terms.labels[held]
    if len(np.unique(labels)) < 2 or len(np.unique(truth)) < 2:
        return {}
    models: dict[str, Any] = {"naive_bayes": MultinomialNB(), "tfidf_logreg": linear_model()}
    found = {"majority": scores(truth, np.full(len(truth), float(labels.mean())), 0.5)}
    for name, model in models.items():
        asked = model.fit(terms.counts[train], labels).predict_proba(terms.counts[held])
        # Rounding may lift a sum of naive Bayes above 1.
        answers = np.clip(asked[:, 1], 0, 1)
        found[name] = scores(truth, answers, choose_threshold(truth, answers))
    return found
