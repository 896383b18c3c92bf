"""Whether the parts are of one kind: label share, length, and a model that tells them apart."""

from typing import Any

import numpy as np

from sweep.audit.rows import printable
from sweep.audit.terms import Terms, auc

NAMED = 8
"""Terms that are named, those of the later part first."""


def drift(terms: Terms) -> dict[str, dict[str, Any]]:
    """Compare validation and test with training.

    Args:
        terms: the rows as words.

    Returns:
        For each of the two parts: `drawn`, whether the split was drawn at random; the `positive` shares of training and
        part with the `difference` and its `interval`; `length`, how well a text's length tells the part
        (`auc`, `interval`); `texts`, how well its words do, asked of rows held out (Lopez-Paz & Oquab, "Revisiting
        classifier two-sample tests", ICLR 2017), with the `terms` that do it. Rows that were dealt out one by one at
        random are not asked for their words: their parts are of one kind, and asking takes most of the audit's time.
    """
    found = {}
    for part in ("validation", "test"):
        train, mine = (np.flatnonzero(terms.parts == name) for name in ("train", part))
        if not len(train) or not len(mine):
            continue
        drawn = _drawn(terms, part)
        found[part] = {"drawn": drawn, **_compared(terms, train, mine)}
        if not drawn or terms.rows.grouped:
            found[part]["texts"] = _by_words(terms, train, mine)
    return found


def _drawn(terms: Terms, part: str) -> bool:
    official = terms.rows.official
    return official is None or not bool((official == part).any())


def _compared(terms: Terms, train: np.ndarray, mine: np.ndarray) -> dict[str, Any]:
    labels = terms.labels
    before, after = float(labels[train].mean()), float(labels[mine].mean())
    spread = before * (1 - before) / len(train) + after * (1 - after) / len(mine)
    half = 1.96 * float(np.sqrt(spread))
    places = np.concatenate([train, mine])
    of_part = np.repeat([0, 1], [len(train), len(mine)])
    length = np.array([len(terms.rows.texts[row]) for row in terms.taken[places]], dtype=float)
    by_length, length_interval = auc(of_part, length)
    return {
        "positive": [before, after],
        "difference": after - before,
        "interval": [after - before - half, after - before + half],
        "length": {"auc": by_length, "interval": list(length_interval)},
    }


def _by_words(terms: Terms, train: np.ndarray, mine: np.ndarray) -> dict[str, Any]:
    of_part = np.repeat([0, 1], [len(train), len(mine)])
    answers, weights = terms.held_out(np.concatenate([train, mine]), of_part)
    by_words, interval = auc(of_part, answers)
    most = np.argsort(-np.abs(weights), kind="stable")[:NAMED]
    return {
        "auc": by_words,
        "interval": list(interval),
        "terms": [printable(terms.names[at]) for at in most],
    }
