"""The rows as a bag of words, counted once for every check that asks a linear model."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sweep.audit.rows import Rows, sampled
from sweep.scoring.chance import error_of_auc
from sweep.seeds import derive
from sweep.text.tfidf import WORD_OR_SIGN

MOST_ROWS = 20_000
"""Rows that linear models of the audit see at most; a sample beyond."""
MOST_TERMS = 200_000
LONGEST = 10_000
"""Characters of a text that are read."""
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Terms:
    """M of the rows with the words, signs and neighbouring pairs in each."""

    rows: Rows
    taken: np.ndarray
    """M indices of rows, rising; those that the split left out are not among them."""
    counts: Any
    """Sparse, (M, terms), 1 where a text holds a term; the terms occur in two texts or more."""
    names: np.ndarray
    """The terms."""
    seed: int

    @classmethod
    def of(cls, rows: Rows, seed: int) -> "Terms":
        """Count terms.

        Args:
            rows: all of them.
            seed: of samples and models.
        """
        from sklearn.feature_extraction.text import CountVectorizer

        used = np.flatnonzero(rows.parts != "")
        taken = sampled(used, rows.labels, MOST_ROWS, derive(seed, "audit", "rows"))
        texts = [rows.texts[row][:LONGEST] for row in taken]
        options: dict[str, Any] = {
            "token_pattern": WORD_OR_SIGN,
            "ngram_range": (1, 2),
            "binary": True,
            "dtype": np.float32,
            "max_features": MOST_TERMS,
        }
        try:
            vectorizer = CountVectorizer(min_df=min(2, len(texts)), **options)
            counts = vectorizer.fit_transform(texts)
        except ValueError as error:  # scikit-learn has no narrower class for an empty vocabulary
            if not any(words in str(error) for words in ("empty vocabulary", "no terms remain")):
                raise
            vectorizer = CountVectorizer(vocabulary=["\0"], **options)
            counts = vectorizer.fit_transform(texts)
        return cls(rows, taken, counts.tocsr(), vectorizer.get_feature_names_out(), seed)

    @property
    def labels(self) -> np.ndarray:
        """M labels."""
        mine: np.ndarray = self.rows.labels[self.taken]
        return mine

    @property
    def parts(self) -> np.ndarray:
        """M parts."""
        mine: np.ndarray = self.rows.parts[self.taken]
        return mine

    @property
    def learnable(self) -> np.ndarray:
        """Places among the M of training and validation rows."""
        return np.flatnonzero(self.parts != "test")

    def held_out(self, places: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ask a linear model about rows that it has not seen: logistic regression on TF-IDF, in five folds.

        Args:
            places: among the M, (n,).
            truth: what is asked, 0 or 1, (n,).

        Returns:
            The probability of 1, (n,), and the mean weight of each term.
        """
        counts = self.counts[places]
        answers = np.full(len(places), float(np.mean(truth)))
        weights = np.zeros(self.counts.shape[1])
        fold = self.fold_of(places, truth)
        for held in range(int(fold.max()) + 1):
            fit, ask = fold != held, fold == held
            if len(np.unique(truth[fit])) < 2 or not ask.any():
                continue
            model = linear_model().fit(counts[fit], truth[fit])
            answers[ask] = model.predict_proba(counts[ask])[:, 1]
            weights += model[-1].coef_[0] / FOLDS
        return answers, weights

    def fold_of(self, places: np.ndarray, truth: np.ndarray) -> np.ndarray:
        """Give rows their folds: equal texts one fold, each class dealt out evenly.

        Args:
            places: among the M, (n,).
            truth: classes to deal out, (n,).

        Returns:
            A fold from 0 for each, (n,).
        """
        rng = np.random.default_rng(derive(self.seed, "audit", "folds"))
        keys = self.rows.keys[self.taken[places]]
        _, first, cluster = np.unique(keys, return_index=True, return_inverse=True)
        fold = np.empty(len(first), dtype=np.int64)
        for value in (0, 1):
            mine = np.flatnonzero(truth[first] == value)
            fold[rng.permutation(mine)] = np.arange(len(mine)) % FOLDS
        return fold[cluster]


def linear_model() -> Any:
    """The linear model that the audit asks: logistic regression on TF-IDF of counted terms, not yet fitted."""
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    regression = LogisticRegression(C=10, solver="liblinear", max_iter=200, random_state=0)
    return make_pipeline(TfidfTransformer(), regression)


def auc(truth: np.ndarray, values: np.ndarray) -> tuple[float, tuple[float, float]]:
    """Say how well values tell ones from zeros.

    Args:
        truth: 0 or 1, (n,), both there.
        values: higher for ones, (n,).

    Returns:
        The area under the ROC curve, and the interval in which it lies 95 times in 100 (Hanley & McNeil, "The meaning
        and use of the area under a ROC curve", 1982).
    """
    from scipy.stats import rankdata

    ones = float(np.sum(truth == 1))
    zeros = len(truth) - ones
    if not ones or not zeros:
        return 0.5, (0.0, 1.0)
    ranks = rankdata(values)[truth == 1].sum()
    area = float((ranks - ones * (ones + 1) / 2) / (ones * zeros))
    half = 1.96 * error_of_auc(area, ones, zeros)
    return area, (max(0.0, area - half), min(1.0, area + half))


def phi(counts: Any, truth: np.ndarray) -> np.ndarray:
    """Correlate the presence of each term with the truth (Matthews' coefficient of the term as the answer).

    Args:
        counts: sparse, 1 where a row holds a term, (n, terms).
        truth: 0 or 1, (n,).

    Returns:
        From -1 to 1, (terms,); 0 for a term that all rows or none hold.
    """
    n, yes = len(truth), float(np.sum(truth))
    held = np.asarray(counts.sum(axis=0), dtype=np.float64).ravel()
    both = np.asarray(counts.T @ truth.astype(np.float64)).ravel()
    below = np.sqrt(held * (n - held) * yes * (n - yes))
    return np.divide(n * both - held * yes, below, out=np.zeros_like(below), where=below > 0)
