"""Label values as they are written, and the 0 or 1 they become."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sweep.config.data import REST
from sweep.data.table import shown
from sweep.errors import ChoiceError, DataError, nearest
from sweep.typed import spelled

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
_ENOUGH = 10  # rows that a value should have to be proposed: each of three parts needs some
_BETWEEN = {"neutral", "mixed", "unknown", "unsure", "undecided", "other", "none", "maybe"}


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Labels of N rows, of which K are kept.

    Args:
        values: K values 0 or 1, int8.
        positive: what the class of label 1 is called: its value as first written, or all of them.
        negative: what the class of label 0 is called.
        kept: N values, false for a row whose label is left out.
        notes: how many rows each value gave, where there are more than two.
    """

    values: np.ndarray
    positive: str
    negative: str
    kept: np.ndarray
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which label values make which class, as the settings `data.*` say it.

    Args:
        positive: the value or the list of values that mean yes; None to infer it.
        negative: the value or values that mean no, or `rest`; None for the one that is left.
        drop: the value or values whose rows are left out, or `rest`; None for none.
    """

    positive: object = None
    negative: object = None
    drop: object = None


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
    keys: Sequence[str],
    written: Sequence[object],
    choice: Choice,
    where: Callable[[int], str],
    corpus: Sequence[str] = (),
) -> Labels:
    """Turn label values into 0 and 1, and leave out the rows of those that are dropped.

    Args:
        keys: N keys from `label_key`, none of them missing.
        written: the N values as they stand in the files, for messages.
        choice: which values make which class.
        where: says where a row stands in its file.
        corpus: settings that read these rows, `NAME=VALUE`, for the ways out.

    Returns:
        The labels.

    Raises:
        ChoiceError: more than two values, and it is not said what becomes of each.
        DataError: a value that no row has, one that is named twice, one class only, or no way to tell
            which value is positive.
    """
    values = _Values(keys, written, corpus)
    yes, no, drop = values.chosen(choice)
    left = [key for key in values.counts if key not in drop]
    if not yes and not no:
        yes = _inferred(left)
        if not yes and len(left) == 2:
            raise DataError(values.which_is_positive(left))
    if (yes or no) and len(left) == len(yes) + len(no) + 1:
        # One class is named, and one value is left for the other.
        yes, no = (yes or _without(left, no)), (no or _without(left, yes))
    if len(left) > 1 and (unsaid := _without(left, [*yes, *no])):
        third = sorted(left, key=keys.index)[2]
        place = f"{where(keys.index(third))}: {shown(values.names[third])}"
        raise values.ask(place, yes, unsaid)
    if not yes or not no:
        all_of = "All rows have one label" if len(left) < 2 else "All label values mean the same"
        dropped = f" Left out by data.drop: {values.seen(drop)}." if drop else ""
        raise DataError(
            f"{all_of}: {values.seen(left)}.{dropped} A classifier needs rows of both classes; check "
            "data.label, or add rows of the other class."
        )
    return values.encoded(yes, no, drop, choice)


class _Values:
    """The label values of N rows: how many of each, and how they are written."""

    def __init__(
        self, keys: Sequence[str], written: Sequence[object], corpus: Sequence[str]
    ) -> None:
        self.keys, self.corpus = keys, corpus
        self.counts = Counter(keys)
        self.names = {key: str(written[keys.index(key)]).strip() for key in self.counts}

    def seen(self, keys: Iterable[str] | None = None) -> str:
        counts = [(k, n) for k, n in self.counts.most_common() if keys is None or k in set(keys)]
        text = ", ".join(f"{shown(self.names[k])} ({n} rows)" for k, n in counts[:_LISTED])
        return text + (f" and {len(counts) - _LISTED} more" if len(counts) > _LISTED else "")

    def chosen(self, choice: Choice) -> tuple[list[str], list[str], list[str]]:
        named: dict[str, list[str]] = {}
        mistakes: list[str] = []
        for role, value in vars(choice).items():
            if value == REST and role != "positive":
                continue
            named[role] = []
            for one in value if isinstance(value, list) else [] if value is None else [value]:
                key = label_key(one)
                if key is None or key not in self.counts:
                    near = nearest(one, self.names.values())
                    mistakes.append(
                        f"data.{role}={one}: no row has this label.{near} Seen: {self.seen()}."
                    )
                elif said := [other for other in named if other != role and key in named[other]]:
                    mistakes.append(
                        f"data.{role} and data.{said[0]} both name {shown(self.names[key])}; a label "
                        "value belongs to one of them."
                    )
                elif key not in named[role]:
                    named[role].append(key)
        rest = _without(self.counts, [key for keys in named.values() for key in keys])
        needed = {"negative": ["positive"], "drop": ["positive", "negative"]}
        for role in ("negative", "drop"):
            if role not in named:
                named[role] = rest
                mistakes += [
                    f"data.{role}={REST} takes every label value that is not named elsewhere, so "
                    f"data.{other} must be given beside it. Seen: {self.seen()}."
                    for other in needed[role]
                    if getattr(choice, other) in (None, REST)
                ]
        if mistakes:
            raise DataError(*mistakes)
        return named["positive"], named["negative"], named["drop"]

    def which_is_positive(self, left: Sequence[str]) -> str:
        rare = self.names[min(left, key=self.counts.__getitem__)]
        return (
            f"Which label value is the positive one? Seen: {self.seen(left)}. Set data.positive, for "
            f"example data.positive={spelled(rare)}."
        )

    def ask(self, place: str, yes: list[str], unsaid: list[str]) -> ChoiceError:
        count = f"Seen {len(self.counts)}: {self.seen()}."
        if yes:
            rule = (
                f"data.positive is given, but not what becomes of {self.seen(unsaid)}. {count} Name them "
                "in data.negative or data.drop"
            )
        else:
            rule = (
                f"{place} is a third label value, and it is not said which values mean yes, which no, and "
                f"which are left out. {count} Check data.label and data.header; where they are right, "
                "choose"
            )
        ways = self.ways(yes)
        settles = [f"data.{role}" for role in Choice.__dataclass_fields__]
        return ChoiceError(f"{rule}, for example:" if ways else f"{rule}.", ways, settles)

    def ways(self, yes: list[str]) -> list[tuple[str, list[str]]]:
        """Three choices that these rows allow: what each means, and its settings."""
        often = [k for k, n in self.counts.items() if n >= _ENOUGH and self.names[k].isprintable()]
        order = sorted(_without(often, yes), key=lambda key: (self.counts[key], key))
        middle = next((k for k in order if k.casefold() in _BETWEEN or k == "0"), None)
        poles = [key for key in order if key != middle]
        if not yes and poles:
            yes = [poles.pop(0)]
        if not yes or not poles:
            return []
        a, b = [self.names[key] for key in yes], self.names[poles[-1]]
        c = next((self.names[k] for k in [middle, *poles[:-1]] if k is not None), None)
        left = [self.names[k] for k in self.counts if k not in {*yes, poles[-1]}]
        positive = f"data.positive={spelled(a if len(a) > 1 else a[0])}"
        one = " and ".join(map(shown, a))
        # With three values there is nothing but the third to drop; with more, whatever is not named.
        drop = [f"data.drop={spelled(left[0])}"]
        if len(left) > 1:
            drop = [f"data.negative={spelled(b if b != REST else [b])}", f"data.drop={REST}"]
        ways = [
            (f"{one} against all others", [positive, f"data.negative={REST}"]),
            (f"{one} against {shown(b)}, the others left out", [positive, *drop]),
        ]
        if c is not None:
            both = [f"data.positive={spelled([*a, c])}", f"data.negative={REST}"]
            ways.append((f"{one} and {shown(c)} together against all others", both))
        return [(meaning, [*self.corpus, *words]) for meaning, words in ways]

    def encoded(self, yes: list[str], no: list[str], drop: list[str], choice: Choice) -> Labels:
        positive = " or ".join(self.names[key] for key in yes)
        negative = " or ".join(self.names[key] for key in no)
        if len(no) > 1 and choice.negative == REST:
            negative = f"not {positive}" if len(yes) == 1 else "other"
        if positive == negative:  # `a or b` may be a value of the file, too
            negative = f"not {positive}"
        value = dict.fromkeys(yes, 1) | dict.fromkeys(no, 0)
        kept = np.fromiter((key in value for key in self.keys), dtype=bool, count=len(self.keys))
        values = np.array([value[key] for key in self.keys if key in value], dtype=np.int8)
        notes = []
        if len(self.counts) > 2:
            gave = [("yes", yes), ("no", no), ("left out", drop)]
            told = [f"{what}: {self.seen(keys)}" for what, keys in gave if keys]
            notes.append(f"Label values, {'; '.join(told)}.")
        return Labels(
            values=values, positive=positive, negative=negative, kept=kept, notes=tuple(notes)
        )


def _inferred(left: Sequence[str]) -> list[str]:
    pair = next((pair for pair in _YES if set(left) == set(pair)), {})
    return [key for key, value in pair.items() if value]


def _without(keys: Iterable[str], others: Sequence[str]) -> list[str]:
    return [key for key in keys if key not in others]
