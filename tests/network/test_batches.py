"""Batches: every row once, little padding, both classes where asked for."""

import numpy as np
import pytest

from sweep.network.batches import SLACK, EvaluationBatches, Groups, TrainingBatches, cuts
from sweep.records import EncodedTexts


def part(lengths: list[int], labels: list[int] | None = None) -> EncodedTexts:
    ids = np.concatenate([np.full(n, row + 1) for row, n in enumerate(lengths)]).astype(np.uint16)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return EncodedTexts(ids, offsets, np.array(labels or [0] * len(lengths), dtype=np.int8))


def training(encoded: EncodedTexts, **changes: object) -> TrainingBatches:
    every = np.arange(len(encoded.labels))
    arguments = {
        "rows": every, "partners": every, "weights": np.zeros(len(every)), "batch_size": 4,
        "bucketing": True, "balanced": False, "seed": 0,
    }  # fmt: skip
    return TrainingBatches(encoded, **(arguments | changes))


LENGTHS = [int(n) for n in np.random.default_rng(0).integers(1, 60, 203)]


@pytest.mark.parametrize("bucketing", [True, False])
def test_every_row_comes_once_an_epoch(bucketing):
    batches = training(part(LENGTHS), bucketing=bucketing)
    seen = np.concatenate([b.ids[:, 0].numpy() for b in batches])
    assert len(list(batches)) == len(batches)
    assert sorted(seen) == list(range(1, 204))


def test_epochs_differ_and_repeat_under_the_seed():
    def epochs(seed: int) -> list[list[int]]:
        batches = training(part(LENGTHS), seed=seed)
        return [np.concatenate([b.ids[:, 0] for b in batches]).tolist() for _ in range(2)]

    first, second = epochs(0)
    assert first != second
    assert epochs(0) == [first, second]
    assert epochs(1)[0] != first


@pytest.mark.parametrize("bucketing", [True, False])
def test_other_texts_meet_in_each_epoch(bucketing):
    """Batches that are always the same would give each epoch the same gradients in another order."""
    batches = training(part(LENGTHS[:200]), bucketing=bucketing)
    epochs = [{frozenset(b.ids[:, 0].tolist()) for b in batches} for _ in range(3)]
    assert [len(epoch) for epoch in epochs] == [50] * 3
    assert max(len(epochs[0] & epochs[1]), len(epochs[1] & epochs[2])) <= 10


ONCE = range(100, 120)


def words(unknown: list[int]) -> EncodedTexts:
    """Twenty texts of three tokens, the last of which occurs nowhere else, and texts of the ids given."""
    texts = [[2, 3, word] for word in ONCE] + [unknown] * bool(unknown)
    offsets = np.cumsum([0, *map(len, texts)])
    return EncodedTexts(np.concatenate(texts).astype(np.uint16), offsets, np.zeros(len(texts)))


@pytest.mark.parametrize(
    ("unknown", "replaced"),
    [([], True), ([1], True), ([2, 1], False), ([1, 1], False)],
    ids=["none", "an empty text", "one among others", "two"],
)
def test_the_unknown_token_is_trained_where_no_word_of_the_training_part_is_unknown(
    unknown, replaced
):
    """Planted: under min_frequency=1 its vector stayed as it was drawn, for every new word that prediction meets."""
    batches = training(words(unknown))
    shown = np.zeros(120, dtype=int)
    for _ in range(40):
        epoch = np.concatenate([batch.ids.numpy().ravel() for batch in batches])
        shown += np.bincount(epoch, minlength=120)
        assert np.bincount(epoch)[2] == 20 + unknown.count(2), "what occurs twice stays"
    own = shown[list(ONCE)]
    assert (own < 40).all() == replaced
    if replaced:
        assert 300 < own.sum() < 500, "half of 20 times 40"
        assert own.sum() + shown[1] == 800 + 40 * unknown.count(1)


def test_rows_are_padded_with_zero_to_the_longest_of_the_batch():
    for batch in training(part(LENGTHS)):
        assert batch.ids.shape[1] == batch.lengths.max()
        for row, length in zip(batch.ids, batch.lengths, strict=True):
            assert (row[:length] != 0).all()
            assert (row[length:] == 0).all()


def test_bucketing_saves_most_of_the_padding():
    def padding(bucketing: bool) -> int:
        return sum(int((b.ids == 0).sum()) for b in training(part(LENGTHS), bucketing=bucketing))

    assert padding(True) < padding(False) / 4


@pytest.mark.parametrize("bucketing", [True, False])
@pytest.mark.parametrize(
    ("rows", "batch_size", "sizes"),
    [(203, 4, {3, 4}), (33, 32, {16, 17}), (65, 32, {21, 22}), (64, 32, {32}), (5, 8, {5})],
)
def test_an_epoch_is_cut_evenly(rows, batch_size, sizes, bucketing):
    batches = training(part(LENGTHS[:rows]), batch_size=batch_size, bucketing=bucketing)
    for _ in range(3):
        found = [len(b.targets) for b in batches]
        assert len(found) == len(batches) == -(-rows // batch_size)
        assert (sum(found), set(found)) == (rows, sizes)


def test_no_row_weighs_more_for_its_length():
    """A step is a mean, so a row weighs one divided by its batch's rows."""
    lengths = [2 + row % 50 for row in range(97)]
    batches = training(part(lengths), batch_size=32)
    weight, epochs = np.zeros(97), 30
    for _ in range(epochs):
        for batch in batches:
            weight[batch.ids[:, 0].numpy() - 1] += 1 / len(batch.targets) / epochs
    longest = np.array(lengths) > 45
    assert weight.max() / weight.min() < 1.05
    assert weight[longest].mean() / weight[~longest].mean() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("bucketing", [True, False])
def test_pools_keep_batches_of_similar_length_over_many_batches(bucketing):
    lengths = [int(n) for n in np.random.default_rng(1).integers(1, 200, 1003)]
    batches = list(training(part(lengths), bucketing=bucketing))
    assert len(batches) == 251  # two pools and a half
    assert sorted(np.concatenate([b.ids[:, 0] for b in batches])) == list(range(1, 1004))
    spread = np.mean([float(b.lengths.max() - b.lengths.min()) for b in batches])
    assert spread < 12 if bucketing else spread > 60


@pytest.mark.parametrize("balanced", [True, False])
def test_an_epoch_does_not_go_by_length(balanced):
    """Sorted batches would teach short texts first and forget them at the long ones."""
    labels = [row % 4 == 0 for row in range(len(LENGTHS))]
    batches = training(part(LENGTHS, labels), balanced=balanced)
    orders = []
    for _ in range(10):
        lengths = [float(b.lengths.double().mean()) for b in batches]
        orders.append(np.corrcoef(np.arange(len(lengths)), lengths)[0, 1])
    # 51 batches in any order: a standard deviation of 1 / sqrt(50)
    assert np.abs(orders).max() < 0.5
    assert abs(np.mean(orders)) < 0.15


@pytest.mark.parametrize("bucketing", [True, False])
@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 8, 33])
def test_balanced_batches_hold_both_classes_half_and_half(batch_size, bucketing):
    labels = [1] * 9 + [0] * 194
    batches = training(
        part(LENGTHS, labels), batch_size=batch_size, balanced=True, bucketing=bucketing
    )
    rows = 0
    positives = 0.0
    for _ in range(20):
        epoch = [b.targets.numpy() for b in batches]
        assert len(epoch) == len(batches)
        assert {len(targets) for targets in epoch} == {batch_size}
        assert max(abs(2 * targets.sum() - batch_size) for targets in epoch) <= batch_size % 2
        rows += len(epoch) * batch_size
        positives += sum(targets.sum() for targets in epoch)
    # An odd number of odd batches leaves one row over, each epoch on a side drawn anew.
    assert positives / rows == pytest.approx(0.5, abs=0.003)


@pytest.mark.parametrize("bucketing", [True, False])
def test_balanced_batches_take_every_row_of_a_class_as_often(bucketing):
    labels = [1] * 9 + [0] * 194
    batches = training(part(LENGTHS, labels), balanced=True, bucketing=bucketing)
    counts = np.zeros(203)
    for _ in range(40):
        for batch in batches:
            np.add.at(counts, batch.ids[:, 0].numpy() - 1, 1)
    # 51 batches of two and two: 102 of 9 rows and of 194, in 40 epochs
    assert counts[:9] == pytest.approx(40 * 102 / 9, rel=0.05)
    assert 8 < counts[9:].min() <= counts[9:].mean() == 40 * 102 / 194 < counts[9:].max() < 34


def test_mixed_rows_carry_both_parents_padded_to_the_longer():
    rows = part([2, 5, 3])
    batches = training(
        rows, rows=np.array([0, 2]), partners=np.array([1, 2]), weights=np.array([0.25, 0.0])
    )
    (batch,) = batches
    first = int(np.flatnonzero(batch.ids[:, 0].numpy() == 1)[0])
    assert batch.ids[first].tolist() == [1, 1, 0, 0, 0]
    assert batch.partner_ids[first].tolist() == [2] * 5
    assert batch.lengths[first] == 5
    assert batch.weights[first] == 0.25


def test_tokens_of_the_rows_trained_on_are_used():
    part = EncodedTexts(np.array([1, 2, 3, 5, 3]), np.array([0, 2, 3, 5]), np.array([0, 1, 1]))
    made = {
        rows: TrainingBatches(
            part, rows=np.array([rows[0]]), partners=np.array([rows[1]]), weights=np.zeros(1), batch_size=1,
            bucketing=False, balanced=False, seed=0,
        )
        for rows in ((0, 0), (2, 2), (0, 1))
    }  # fmt: skip
    used = {rows: np.flatnonzero(batches.used(7)).tolist() for rows, batches in made.items()}
    assert used == {(0, 0): [1, 2], (2, 2): [3, 5], (0, 1): [1, 2, 3]}


def test_plain_batches_carry_no_partners():
    assert all(b.partner_ids is None and b.weights is None for b in training(part(LENGTHS)))


def test_evaluation_goes_by_length_and_tells_the_order():
    rows = part(LENGTHS)
    batches = EvaluationBatches(rows, 50)
    seen = np.concatenate([b.ids[:, 0].numpy() for b in batches])
    assert (seen == batches.order + 1).all()
    assert (np.diff(rows.lengths[batches.order]) >= 0).all()
    assert (batches.in_order(seen) == np.arange(1, len(LENGTHS) + 1)).all()


@pytest.mark.parametrize("size", [1, 16, 51, 100])
def test_groups_hold_every_batch_in_order(size):
    alone = [b.ids.tolist() for b in training(part(LENGTHS))]
    groups = list(made := Groups(training(part(LENGTHS)), size))
    assert len(groups) == len(made)
    assert [b.ids.tolist() for group in groups for b in group] == alone


@pytest.mark.parametrize(
    ("lengths", "size", "tokens", "expected"),
    [
        ([3] * 10, 4, None, [4, 8]),
        ([3] * 8, 4, 12, [4]),
        ([1] * 5 + [1000], 64, 2000, [5]),
        ([1] * 4 + [1 + SLACK * 16], 64, None, []),
        ([1] * 4 + [2 + SLACK * 16], 64, None, [4]),
        ([3] * 10, 8, 9, [3, 6, 9]),
        ([3, 3, 9, 9], 8, 6, [2, 3]),
        ([], 4, 1, []),
        ([7], 4, 1, []),
    ],
    ids=[
        "size",
        "even",
        "a long one apart",
        "within the slack",
        "beyond it",
        "tokens",
        "longer than the limit",
        "none",
        "one",
    ],
)
def test_evaluation_batches_end_where_padding_grows(lengths, size, tokens, expected):
    assert cuts(np.array(lengths, dtype=np.int64), size, tokens) == expected
