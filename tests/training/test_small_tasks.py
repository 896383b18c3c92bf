"""Each kind of network learns a small task that no bag of words can learn: which of two words comes first."""

import itertools
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from support.tiny_trials import make_job
from sweep.config import OptimizerConfig
from sweep.network.batches import EvaluationBatches, TrainingBatches
from sweep.records import EncodedTexts
from sweep.scoring.metrics import ranking_scores
from sweep.training.fit import fit, logits_of
from sweep.training.learner import Learner

KINDS = [
    *itertools.product(("lstm", "gru"), (1,), (False, True), ("last", "mean", "max")),
    *itertools.product(("lstm", "gru"), (2,), (False, True), ("max",)),
]
EPOCHS, REACHED = 5, 0.97


def which_came_first(rows: int, seed: int) -> EncodedTexts:
    """Texts of 3 to 8 of nine words, in which word 1 and word 2 come once each."""
    draw = np.random.default_rng(seed)
    texts, labels = [], []
    for length in draw.integers(3, 9, rows):
        text = draw.integers(3, 10, length)
        first, second = sorted(draw.choice(length, 2, replace=False))
        labels.append(draw.integers(2))
        text[first], text[second] = (1, 2) if labels[-1] else (2, 1)
        texts.append(text)
    offsets = np.concatenate([[0], np.cumsum([len(text) for text in texts])])
    return EncodedTexts(np.concatenate(texts), offsets, np.array(labels, dtype=np.int8))


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("cell", "layers", "bidirectional", "read_out"), KINDS)
def test_it_tells_which_word_came_first(
    tmp_path: Path, cell: str, layers: int, bidirectional: bool, read_out: str, seed: int
) -> None:
    train, fresh = which_came_first(256, 10 + seed), which_came_first(200, 20 + seed)
    every = np.arange(len(train))
    batches = TrainingBatches(
        train, rows=every, partners=every, weights=np.zeros(len(every)), batch_size=16, bucketing=True,
        balanced=False, seed=seed,
    )  # fmt: skip
    torch.manual_seed(seed)
    learner = Learner(
        network={
            "vocabulary_size": 10, "cell": cell, "embedding": 8, "hidden": 16, "layers": layers,
            "bidirectional": bidirectional, "read_out": read_out,
        },
        optimizer=asdict(OptimizerConfig(learning_rate=0.02)),
        loss={"name": "bce", "positive_weight": 1.0, "focal_gamma": 0.0, "label_smoothing": 0.0},
        steps=EPOCHS * len(batches),
        epochs=EPOCHS,
    )  # fmt: skip
    learner.network.initialise(forget_bias=1.0, orthogonal=True, log_odds=None, vectors=None)
    learner.score = lambda logits, train_loss: -train_loss
    job = make_job(tmp_path, tmp_path, trainer__max_epochs=EPOCHS)
    unseen = EvaluationBatches(fresh, 64)
    fit(job.config, learner, batches, unseen, [], tmp_path)
    scores = 1 / (1 + np.exp(-logits_of(learner, unseen)))
    assert ranking_scores(fresh.truth, scores)["roc_auc"] >= REACHED
