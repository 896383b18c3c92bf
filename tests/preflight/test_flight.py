"""What the checks stand on: the texts that are tried, and a network that each finds as it was."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from sweep.preflight.flight import ROWS, TOKENS, Flight, batch_of
from sweep.records import EncodedTexts


def test_the_two_batches_hold_both_classes_and_no_text_twice(
    flight: Callable[..., Flight],
) -> None:
    found = flight().few
    assert [len(b.targets) for b in found] == [ROWS, ROWS]
    assert [float(b.targets.mean()) for b in found] == [0.5, 0.5]
    texts = [tuple(sorted(row.tolist())) for b in found for row in b.ids]
    assert len(set(texts)) == 2 * ROWS


def test_texts_that_nothing_is_left_of_make_no_batch(flight: Callable[..., Flight]) -> None:
    one = flight()
    unknown = np.ones(100, dtype=np.uint16)
    labels = (np.arange(100) % 2).astype(np.int8)
    one.train = EncodedTexts(unknown, np.arange(101), labels)
    assert one._two_batches() == []


def test_each_check_finds_the_network_as_it_was(flight: Callable[..., Flight]) -> None:
    one = flight()
    before = one.answers(one.few)
    one.steps(one.few, 5, one.optimizer(1e-2))
    moved = one.answers(one.few)
    assert not np.allclose(moved, before)
    one.keep()
    one.begin()
    assert np.array_equal(one.answers(one.few), before)
    one.learnt()
    assert np.array_equal(one.answers(one.few), moved)


def test_it_trains_without_dropout_and_leaves_dropout_as_it_was(
    flight: Callable[..., Flight],
) -> None:
    one = flight(model__dropout=0.9, model__embedding_dropout=0.9)
    one.steps(one.few, 3, one.optimizer(1e-2))
    once = one.answers(one.few)
    one.begin()
    torch.manual_seed(5)
    one.steps(one.few, 3, one.optimizer(1e-2))
    assert np.array_equal(one.answers(one.few), once)
    shares = [m.p for m in one.learner.network.modules() if isinstance(m, nn.Dropout)]
    assert shares.count(0.9) == 2


def test_of_long_texts_the_beginning_is_tried() -> None:
    ids = np.arange(2, 1002, dtype=np.uint16)
    part = EncodedTexts(ids, np.array([0, 1000]), np.array([1], np.int8))
    found = batch_of(part, np.array([0]))
    assert found.ids.tolist() == [list(range(2, 2 + TOKENS))]
    assert found.lengths.tolist() == [TOKENS]


def test_a_batch_is_padded_to_its_longest() -> None:
    part = EncodedTexts(
        np.array([5, 6, 7, 8], dtype=np.uint16), np.array([0, 1, 4]), np.array([0, 1], np.int8)
    )
    found = batch_of(part, np.array([1, 0]))
    assert found.ids.tolist() == [[6, 7, 8], [5, 0, 0]]
    assert (found.lengths.tolist(), found.targets.tolist()) == ([3, 1], [1.0, 0.0])
