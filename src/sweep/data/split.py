"""Splitting a corpus into training, validation and test parts without leaks between them."""

import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np

from sweep.data.corpus import PARTS, Corpus, SplitCorpus
from sweep.errors import DataError
from sweep.seeds import derive

_WORD = 128


def split(
    corpus: Corpus, *, validation: float, test: float, overlap: str, seed: int
) -> SplitCorpus:
    """Give every row its part.

    Official parts stay as they are; what is absent is drawn from the training rows, stratified by
    class. Texts equal after normalisation, and rows of one group, are drawn together.

    Args:
        corpus: N rows, with their official parts where there are any.
        validation: share of the rows for validation, where it is drawn.
        test: share of the rows for test, where it is drawn.
        overlap: `drop` leaves out training rows whose text an official part holds too, and rows of an
            official validation part whose text the official test part holds; `keep` only reports them.
        seed: the same seed gives the same parts.

    Returns:
        The corpus with the part of each row.

    Raises:
        DataError: a part would lack one of the two classes.
    """
    texts = _numbered([normalised(text) for text in corpus.texts])
    official = corpus.parts
    parts = (
        np.full(len(texts), "train", dtype="<U10") if official is None else official.astype("<U10")
    )
    notes = _conflicts(texts, corpus.labels)
    if official is not None:
        notes += _settle_overlap(parts, texts, overlap)
    shares = {
        part: share
        for part, share in (("validation", validation), ("test", test))
        if not (parts == part).any()
    }
    rows = np.flatnonzero(parts == "train")
    if shares and len(rows):
        clusters = _clusters(texts[rows], None if corpus.groups is None else corpus.groups[rows])
        portions = {"train": 1 - sum(shares.values())} | shares
        parts[rows] = _drawn(clusters, corpus.labels[rows], portions, seed)
        alike = "equal texts" if corpus.groups is None else "equal texts or one group"
        notes.append(
            f"Drawn with seed {seed}: {' and '.join(shares)}, from {len(rows)} rows in "
            f"{clusters.max() + 1} clusters of {alike}."
        )
    notes += _straddling(parts, corpus.groups)
    _check_classes(corpus, parts)
    sizes = ", ".join(f"{part} {int((parts == part).sum())}" for part in PARTS)
    return SplitCorpus(corpus=corpus, parts=parts, notes=(*notes, f"Rows: {sizes}."))


def folds(
    corpus: SplitCorpus, *, count: int, repeats: int, keep_validation: bool, seed: int
) -> list[SplitCorpus]:
    """Hold out every row that is no test row once, in stratified parts.

    Texts equal after normalisation, and rows of one group, are held out together. Where the rarer class has too few
    distinct texts for so many parts, there are fewer.

    Args:
        corpus: the split corpus.
        count: parts.
        repeats: how many times the rows are divided anew.
        keep_validation: whether an official validation part stays out of the rows.
        seed: the same seed gives the same folds.

    Returns:
        One split a part, repetition after repetition: `validation` is the part held out, `train` are the
        others, `test` is as it was. A note says where there are fewer parts.

    Raises:
        DataError: the rows cannot be divided in two so that both parts hold both classes.
    """
    texts, labels, groups = corpus.corpus.texts, corpus.corpus.labels, corpus.corpus.groups
    official = corpus.corpus.parts
    apart = keep_validation and official is not None and bool((official == "validation").any())
    rows = np.flatnonzero(np.isin(corpus.parts, ["train"] if apart else ["train", "validation"]))
    numbers = _numbered([normalised(texts[row]) for row in rows])
    clusters = _clusters(numbers, None if groups is None else groups[rows])
    most = min(len(np.unique(clusters[labels[rows] == label])) for label in (0, 1))
    for parts in range(min(count, most), 1, -1):
        seeds = [derive(seed, "folds", repeat) for repeat in range(repeats)]
        portions = {str(part): 1 / parts for part in range(parts)}
        drawn = [_drawn(clusters, labels[rows], portions, each) for each in seeds]
        if all(_both(labels[rows], d == part) for d in drawn for part in portions):
            what = f"{parts} folds instead of {count}: every fold must hold both classes."
            notes = (what,) if parts < count else ()
            held = [d == part for d in drawn for part in portions]
            return [_held_out(corpus, rows, each, notes) for each in held]
    few = ("negative", "positive")[int(labels[rows].mean() < 0.5)]
    raise DataError(
        f"confirm.folds={count}: the {len(rows)} rows that are no test rows cannot be divided in two so that "
        f"both parts hold both classes: there are too few distinct {few} texts, or they are tied to one another "
        "by text or group. Add distinct texts, or leave the confirmation out: confirm.top=0."
    )


def _both(labels: np.ndarray, held: np.ndarray) -> bool:
    return all(len(np.unique(labels[part])) == 2 for part in (held, ~held))


def _held_out(
    corpus: SplitCorpus, rows: np.ndarray, held: np.ndarray, notes: tuple[str, ...]
) -> SplitCorpus:
    parts = np.where(corpus.parts == "test", "test", "").astype("<U10")
    parts[rows] = np.where(held, "validation", "train")
    return SplitCorpus(corpus=corpus.corpus, parts=parts, notes=notes)


def normalised(text: str) -> str:
    r"""Reduce a text to the form by which two texts count as equal.

    Args:
        text: any text.

    Returns:
        The text in Unicode form NFKC, case-folded, with single spaces.

    >>> normalised(" Free\u00a0 ＥＮＴＲＹ\n")
    'free entry'
    """
    words = text.split()
    if text.isascii():
        return " ".join(words).lower()
    if len(text) > _WORD and max(map(len, words), default=0) > _WORD:
        # Unicode's normalisation takes quadratic time on long runs of combining marks.
        words = [word[i : i + _WORD] for word in words for i in range(0, len(word), _WORD)]
        folded = " ".join(unicodedata.normalize("NFKC", word).casefold() for word in words)
    else:
        folded = unicodedata.normalize("NFKC", " ".join(words)).casefold()
        folded = unicodedata.normalize("NFKC", folded)  # folding can undo the form
    return " ".join(folded.split())


def _numbered(values: Sequence[str]) -> np.ndarray:
    numbers: dict[str, int] = {}
    return np.fromiter(
        (numbers.setdefault(v, len(numbers)) for v in values), np.int64, len(values)
    )


def _conflicts(texts: np.ndarray, labels: np.ndarray) -> list[str]:
    both = len(np.intersect1d(texts[labels == 0], texts[labels == 1]))
    repeated = len(texts) - len(np.unique(texts))
    notes = (
        [f"{repeated} rows repeat the text of another row; equal texts stay in one part."]
        if repeated
        else []
    )
    if both:
        notes.append(f"{both} texts occur with both labels.")
    return notes


def _settle_overlap(parts: np.ndarray, texts: np.ndarray, overlap: str) -> list[str]:
    # The test part stays whole, so that its scores compare with others'. Validation gives way to it:
    # threshold, epoch and winner are chosen there, and must not be chosen by test texts.
    notes = []
    held = {
        "training rows": ("train", "test"),
        "rows of the official validation part": ("validation", "test"),
        "training rows, besides,": ("train", "validation"),
    }
    for rows, (part, other) in held.items():
        shared = (parts == part) & np.isin(texts, texts[parts == other])
        if not shared.any():
            continue
        what = "left out there" if overlap == "drop" else "kept in both (split.overlap=keep)"
        notes.append(
            f"{int(shared.sum())} {rows} hold a text of the official {other} part: {what}."
        )
        if overlap == "drop":
            parts[shared] = ""
    return notes


def _clusters(texts: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    _, texts = np.unique(texts, return_inverse=True)
    if groups is None:
        return texts
    offset = texts.max() + 1
    parent = list(range(offset + len(groups)))  # one node a text, then one a group

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for text, group, name in zip(
        texts.tolist(), (_numbered(groups.tolist()) + offset).tolist(), groups, strict=True
    ):
        if name != "":
            parent[root(text)] = root(group)
    _, clusters = np.unique([root(text) for text in texts.tolist()], return_inverse=True)
    return clusters


def _drawn(
    clusters: np.ndarray, labels: np.ndarray, portions: Mapping[str, float], seed: int
) -> np.ndarray:
    sizes = np.stack(
        [np.bincount(clusters, labels == label, clusters.max() + 1) for label in (0, 1)], axis=1
    )
    # At least one row of each class is wanted everywhere, however small the share.
    targets = [
        [max(portion * total, 1.0) for total in sizes.sum(axis=0)] for portion in portions.values()
    ]
    have = [[0.0, 0.0] for _ in portions]
    order = np.random.default_rng(seed).permutation(len(sizes))
    # Large clusters first, while there is room for them.
    order = order[np.argsort(-sizes[order].sum(axis=1), kind="stable")]
    counts = sizes.tolist()
    chosen = np.zeros(len(sizes), dtype=np.int64)
    for cluster in order.tolist():
        added = counts[cluster]
        costs = [_cost(added, had, target) for had, target in zip(have, targets, strict=True)]
        part = costs.index(min(costs))
        chosen[cluster] = part
        have[part][0] += added[0]
        have[part][1] += added[1]
    parts: np.ndarray = np.array(list(portions), dtype="<U10")[chosen[clusters]]
    return parts


def _cost(added: list[float], had: list[float], target: list[float]) -> float:
    # Growth of the squared distance to the targets, each class relative to its own target: parts
    # fill in proportion, and a large cluster goes where it overshoots least.
    return sum(n * (2 * (h - t) + n) / t for n, h, t in zip(added, had, target, strict=True) if n)


def _straddling(parts: np.ndarray, groups: np.ndarray | None) -> list[str]:
    if groups is None:
        return []
    seen: dict[str, set[str]] = {}
    for group, part in zip(groups.tolist(), parts.tolist(), strict=True):
        if group and part:
            seen.setdefault(group, set()).add(part)
    count = sum(len(where) > 1 for where in seen.values())
    return (
        [f"{count} groups have rows in several official parts; those stay as they are."]
        if count
        else []
    )


def _check_classes(corpus: Corpus, parts: np.ndarray) -> None:
    names = (corpus.negative, corpus.positive)
    counts = {
        part: [int(((parts == part) & (corpus.labels == label)).sum()) for label in (0, 1)]
        for part in PARTS
    }
    lacking = [
        f"`{names[label]}` in {part}"
        for part, pair in counts.items()
        for label in (0, 1)
        if not pair[label]
    ]
    if not lacking:
        return
    table = "; ".join(
        f"{part} {pair[0]} `{names[0]}` and {pair[1]} `{names[1]}`"
        for part, pair in counts.items()
    )
    left_out = int((parts == "").sum())
    kept = f" {left_out} rows were left out by split.overlap=drop." if left_out else ""
    tied = (
        " Rows of one group stay together; finer groups (data.group) may help."
        if corpus.groups is not None
        else ""
    )
    raise DataError(
        f"split: every part must hold both classes, but there is no {', no '.join(lacking)}. "
        f"Rows: {table}.{kept} Add distinct texts of the rare class (equal texts count once), or "
        f"raise split.validation and split.test, or mend the official parts.{tied}"
    )
