"""Texts that occur more than once: equal after normalisation, or nearly equal; within parts and across them."""

from difflib import SequenceMatcher
from typing import Any

import numpy as np

from sweep.audit.rows import Rows
from sweep.data.split import normalised

ALIKE = 0.8
"""Two texts are near duplicates from this Jaccard index of their words and word pairs on, and, where they are short,
from this share of tokens in the same order on; the threshold of Lee et al., "Deduplicating training data makes
language models better", ACL 2022."""
SHORT = 60
"""Tokens up to which the order is compared too: in a longer text equal pairs leave little freedom."""
FEWEST = 5
"""Tokens below which a text has no near duplicates: one word more makes another text of it."""
MOST_ROWS = 50_000
MOST_PAIRS = 2_000_000
"""Bounds of the search for near duplicates: distinct texts, and pairs that are compared."""


def duplicates(rows: Rows) -> dict[str, Any]:
    """Count the rows whose text another row has, too.

    Args:
        rows: all of them.

    Returns:
        `rows` that repeat an earlier one, `share` of all, `texts` that occur more than once, the share of rows that
        repeat another of their class for `positive` and `negative`, and `lines`.
    """
    keys, labels = rows.keys, rows.labels
    counts = np.bincount(keys)
    _, first = np.unique(keys, return_index=True)
    again = np.ones(len(keys), dtype=bool)
    again[first] = False
    # Copies of one class: what over-sampling before the split leaves behind.
    of_class = keys * 2 + labels
    copies = len(of_class) - len(np.unique(of_class))
    by_class = {}
    for name, value in (("positive", 1), ("negative", 0)):
        mine = keys[labels == value]
        by_class[name] = 1 - len(np.unique(mine)) / max(len(mine), 1)
    return {
        "rows": int(again.sum()),
        "share": float(again.mean()),
        "texts": int((counts > 1).sum()),
        "same_label": int(copies),
        "most_often": int(counts.max()),
        "by_class": by_class,
        "lines": rows.where(np.flatnonzero(again)),
    }


def conflicts(rows: Rows) -> dict[str, Any]:
    """Count the texts that occur with both labels.

    Args:
        rows: all of them.

    Returns:
        `texts`, their `rows`, `share` of all rows, `wrong`: the rows that no answer to the texts can get right, and
        `lines`, the rows of a text beside one another.
    """
    keys, labels = rows.keys, rows.labels
    yes = np.bincount(keys, labels)
    total = np.bincount(keys)
    both = (yes > 0) & (yes < total)
    found = np.flatnonzero(both[keys])
    return {
        "texts": int(both.sum()),
        "rows": len(found),
        "share": len(found) / max(len(keys), 1),
        "wrong": int(np.minimum(yes, total - yes)[both].sum()),
        "lines": rows.where(found[np.argsort(keys[found], kind="stable")]),
    }


def shared(rows: Rows) -> dict[str, dict[str, Any]]:
    """Count the texts of validation and test that a training row has, too.

    Args:
        rows: all of them.

    Returns:
        For each of the two parts: the `rows` whose text is in the training part as it is used, `share` of the part,
        the share of them with the `same_label`, `official` the share of the official part that the training rows of
        the files held before the split settled it, and `lines` of the part's rows.
    """
    found = {}
    for part in ("validation", "test"):
        mine = np.flatnonzero(rows.parts == part)
        train = np.flatnonzero(rows.parts == "train")
        seen = np.isin(rows.keys[mine], rows.keys[train])
        told: dict[str, Any] = {
            "rows": int(seen.sum()),
            "share": float(seen.mean()) if len(mine) else 0.0,
            "same_label": _agreement(rows, mine[seen], train),
            "lines": rows.where(mine[seen]),
        }
        if rows.official is not None and (rows.official == part).any():
            before = np.flatnonzero(rows.official == "train")
            was = np.flatnonzero(rows.official == part)
            held = np.isin(rows.keys[was], rows.keys[before])
            told["official"] = {
                "rows": int(held.sum()),
                "share": float(held.mean()),
                "same_label": _agreement(rows, was[held], before),
                "lines": rows.where(was[held]),
            }
        found[part] = told
    return found


def _agreement(rows: Rows, mine: np.ndarray, train: np.ndarray) -> float:
    size = int(rows.keys.max()) + 1
    yes = np.bincount(rows.keys[train], rows.labels[train], size)
    total = np.bincount(rows.keys[train], minlength=size)
    keys = rows.keys[mine]
    if not len(keys):
        return 1.0
    return float(np.mean((2 * yes[keys] >= total[keys]) == (rows.labels[mine] == 1)))


def near_duplicates(rows: Rows) -> dict[str, Any]:
    """Find texts that are nearly equal to another text, numbers aside.

    Exact within its bounds: two sets of Jaccard index J share one of their rarest members, so that only texts that
    share a rare word or word pair are compared (Chaudhuri, Ganti & Kaushik, "A primitive operator for similarity joins
    in data cleaning", ICDE 2006).

    Args:
        rows: all of them; those that the split left out are not looked at.

    Returns:
        `texts` that have a near duplicate and their `share` of the distinct texts looked at; for `validation` and
        `test` the rows with a near duplicate (not an equal text) in the training part, their share, the share whose
        label is the `same`, `by_chance` the share that any two rows of these have, and `lines`; whether the search was
        `bounded`.
    """
    used = np.flatnonzero(rows.parts != "")
    _, first = np.unique(rows.keys[used], return_index=True)
    distinct = np.sort(used[first])
    bounded = len(distinct) > MOST_ROWS
    distinct = distinct[:MOST_ROWS]
    tokens = [_tokens(rows.texts[row]) for row in distinct]
    long = np.array([len(words) >= FEWEST for words in tokens], dtype=bool)
    distinct, tokens = distinct[long], [words for words in tokens if len(words) >= FEWEST]
    left, right, cut = _alike(tokens) if len(tokens) > 1 else (*np.empty((2, 0), np.int64), False)
    near = np.unique(np.concatenate([left, right]))
    found: dict[str, Any] = {
        "texts": len(near),
        "share": len(near) / max(len(distinct), 1),
        "bounded": bool(bounded or cut),
    }
    pairs = np.concatenate([np.stack([left, right]), np.stack([right, left])], axis=1)
    pairs = distinct[pairs] if pairs.size else pairs
    for part in ("validation", "test"):
        across = pairs[:, (rows.parts[pairs[0]] == part) & (rows.parts[pairs[1]] == "train")]
        mine, at = np.unique(across[0], return_index=True)
        same = rows.labels[across[0]] == rows.labels[across[1]]
        chance = float(rows.labels[across[1]].mean()) if across.size else 0.0
        own = float(rows.labels[mine].mean()) if len(mine) else 0.0
        found[part] = {
            "rows": len(mine),
            "share": len(mine) / max(int((rows.parts == part).sum()), 1),
            "same_label": float(same[at].mean()) if len(mine) else 1.0,
            "by_chance": chance * own + (1 - chance) * (1 - own),
            "lines": rows.where(mine),
        }
    return found


def _tokens(text: str) -> list[str]:
    # Numbers aside: two orders, two invoices, one template.
    masked = "".join("0" if c.isdigit() else c if c.isalnum() else " " for c in normalised(text))
    return masked.split()


def _alike(tokens: list[list[str]]) -> tuple[np.ndarray, np.ndarray, bool]:
    from sklearn.feature_extraction.text import CountVectorizer

    counts = CountVectorizer(
        analyzer=lambda words: (
            words + [f"{a} {b}" for a, b in zip(words, words[1:], strict=False)]
        ),
        binary=True,
        dtype=np.int32,
    )
    sets = counts.fit_transform(tokens).tocsr()
    rare = np.asarray(sets.sum(axis=0)).ravel()
    left, right, cut = _candidates(sets, rare)
    sizes = np.diff(sets.indptr)
    kept_left, kept_right = [], []
    for start in range(0, len(left), 20_000):
        a, b = left[start : start + 20_000], right[start : start + 20_000]
        common = np.asarray(sets[a].multiply(sets[b]).sum(axis=1)).ravel()
        alike = common >= ALIKE * (sizes[a] + sizes[b] - common) - 1e-9
        for i, j in zip(a[alike], b[alike], strict=True):
            if min(len(tokens[i]), len(tokens[j])) > SHORT or _ordered(tokens[i], tokens[j]):
                kept_left.append(int(i))
                kept_right.append(int(j))
    return np.array(kept_left, np.int64), np.array(kept_right, np.int64), cut


def _candidates(sets: Any, rare: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    # Of each set the rarest members that a set of Jaccard index ALIKE cannot all lack.
    from scipy.sparse import csr_matrix

    order = np.argsort(rare[sets.indices], kind="stable")
    row_of = np.repeat(np.arange(sets.shape[0]), np.diff(sets.indptr))
    order = order[np.argsort(row_of[order], kind="stable")]
    sizes = np.diff(sets.indptr)
    place = np.arange(len(order)) - np.repeat(sets.indptr[:-1], sizes)
    prefix = place < np.repeat(sizes - np.ceil(ALIKE * sizes).astype(np.int64) + 1, sizes)
    columns = sets.indices[order][prefix]
    rows = row_of[prefix]
    # The commonest of them would join everything with everything; how many were passed over is told.
    budget = np.cumsum(
        np.sort(np.bincount(columns, minlength=sets.shape[1]).astype(np.int64) ** 2)
    )
    most = int(np.searchsorted(budget, 2 * MOST_PAIRS, side="right"))
    weights = np.bincount(columns, minlength=sets.shape[1])
    allowed = np.argsort(weights, kind="stable")[:most]
    keep = np.isin(columns, allowed)
    joined = csr_matrix(
        (np.ones(int(keep.sum()), np.int32), (rows[keep], columns[keep])), shape=sets.shape
    )
    pairs = (joined @ joined.T).tocoo()
    above = pairs.row < pairs.col
    left, right = pairs.row[above].astype(np.int64), pairs.col[above].astype(np.int64)
    near = np.minimum(sizes[left], sizes[right]) >= ALIKE * np.maximum(sizes[left], sizes[right])
    return left[near], right[near], bool((~keep).any())


def _ordered(a: list[str], b: list[str]) -> bool:
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
