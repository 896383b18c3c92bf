"""Columns beside text and label that give the label away, by their value or by being filled at all."""

import re
from typing import Any

import numpy as np

from sweep.audit.rows import Rows, printable, sampled
from sweep.audit.terms import auc, phi

MOST_ROWS = 20_000
MOST_COLUMNS = 100
WORDS = 40
"""Words of a cell that are looked at."""
LEAST = 25
"""Filled rows of each class, in each half, without which values are not asked: few rows fit anything."""


def columns(rows: Rows, seed: int) -> dict[str, dict[str, Any]]:
    """Ask of each other column how well it tells the label.

    Half of the training and validation rows say what the values mean, the other half is asked; so a column of
    identifiers, each of which occurs once, tells nothing.

    Args:
        rows: all of them.
        seed: of the halves.

    Returns:
        By column: `filled` for the share of rows of each class that have a value, and `correlation` of being filled
        with the label (phi); `auc` and `interval` with which its values tell the label of rows held out, and `by`:
        what of the value does it, `value`, `number` or `word`.
    """
    learnable = sampled(rows.learnable, rows.labels, MOST_ROWS, seed)
    truth = rows.labels[learnable].astype(np.int64)
    half = np.random.default_rng(seed).random(len(learnable)) < 0.5
    found = {}
    for name, values in list(rows.columns.items())[:MOST_COLUMNS]:
        cells = [values[row] for row in learnable]
        filled = np.array([_filled(cell) for cell in cells], dtype=bool)
        told: dict[str, Any] = {
            "filled": {
                "positive": float(filled[truth == 1].mean()) if truth.any() else 0.0,
                "negative": float(filled[truth == 0].mean()) if (truth == 0).any() else 0.0,
            },
            "correlation": float(phi(filled.astype(float)[:, None], truth)[0]),
        }
        # Among rows that are filled, so that an empty cell is not a value.
        told |= _by_value(
            [c for c, f in zip(cells, filled, strict=True) if f], truth[filled], half[filled]
        )
        found[printable(name)] = told
    return found


def _filled(cell: object) -> bool:
    return not (cell is None or cell != cell or (isinstance(cell, str) and not cell.strip()))  # noqa: PLR0124


def _by_value(cells: list[object], truth: np.ndarray, half: np.ndarray) -> dict[str, Any]:
    counts = [np.bincount(truth[mine], minlength=2).min() for mine in (half, ~half)]
    if min(counts) < LEAST:
        return {}
    asked: dict[str, np.ndarray] = {}
    numbers = np.array([_number(cell) for cell in cells])
    if np.isfinite(numbers).all():
        asked["number"] = numbers * np.sign(0.5 - (auc(truth[half], numbers[half])[0] < 0.5))
    asked["value"] = _by_key([str(cell).strip().lower() for cell in cells], truth, half)
    asked["word"] = _by_word(cells, truth, half)
    by, (area, interval) = max(
        ((by, auc(truth[~half], values[~half])) for by, values in asked.items()),
        key=lambda one: one[1][0],
    )
    return {"auc": area, "interval": list(interval), "by": by}


def _number(cell: object) -> float:
    try:
        return float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def _by_key(keys: list[str], truth: np.ndarray, half: np.ndarray) -> np.ndarray:
    # The positive share of each value in one half, drawn to the mean where it has few rows.
    mean = float(truth[half].mean())
    number = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    which = np.array([number[key] for key in keys])
    rows = np.bincount(which[half], minlength=len(number))
    yes = np.bincount(which[half], truth[half], minlength=len(number))
    share: np.ndarray = ((yes + mean) / (rows + 1))[which]
    return share


def _by_word(cells: list[object], truth: np.ndarray, half: np.ndarray) -> np.ndarray:
    # The one word of the cells (`train/pos/12_7.txt` has `pos`) that goes with the label most.
    words = [set(re.findall(r"[^\W\d_]+", str(cell).lower())[:WORDS]) for cell in cells]
    number = {
        word: at for at, word in enumerate(dict.fromkeys(w for ws in words for w in sorted(ws)))
    }
    if not number:
        return np.zeros(len(cells))
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0, *map(len, words)])
    places = np.fromiter((number[w] for ws in words for w in ws), np.int64, int(ends[-1]))
    held = csr_matrix((np.ones(len(places)), places, ends), shape=(len(cells), len(number)))
    strength = phi(held[half], truth[half])
    best = int(np.argmax(np.abs(strength)))
    found: np.ndarray = np.asarray(held[:, [best]].todense()).ravel() * np.sign(strength[best])
    return found
