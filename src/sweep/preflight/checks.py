"""The checks on one network: the loss at its start, what it learns by heart, and whether it reads its texts."""

import math
from typing import Any

import numpy as np
import torch

from sweep.network.batches import UNKNOWN, Batch
from sweep.preflight.flight import ROWS, SAMPLED, TOKENS, Flight, batch_of
from sweep.scoring.chance import error_of_auc

STARTS = 256
"""Rows that the loss at the start is taken of."""
HEART = 0.99
"""AUC of texts learnt by heart."""
RATES = (1e-2, 1e-3)
"""Of Adam; one of them learns two batches by heart, whatever the configuration's own."""
HEART_STEPS, LOOK_EVERY = 160, 20
LEARNT_RATE, LEARNT_STEPS = 5e-3, 40
COMPANIONS = 8
EMPTY = 20
"""Fewest validation texts of each class that a ranking is asked of."""


def initial_loss(flight: Flight) -> dict[str, Any]:
    """Compare the loss at the start with that of the best constant answer: the entropy of the share of positives.

    A first step's gradient is computed, too, so that what cannot be trained raises here.

    Returns:
        `value`; `expected`; `half`, the loss of answering one half; all of the configured loss over rows as they are
        trained on, resampled or mixed.

    References:
        Karpathy, "A recipe for training neural networks", 2019.
    """
    flight.begin()
    batches: list[Batch] = []
    for batch in flight.trial.batches:
        batches.append(_cut(batch))
        if sum(len(b.targets) for b in batches) >= STARTS:
            break
    value = flight.loss(batches)
    flight.learner.train()
    flight.learner.add_gradients(batches[0])
    flight.learner.zero_grad()
    constant = flight.moved(batches)
    return {"value": value, "expected": min(constant), "half": constant[len(constant) // 2]}


def memorises(flight: Flight) -> dict[str, Any]:
    """See whether two batches are learnt by heart.

    Returns:
        `value`, the AUC of their rows after training on nothing else; `expected`; `rows`; nothing where the texts that
        are left hold no two of each class that differ.
    """
    if not flight.few:
        return {}
    best = 0.0
    for rate in RATES:
        flight.begin()
        optimizer = flight.optimizer(rate, "adam")
        for _ in range(HEART_STEPS // LOOK_EVERY):
            flight.steps(flight.few, LOOK_EVERY, optimizer)
            found = flight.auc(flight.few)
            if found > best:
                best = found
                flight.keep()
            if best >= HEART:
                break
        if best >= HEART:
            break
    return {"value": best, "expected": HEART, "rows": sum(len(b.targets) for b in flight.few)}


def zeroed_inputs(flight: Flight) -> dict[str, Any]:
    """See whether the answers change where each token is the unknown one.

    Returns:
        `value`, the loss of the two batches without their words; `expected`, with them; `moved`, the most that a
        logit changes.
    """
    if not flight.few:
        return {}
    flight.learnt()
    blank = [b._replace(ids=torch.where(b.ids == 0, 0, UNKNOWN)) for b in flight.few]
    moved = np.abs(flight.answers(blank) - flight.answers(flight.few)).max()
    return {
        "value": flight.loss(blank),
        "expected": flight.loss(flight.few),
        "moved": float(moved),
    }


def companions(flight: Flight) -> dict[str, Any]:
    """See whether a text's answer depends on the texts beside it in a batch, or on its padding.

    Returns:
        `value`, the most that a logit moves; `spread`, how far logits lie apart.
    """
    flight.learnt()
    part = flight.train
    rows = flight.draw.permutation(len(part))[:200]
    rows = rows[np.argsort(part.lengths[rows], kind="stable")]
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, COMPANIONS).astype(int))]
    together = flight.answers([batch_of(part, rows)])
    turned = flight.answers([batch_of(part, rows[::-1].copy())])[::-1]
    half = len(rows) // 2 or 1
    apart = flight.answers([batch_of(part, one) for one in (rows[:half], rows[half:]) if len(one)])
    alone = flight.answers([batch_of(part, rows[i : i + 1]) for i in range(len(rows))])
    moved = max(float(np.abs(other - together).max()) for other in (turned, apart, alone))
    return {"value": moved, "spread": float(np.ptp(together))}


def shuffled_labels(flight: Flight) -> dict[str, Any]:
    """Train for a moment on the labels, and on the same labels dealt out anew, and ask validation.

    Labels that are no better than shuffled ones say nothing of their texts, or nothing that so short a training learns:
    what is made of it also asks a linear model, see `sweep.diagnosis.before.network`.

    Returns:
        `value`, the AUC on validation after training on shuffled labels; `labels`, after training on the labels;
        `error`, the standard error of chance there; nothing where validation is too small.
    """
    asked = flight.drawn(flight.validation, SAMPLED)
    truth = np.concatenate([b.targets.numpy() for b in asked])
    positives = float(truth.sum())
    if min(positives, len(truth) - positives) < EMPTY:
        return {}
    taught = flight.drawn(flight.train, LEARNT_STEPS * ROWS // 2)
    taught = [taught[i] for i in flight.draw.permutation(len(taught))][:LEARNT_STEPS]
    targets = flight.draw.permutation(np.concatenate([b.targets.numpy() for b in taught]))
    ends = np.cumsum([len(b.targets) for b in taught])[:-1]
    shuffled = [
        b._replace(targets=torch.from_numpy(t))
        for b, t in zip(taught, np.split(targets, ends), strict=True)
    ]
    reached = []
    for batches in (shuffled, taught):
        flight.begin()
        flight.steps(batches, LEARNT_STEPS, flight.optimizer(LEARNT_RATE, "adam"))
        reached.append(flight.auc(asked))
    error = error_of_auc(0.5, positives, len(truth) - positives)
    return {"value": reached[0], "labels": reached[1], "error": error, "rows": len(truth)}


def finite(facts: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is no finite number, which JSON cannot hold."""
    return {
        name: value
        for name, value in facts.items()
        if not isinstance(value, float) or math.isfinite(value)
    }


def _cut(batch: Batch) -> Batch:
    # As it is trained on, whole texts and pairs of texts: of long ones a few.
    rows = max(4, min(4 * ROWS, 4 * ROWS * TOKENS // batch.ids.shape[1]))
    kept = {name: given[:rows] for name, given in batch._asdict().items() if given is not None}
    return Batch(**kept)
