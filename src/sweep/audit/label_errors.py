"""Labels that a linear model, which has not seen the row, contradicts."""

from typing import Any

import numpy as np

from sweep.audit.terms import Terms, auc

SURE = 0.9
"""Probability of the other label from which a contradiction counts as sure."""


def label_errors(terms: Terms) -> dict[str, Any]:
    """Suspect labels by confident learning.

    A row counts as belonging to a class where its probability of the class reaches the mean of those labelled so;
    rows that belong to the other class than they are labelled are suspects, ordered by how sure the model is. This is
    the confident joint of Northcutt, Jiang & Chuang, "Confident learning: estimating uncertainty in dataset labels",
    JAIR 2021, written from the paper for two classes: its own package, cleanlab, is under a licence (AGPL) that would
    bind users of this one. Test rows are not asked about.

    Args:
        terms: the rows as words.

    Returns:
        `rows` asked about, `suspects`, their `share`, the model's `auc` with `interval`, for each class that it names
        with a probability of 0.9 or more how many rows those are (`named`) and how many of them are labelled
        `otherwise`, and `lines` of both kinds, the surest first.
    """
    places = terms.learnable
    labels = terms.labels[places].astype(np.int64)
    if len(np.unique(labels)) < 2:
        return {}
    answers, _ = terms.held_out(places, labels)
    area, interval = auc(labels, answers)
    of_label = np.where(labels == 1, answers, 1 - answers)
    means = [float(of_label[labels == value].mean()) for value in (0, 1)]
    other = np.where(labels == 1, means[0], means[1])
    mine = np.where(labels == 1, means[1], means[0])
    # Where both thresholds are reached, the more probable class counts.
    suspect = (1 - of_label >= other) & ~((of_label >= mine) & (of_label >= 0.5))
    told = np.flatnonzero(suspect | (of_label <= 1 - SURE))
    order = told[np.argsort(of_label[told], kind="stable")]
    sure = {
        name: {
            "named": int((said := (answers >= SURE if value else answers <= 1 - SURE)).sum()),
            "otherwise": int((said & (labels != value)).sum()),
        }
        for name, value in (("positive", 1), ("negative", 0))
    }
    return {
        "rows": len(places),
        "suspects": int(suspect.sum()),
        "share": float(suspect.mean()),
        "sure": sure,
        "auc": area,
        "interval": list(interval),
        "lines": terms.rows.where(terms.taken[places[order]]),
    }
