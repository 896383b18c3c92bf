"""The bag of words that checks share: folds, AUC, correlation, texts without words."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.metrics import matthews_corrcoef, roc_auc_score

from support.ill_corpora import healthy, rows_of
from sweep.audit.terms import Terms, auc, phi


def test_equal_texts_stand_in_one_fold_and_classes_are_dealt_evenly(tmp_path: Path) -> None:
    given = healthy(300)
    terms = Terms.of(rows_of(tmp_path, given + given[:50]), 0)
    places = terms.learnable
    fold = terms.fold_of(places, terms.labels[places])
    keys = terms.rows.keys[terms.taken[places]]
    assert all(len(set(fold[keys == key])) == 1 for key in np.unique(keys))
    shares = [terms.labels[places][fold == held].mean() for held in range(5)]
    assert max(shares) - min(shares) < 0.15
    assert len(terms.learnable) == (terms.rows.parts != "test").sum()


def test_auc_and_phi_are_the_textbooks() -> None:
    rng = np.random.default_rng(0)
    truth = (rng.random(400) < 0.3).astype(int)
    values = np.round(truth + rng.normal(0, 1, 400), 1)
    area, (low, high) = auc(truth, values)
    assert area == pytest.approx(roc_auc_score(truth, values))
    assert low < area < high
    assert auc(np.ones(4, int), np.arange(4))[0] == 0.5
    holds = np.stack([values > 0.5, np.ones(400, bool), rng.random(400) < 0.1], axis=1)
    found = phi(csr_matrix(holds.astype(np.float32)), truth)
    for at in range(3):
        assert found[at] == pytest.approx(matthews_corrcoef(truth, holds[:, at]), abs=1e-6)


@pytest.mark.parametrize("seed", range(2))
def test_an_interval_of_the_auc_holds_the_truth(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inside = 0
    for _ in range(200):
        truth = (rng.random(200) < 0.4).astype(int)
        _, (low, high) = auc(truth, truth + rng.normal(0, 1, 200))
        inside += low <= 0.7602 <= high  # Phi(1 / sqrt 2)
    assert inside >= 184  # 95 in 100, less two standard errors


def test_texts_without_a_word_are_borne(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, [{"text": "\u0301" * (at + 1), "label": at % 2} for at in range(40)])
    terms = Terms.of(rows, 0)
    answers, weights = terms.held_out(terms.learnable, terms.labels[terms.learnable])
    assert np.isfinite(answers).all()
    assert len(weights) == terms.counts.shape[1]
