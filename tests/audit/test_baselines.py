"""Simple methods: their scores are scikit-learn's, and they learn from the training part alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.naive_bayes import MultinomialNB

from support.ill_corpora import healthy, rows_of
from sweep.audit.baselines import baselines
from sweep.audit.terms import Terms
from sweep.scoring.metrics import scores


def middle(labels: np.ndarray, answers: np.ndarray) -> float:
    return 0.5


def test_scores_are_those_of_a_model_of_the_training_part(tmp_path: Path) -> None:
    terms = Terms.of(rows_of(tmp_path, healthy(400)), 0)
    found = baselines(terms, middle)
    train, held = (np.flatnonzero(terms.parts == part) for part in ("train", "validation"))
    model = MultinomialNB().fit(terms.counts[train], terms.labels[train])
    answers = np.clip(model.predict_proba(terms.counts[held])[:, 1], 0, 1)
    assert found["naive_bayes"] == scores(terms.labels[held], answers, 0.5)
    assert found["majority"]["roc_auc"] == 0.5
    assert min(found[name]["roc_auc"] for name in ("naive_bayes", "tfidf_logreg")) > 0.9


def test_the_threshold_is_the_one_that_is_chosen(tmp_path: Path) -> None:
    terms = Terms.of(rows_of(tmp_path, healthy(300)), 0)
    never = baselines(terms, lambda labels, answers: 1.1)
    assert never["tfidf_logreg"]["recall"] == 0
    assert never["tfidf_logreg"]["roc_auc"] == pytest.approx(
        baselines(terms, middle)["tfidf_logreg"]["roc_auc"]
    )


def test_a_part_of_one_class_gives_none(tmp_path: Path) -> None:
    terms = Terms.of(rows_of(tmp_path, healthy(200)), 0)
    assert (
        baselines(replace(terms, rows=replace(terms.rows, labels=np.zeros(200, int))), middle)
        == {}
    )
