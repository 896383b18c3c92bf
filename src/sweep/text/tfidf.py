"""Texts as vectors of their words: what the baseline reads, and where texts lie near or far."""

from collections.abc import Sequence
from typing import Any

import numpy as np

WORD_OR_SIGN = r"\w+|[^\w\s]"
"""A word of any length, or one sign; in messages `!` and `£` tell much."""


def tfidf(texts: Sequence[str]) -> tuple[Any, Any]:
    """Fit TF-IDF on words, punctuation and pairs of neighbours among them.

    Terms must occur in two texts, where any does.

    Args:
        texts: the training texts, (n,).

    Returns:
        The fitted vectorizer and the sparse features, (n, terms); a text without any term is all
        zeros.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    options = {
        "token_pattern": WORD_OR_SIGN,
        "sublinear_tf": True,
        "ngram_range": (1, 2),
        "dtype": np.float32,
    }
    texts = list(texts)
    for least in sorted({1, min(2, len(texts))}, reverse=True):
        vectorizer = TfidfVectorizer(min_df=least, **options)
        try:
            return vectorizer, vectorizer.fit_transform(texts)
        except ValueError as error:  # scikit-learn has no narrower class for an empty vocabulary
            if not any(words in str(error) for words in ("empty vocabulary", "no terms remain")):
                raise
    # Every text is blank: one term that none of them holds.
    vectorizer = TfidfVectorizer(vocabulary=["\0"], **options)
    return vectorizer, vectorizer.fit_transform(texts)


def distance_space(texts: Sequence[str], *, components: int, seed: int) -> np.ndarray:
    """Place texts in a vector space where distances mean something: TF-IDF, then truncated SVD.

    Args:
        texts: the training texts, (n,).
        components: dimensions at most; fewer where the texts hold fewer different terms.
        seed: of the SVD's random start.

    Returns:
        float32, (n, c); rows of length 1, or 0 for a text without any term.
    """
    from sklearn.decomposition import TruncatedSVD

    _, features = tfidf(texts)
    if features.shape[1] <= components:
        points = features.toarray()
    else:
        svd = TruncatedSVD(min(components, features.shape[0]), random_state=seed % 2**32)
        # Texts that are all alike have no variance; its shares, which go unused, are 0 / 0.
        with np.errstate(invalid="ignore", divide="ignore"):
            points = svd.fit_transform(features)
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    # What is left of a text whose terms the SVD dropped is rounding, not a direction.
    return np.where(lengths > 1e-6, points / np.maximum(lengths, 1e-6), 0).astype(np.float32)
