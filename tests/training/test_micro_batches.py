"""Micro-batches: every row once, within the limit, and the same gradient as the whole batch."""

import numpy as np
import pytest
import torch

from sweep.network.batches import Batch
from sweep.training.learner import Learner
from sweep.training.micro_batches import micro_batches, on_cpu, tokens_at_once

LENGTHS = [3, 9, 1, 7, 2, 9, 4, 5]


def batch(lengths=LENGTHS, mixed=False):
    draw = np.random.default_rng(0)
    ids = torch.zeros(len(lengths), max(lengths), dtype=torch.int64)
    for row, length in enumerate(lengths):
        ids[row, :length] = torch.from_numpy(draw.integers(2, 20, length))
    targets = torch.arange(len(lengths)) % 2
    made = Batch(ids, torch.tensor(lengths), targets.float())
    if not mixed:
        return made
    weights = torch.linspace(0, 0.9, len(lengths))
    return made._replace(partner_ids=torch.where(ids > 0, 21 - ids, 0), weights=weights)


def learner(tokens, cell="gru", **loss):
    torch.manual_seed(0)
    return Learner(
        network={
            "vocabulary_size": 20, "cell": cell, "embedding": 4, "hidden": 5, "layers": 2,
            "bidirectional": True, "read_out": "max",
        },
        optimizer={"clip_norm": 0.0},
        loss={"name": "bce", "positive_weight": 3.0, "focal_gamma": 2.0, "label_smoothing": 0.1} | loss,
        steps=1,
        epochs=1,
        micro_batch_tokens=tokens,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tokens", "rows"),
    [
        (None, [8]),
        (72, [8]),
        (71, [4, 4]),
        (36, [4, 4]),
        (35, [2, 4, 2]),
        (9, [1, 1, 1, 1, 2, 2]),
        (1, [1] * 8),
    ],
)
def test_a_batch_is_cut_into_powers_of_two_of_rows_within_the_limit(tokens, rows):
    parts = micro_batches(batch(), tokens)
    assert [len(part.lengths) for part in parts] == rows
    for part in parts:
        assert part.ids.shape[1] == part.lengths.max()
        assert len(part.lengths) == 1 or part.ids.numel() <= (tokens or 72)


@pytest.mark.parametrize("mixed", [False, True], ids=["plain", "mixed"])
def test_every_row_is_in_one_part_with_all_that_belongs_to_it(mixed):
    def told(part):
        fields = [part.ids, part.partner_ids, part.weights, part.targets]
        return [
            [None if field is None else field[row].tolist() for field in fields]
            for row in range(len(part.lengths))
        ]

    def unpadded(rows, lengths):
        return sorted(
            (ids[:n], partner and partner[:n], weight, target)
            for (ids, partner, weight, target), n in zip(rows, lengths.tolist(), strict=True)
        )

    whole = batch(mixed=mixed)
    parts = micro_batches(whole, 20)
    assert len(parts) == 3
    found = [row for part in parts for row in unpadded(told(part), part.lengths)]
    assert sorted(found) == unpadded(told(whole), whole.lengths)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("mixed", [False, True], ids=["plain", "mixed"])
@pytest.mark.parametrize("loss", ["bce", "focal"])
@pytest.mark.parametrize("lengths", [LENGTHS, [5, 6, 7]], ids=["even", "a smaller last part"])
def test_the_gradient_is_that_of_the_whole_batch(cell, mixed, loss, lengths):
    gradients, losses = [], []
    for tokens in (None, 18, 1):
        made = learner(tokens, cell, name=loss)
        losses.append(made.add_gradients(batch(lengths, mixed)).item())
        gradients.append([weight.grad for weight in made.parameters()])
    assert losses[1:] == pytest.approx([losses[0]] * 2, rel=1e-5)
    for one, *others in zip(*gradients, strict=True):
        for other in others:
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("given", "accelerator", "expected"),
    [
        ("auto", "cpu", 4096),
        ("auto", "gpu", None),
        ("auto", "mps", None),
        (0, "cpu", None),
        (77, "gpu", 77),
    ],
)
def test_how_many_tokens_go_at_once(given, accelerator, expected):
    assert tokens_at_once(given, 4096, accelerator) == expected


@pytest.mark.parametrize(("cuda", "mps"), [(False, False), (True, False), (False, True)])
def test_auto_is_the_processor_where_lightning_finds_nothing_else(monkeypatch, cuda, mps):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert on_cpu("auto") is not (cuda or mps)
