"""Values between the folders: which failures are tried again, and texts end to end."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from sweep.records import EncodedTexts, Reason, TrialKey

RETRIED = {
    Reason.diverged: False,
    Reason.refused: False,
    Reason.raised: True,
    Reason.crashed: True,
    Reason.killed: True,
    Reason.exited: True,
    Reason.out_of_memory: True,
    Reason.timeout: False,
    Reason.lost: True,
    Reason.interrupted: False,
}
TEXTS = [[5, 6, 7], [], [8], [9, 9]]


@pytest.mark.parametrize("reason", Reason)
def test_what_would_end_the_same_is_not_tried_again(reason: Reason) -> None:
    assert reason.retry is RETRIED[reason]


def test_attempts_at_a_trial_share_its_name_and_are_not_equal() -> None:
    first, second = (TrialKey(arm="gru", number=3, attempt=n) for n in (1, 2))
    assert first.trial == second.trial == "gru-3"
    assert first != second
    with pytest.raises(FrozenInstanceError):
        first.number = 4  # type: ignore[misc]


@pytest.fixture
def encoded() -> EncodedTexts:
    ids = np.array([token for text in TEXTS for token in text], dtype=np.uint16)
    offsets = np.cumsum([0, *map(len, TEXTS)], dtype=np.int64)
    return EncodedTexts(ids, offsets, np.array([0, 1, 0, 1], dtype=np.int8))


def test_texts_come_back_in_their_order(encoded: EncodedTexts) -> None:
    assert len(encoded) == 4
    assert [text.tolist() for text in encoded] == TEXTS
    assert [encoded[i].tolist() for i in range(4)] == TEXTS
    assert encoded.lengths.tolist() == [3, 0, 1, 2]
    assert encoded[0].dtype == np.uint16


@pytest.mark.parametrize("index", [-1, 4, 100])
def test_there_is_no_text_before_the_first_or_behind_the_last(
    encoded: EncodedTexts, index: int
) -> None:
    with pytest.raises(IndexError):
        encoded[index]


def test_the_truth_is_there_where_labels_are(encoded: EncodedTexts) -> None:
    assert encoded.truth.tolist() == [0, 1, 0, 1]
    with pytest.raises(AssertionError, match="have labels"):
        _ = EncodedTexts(encoded.ids, encoded.offsets).truth


def test_no_texts() -> None:
    empty = EncodedTexts(np.zeros(0, dtype=np.uint16), np.zeros(1, dtype=np.int64))
    assert (len(empty), list(empty), empty.lengths.tolist()) == (0, [], [])
