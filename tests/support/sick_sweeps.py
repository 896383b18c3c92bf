"""Records of sweeps as they are judged, healthy unless an illness is planted."""

from dataclasses import replace
from typing import Any

import numpy as np

from sweep.diagnosis.facts import Answers, Facts, Searched, TrialFacts

ROWS, POSITIVES = 800, 120
SETTINGS: dict[str, Any] = {
    "text.max_length": 0.99,
    "text.vocabulary_size": 10_000,
    "text.min_frequency": 2,
    "text.keep": "head",
    "text.stop_words": False,
    "text.keep_negations": True,
    "text.reduction": "none",
    "resampling.method": "none",
    "resampling.ratio": 1.0,
    "model.network": "recurrent",
    "model.cell": "lstm",
    "model.vectors": "none",
    "model.embedding": 128,
    "model.hidden": 128,
    "model.layers": 1,
    "model.bidirectional": False,
    "model.read_out": "max",
    "model.embedding_dropout": 0.5,
    "model.layer_dropout": 0.0,
    "model.dropout": 0.2,
    "optimizer.name": "adam",
    "optimizer.learning_rate": 2e-3,
    "optimizer.weight_decay": 0.0,
    "optimizer.momentum": 0.9,
    "optimizer.clip_norm": 1.0,
    "loss.name": "bce",
    "loss.positive_weight": 1.0,
    "loss.label_smoothing": 0.0,
    "trainer.max_epochs": 8,
    "trainer.patience": 5,
    "trainer.bucketing": True,
    "split.validation": 0.2,
}
HEALTHY = (0.40, 0.30, 0.20, 0.15, 0.12, 0.10, 0.09, 0.08)
FLAT = (0.43, 0.425, 0.424, 0.424, 0.423, 0.424, 0.423, 0.423)
ENTROPY = 0.4227
"""Of 15 per cent positives."""


def answers(auc: float, scale: float = 2.0, shift: float = -2.0) -> Answers:
    """Answers to 800 texts, 120 of them positive, of about this AUC."""
    rng = np.random.default_rng(3)
    labels = np.zeros(ROWS)
    labels[:POSITIVES] = 1
    apart = {0.5: 0.0, 0.97: 2.7, 0.1: -1.8}[auc]
    logits = scale * (rng.normal(size=ROWS) + apart * labels) + shift
    return Answers(labels=labels, probabilities=1 / (1 + np.exp(-logits)))


def trial(
    number: int = 0,
    *,
    auc: float = 0.97,
    losses: tuple[float, ...] = HEALTHY,
    held: tuple[float, ...] | None = None,
    scores: tuple[float, ...] | None = None,
    settings: dict[str, Any] | None = None,
    **fields: Any,
) -> TrialFacts:
    """A trial of eight epochs that has learnt, unless told otherwise."""
    held = tuple(0.9 * loss + 0.05 for loss in losses) if held is None else held
    top = max(0.2, auc - 0.07)
    scores = scores or tuple(top - 0.3 / (i + 1) ** 2 for i in range(len(losses)))
    history = [
        {"train_loss": a, "log_loss": b, "average_precision": c, "standard_error": 0.03}
        for a, b, c in zip(losses, held, scores, strict=True)
    ]
    counts = {"tp": 100.0, "fn": POSITIVES - 100.0, "fp": 10.0, "tn": ROWS - POSITIVES - 10.0}
    metrics = {"roc_auc": auc, "accuracy": 0.96, "ece": 0.02, "ece_uncorrected": 0.02, **counts}
    plain = TrialFacts(
        name=f"lstm-{number}",
        arm="lstm",
        number=number,
        status="COMPLETE",
        stopped="max_epochs" if auc > 0.6 else "no_learning",
        value=top,
        epoch=scores.index(max(scores)),
        epochs=len(losses),
        values={},
        settings=SETTINGS | (settings or {}),
        metrics=metrics | fields.pop("metrics", {}),
        history=tuple(history),
        answers=fields.pop("answers", None),
        encoding={
            "vocabulary": 3000,
            "train": {"rows": 2400, "unknown": 0.0, "truncated": 0.01, "padding": 0.5},
            "validation": {"rows": ROWS, "unknown": 0.05, "truncated": 0.01, "padding": 0.5},
        },
    )
    return replace(plain, **fields)


def ill(number: int = 0, **told: Any) -> TrialFacts:
    """A trial that ranks at chance."""
    return trial(number, **({"auc": 0.5, "losses": FLAT} | told))


def sweep(*trials: TrialFacts, space: tuple[Searched, ...] = (), **fields: Any) -> Facts:
    """A sweep of these trials; the linear baseline ranks well."""
    own = dict(trials[0].settings) if trials else dict(SETTINGS)
    summary = {
        "baselines": {"tfidf_logreg": {"validation": {"roc_auc": 0.9}}},
        "gate": {"decision": "better"},
    }
    plain = Facts(
        trials=trials,
        budget=len(trials),
        settings=own,
        space=space,
        corpus={
            "train": {"rows": 2400, "positives": 360},
            "validation": {"rows": ROWS, "positives": POSITIVES},
        },
        summary=summary,
    )
    return replace(plain, **fields)
