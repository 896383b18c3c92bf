"""Label values as they are written, and the 0 or 1 they become."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sweep.data.table import shown
from sweep.errors import DataError, nearest

_YES = ({"0": 0, "1": 1}, {"false": 0, "true": 1}, {"no": 0, "yes": 1})
_WORDS = {"true", "false", "yes", "no"}
_MISSING = {
    "",
    "nan",
    "<na>",
    "null",
}  # what programs write for a missing label; `none` may be a class
_WHOLE = re.compile(r"[+-]?\d+(\.0*)?")
_LISTED = 10


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Labels of N rows.

    Args:
        values: N values 0 or 1, int8.
        positive: the label value that is 1, as first written.
        negative: the label value that is 0, as first written.
    """

    values: np.ndarray
    positive: str
    negative: str


def label_key(value: object) -> str | None:
    """Reduce a label value to the text by which equal labels are told.

    `1`, `1.0` and "1" are one label, and so are `true`, "True" and "TRUE"; other words keep
    their case.

    Args:
        value: a cell of the label column.

    Returns:
        The key, or None for a missing label.

    Raises:
        TypeError: the value is neither a text nor a number nor true/false.

    >>> [label_key(v) for v in (1.0, "1", True, "Yes", " spam ", None)]
    ['1', '1', 'true', 'yes', 'spam', None]
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if not isinstance(value, (str, bool, int, float)):
        raise TypeError(type(value).__name__)
    text = str(value).strip()
    folded = text.casefold()
    if folded in _MISSING:
        return None
    if folded in _WORDS:
        return folded
    if _WHOLE.fullmatch(text) and len(text) < 1000:  # int() refuses thousands of digits
        return str(int(text.partition(".")[0]))
    return text


def encode_labels(
    keys: Sequence[str], written: Sequence[object], positive: object, where: Callable[[int], str]
) -> Labels:
    """Turn two label values into 0 and 1.

    Args:
        keys: N keys from `label_key`, none of them missing.
        written: the N values as they stand in the files, for messages.
        positive: the value that means yes, or None to infer it from 0/1, true/false or yes/no.
        where: says where a row stands in its file.

    Returns:
        The labels.

    Raises:
        DataError: not exactly two values, or no way to tell which one is positive.
    """
    counts = Counter(keys)
    first = {key: keys.index(key) for key in counts}
    names = {key: str(written[row]).strip() for key, row in first.items()}
    seen = ", ".join(f"{shown(names[k])} ({n} rows)" for k, n in counts.most_common(_LISTED))
    if len(counts) > _LISTED:
        seen += f" and {len(counts) - _LISTED} more"
    if len(counts) > 2:
        _refuse_third(first, names, seen, len(counts), where)
    if len(counts) < 2:
        raise DataError(
            f"All rows have one label: {seen}. A classifier needs rows of both classes; check "
            "data.label, or add "
            "rows of the other class."
        )
    yes = _inferred(counts) if positive is None else _chosen(positive, counts, names, seen)
    if yes is None:
        example = shown(names[min(counts, key=lambda key: counts[key])]).strip("`")
        raise DataError(
            f"Which label value is the positive one? Seen: {seen}. Set data.positive, for example "
            f"data.positive={example}."
        )
    no = next(key for key in counts if key != yes)
    values = np.fromiter((key == yes for key in keys), dtype=np.int8, count=len(keys))
    return Labels(values=values, positive=names[yes], negative=names[no])


def _refuse_third(
    first: dict[str, int],
    names: dict[str, str],
    seen: str,
    count: int,
    where: Callable[[int], str],
) -> None:
    third = sorted(first, key=lambda key: first[key])[2]
    raise DataError(
        f"{where(first[third])}: {shown(names[third])} is a third label value, but labels must "
        "have exactly two. "
        f"Seen {count}: {seen}. Remove or merge the other values, or check data.label and "
        "data.header."
    )


def _inferred(counts: Counter[str]) -> str | None:
    for pair in _YES:
        if set(counts) == set(pair):
            return next(key for key, value in pair.items() if value)
    return None


def _chosen(positive: object, counts: Counter[str], names: dict[str, str], seen: str) -> str:
    key = label_key(positive)
    if key is None or key not in counts:
        raise DataError(
            f"data.positive={positive}: no row has this label.{nearest(positive, names.values())} "
            f"Seen: {seen}."
        )
    return key
