"""What predicts the label nearly alone: one term, the length, the place in the file."""

import re
from typing import Any

import numpy as np

from sweep.audit.rows import Rows, printable
from sweep.audit.terms import Terms, auc, phi

NAMED = 5
"""Terms that are named."""
LEAST_SPELLED = 0.3
"""Correlation from which a word of the label's own name is told: the text spells the label."""


def shortcuts(terms: Terms) -> dict[str, Any]:
    """Ask how far one thing alone tells the label, on training and validation rows.

    Args:
        terms: the rows as words.

    Returns:
        `terms`: the strongest, each with its `correlation` with the label (phi), the share of rows that hold it in each
        class, and `lines`; `spelled`: those of them that stand in a label's name; `length`: its `auc`
        with `interval`, above 0.5 where positive texts are the longer ones.
    """
    places = terms.learnable
    truth = terms.labels[places].astype(np.int64)
    counts = terms.counts[places]
    strength = phi(counts, truth)
    order = np.argsort(-np.abs(strength), kind="stable")[:NAMED]
    length = np.array([len(terms.rows.texts[row]) for row in terms.taken[places]], dtype=float)
    area, interval = auc(truth, length)
    words = _name_words(terms.rows.names)
    own = [at for at, name in enumerate(terms.names) if name in words]
    spelled = [at for at in own if abs(strength[at]) >= LEAST_SPELLED]
    return {
        "terms": [_told(terms, places, counts, truth, at, strength[at]) for at in order],
        "spelled": [_told(terms, places, counts, truth, at, strength[at]) for at in spelled],
        "length": {"auc": area, "interval": list(interval)},
    }


def _name_words(names: tuple[str, str]) -> set[str]:
    # What both names hold (`toxic`, `not toxic`) tells them apart no more than `0` and `1` do.
    both = [set(re.findall(r"[^\W\d_]{3,}", name.lower())) for name in names]
    return both[0] ^ both[1]


def _told(
    terms: Terms, places: np.ndarray, counts: Any, truth: np.ndarray, at: int, strength: float
) -> dict[str, Any]:
    holds = np.asarray(counts[:, [at]].todense()).ravel() > 0
    return {
        "term": printable(terms.names[at]),
        "correlation": float(strength),
        "positive": float(holds[truth == 1].mean()),
        "negative": float(holds[truth == 0].mean()),
        "lines": terms.rows.where(terms.taken[places[holds]], limit=20),
    }


def order(rows: Rows, terms: Terms) -> dict[str, Any]:
    """Ask whether the place of a row in its file tells anything: the class, or what the next row says.

    Args:
        rows: all of them.
        terms: the rows as words.

    Returns:
        `labels`: how much more often than by chance two neighbours have one label, as a share of the most that is
        possible (1: the file is sorted by class), with `z` of the runs test (Wald & Wolfowitz, 1940); `texts`: how
        much more alike neighbours' words are than those of rows far apart, as a `ratio` of the mean cosines with `z`
        from rows put in random order.
    """
    same = []
    labels = rows.labels.astype(np.int64)
    for part in np.unique(rows.file):
        mine = labels[rows.file == part]
        same.append(mine[1:] == mine[:-1])
    alike = np.concatenate(same)
    share = float(labels.mean())
    chance = share**2 + (1 - share) ** 2
    spread = np.sqrt(chance * (1 - chance) / max(len(alike), 1))
    seen = float(alike.mean()) if len(alike) else chance
    return {
        "labels": {
            "excess": (seen - chance) / max(1 - chance, 1e-9),
            "z": float((seen - chance) / max(float(spread), 1e-9)),
        },
        "texts": _neighbours(terms),
    }


def _neighbours(terms: Terms) -> dict[str, float]:
    from sklearn.feature_extraction.text import TfidfTransformer

    # A sample would have neighbours that are none.
    if len(terms.taken) < (terms.rows.parts != "").sum() or len(terms.taken) < 3:
        return {"ratio": 1.0, "z": 0.0}
    weighed = TfidfTransformer().fit_transform(terms.counts)
    keys = terms.rows.keys[terms.taken]

    def alike(places: np.ndarray) -> float:
        one, other = places[:-1], places[1:]
        apart = keys[one] != keys[other]  # copies beside one another are told as duplicates
        cosines = np.asarray(weighed[one].multiply(weighed[other]).sum(axis=1)).ravel()
        return float(cosines[apart].mean()) if apart.any() else 0.0

    rng = np.random.default_rng(terms.seed)
    places = np.arange(len(terms.taken))
    by_chance = np.array([alike(rng.permutation(places)) for _ in range(20)])
    seen, mean = alike(places), float(by_chance.mean())
    return {
        "ratio": seen / max(mean, 1e-9),
        "z": (seen - mean) / max(float(by_chance.std(ddof=1)), 1e-9),
    }
