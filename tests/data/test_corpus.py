"""Corpora and their fingerprints."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from sweep.data import Corpus, SplitCorpus

CORPUS = Corpus(
    name="tiny",
    texts=["ab", "c", "d"],
    labels=np.array([0, 1, 0], dtype=np.int8),
    groups=np.array(["x", "", "y"], dtype=object),
    parts=np.array(["train", "train", "test"]),
    positive="yes",
    negative="no",
)


@pytest.mark.parametrize(
    "change",
    [
        {"texts": ["a", "bc", "d"]},
        {"labels": np.array([1, 1, 0], dtype=np.int8)},
        {"groups": np.array(["x", "y", "y"], dtype=object)},
        {"groups": None},
        {"parts": np.array(["train", "test", "test"])},
        {"parts": None},
    ],
    ids=["text border", "label", "group", "no groups", "part", "no parts"],
)
def test_fingerprint_changes_with_the_content(change: dict[str, Any]) -> None:
    assert dataclasses.replace(CORPUS, **change).fingerprint != CORPUS.fingerprint


def test_fingerprint_is_of_the_content_alone() -> None:
    again = dataclasses.replace(CORPUS, name="other", notes=("a note",), texts=list(CORPUS.texts))
    assert again.fingerprint == CORPUS.fingerprint
    assert len(CORPUS.fingerprint) == 64


def test_part_takes_its_rows_in_order() -> None:
    split = SplitCorpus(corpus=CORPUS, parts=np.array(["test", "", "test"]))
    texts, labels = split.part("test")
    assert texts == ["ab", "d"]
    assert labels.tolist() == [0, 0]
    assert split.part("train")[0] == []


def test_an_unknown_part_is_an_error() -> None:
    with pytest.raises(KeyError, match="dev"):
        SplitCorpus(corpus=CORPUS, parts=np.array(["train"] * 3)).part("dev")


def test_split_fingerprint_changes_with_the_parts() -> None:
    one = SplitCorpus(corpus=CORPUS, parts=np.array(["train", "test", "test"]))
    other = SplitCorpus(corpus=CORPUS, parts=np.array(["train", "train", "test"]))
    assert one.fingerprint != other.fingerprint
