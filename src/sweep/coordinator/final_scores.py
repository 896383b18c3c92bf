"""Scores on the test part: the winner's, and the baselines' beside it.

These run in a worker and are named by a text there (see `conclusion`), so that the coordinator never loads torch or
scikit-learn.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit

from sweep.config import Config, ObjectiveConfig
from sweep.files import check_unchanged
from sweep.network.batches import EvaluationBatches
from sweep.records import BagScores, TrainedMember
from sweep.scoring.baselines import baselines, by_row, cross_validated
from sweep.scoring.decision import Decision
from sweep.scoring.reliability import reliability
from sweep.scoring.threshold import choose
from sweep.statistics.intervals import score_intervals, threshold_interval
from sweep.text.cache import encoded, load_texts, rows_of
from sweep.text.settings import text_settings
from sweep.text.tfidf import tfidf
from sweep.training.fit import logits_of
from sweep.training.learner import Learner
from sweep.typed import start_over
from sweep.workspace import TrialFolder, Workspace

INTERVALS = (
    "average_precision",
    "roc_auc",
    "mcc",
    "f1",
    "precision",
    "recall",
    "balanced_accuracy",
    "accuracy",
    "log_loss",
    "brier",
)
"""Scores that get an interval. The calibration error gets none: rows drawn anew add to it, so that the interval of a
small one would lie above it."""
Intervals = dict[str, list[float]]


def judge_winner(
    config: Config, corpus: Path, folder: Path, digest: str, decision_digest: str | None
) -> dict[str, Any]:
    """Score the winner on the test part, and tell how far its scores can be trusted.

    Args:
        config: as under `score_winner`.
        corpus: as there.
        folder: as there.
        digest: as there.
        decision_digest: as there.

    Returns:
        `test`, its scores; `intervals` of the scores of both parts; `reliability` of its probabilities on test.

    Raises:
        BundleError: as there.
    """
    trial, decision = _winner(config, folder, digest, decision_digest)
    truth, logits = _test_logits(config, corpus, trial)
    with np.load(trial.validation) as kept:
        known = {name: kept[name] for name in kept.files}
    _, labels = load_texts(corpus, "validation")
    intervals = {
        "validation": _intervals(labels, known["probabilities"], decision.threshold, config.seed),
        "test": _intervals(truth, decision.probabilities(logits), decision.threshold, config.seed),
    }
    return {
        "test": decision.scores(truth, logits),
        "intervals": intervals,
        "reliability": _reliability(decision, truth, logits),
    }


def score_winner(
    config: Config, corpus: Path, folder: Path, digest: str, decision_digest: str | None
) -> dict[str, float]:
    """Score the winner on the test part, which nothing was chosen by.

    Args:
        config: the winner's settings.
        corpus: folder of the cached corpus.
        folder: the winner's trial folder.
        digest: SHA-256 that its checkpoint had when it was trained.
        decision_digest: the same of its threshold and calibration; None for an older trial, whose
            file is read as it is.

    Returns:
        Every metric of `Decision.scores`.

    Raises:
        BundleError: one of the two files is not the one that training wrote.
    """
    trial, decision = _winner(config, folder, digest, decision_digest)
    truth, logits = _test_logits(config, corpus, trial)
    return decision.scores(truth, logits)


def _winner(
    config: Config, folder: Path, digest: str, decision_digest: str | None
) -> tuple[TrialFolder, Decision]:
    trial = TrialFolder(folder)
    again = _way_out(config)
    check_unchanged(trial.checkpoint, digest, again)
    check_unchanged(trial.decision, decision_digest, again)
    return trial, Decision.from_dict(json.loads(trial.decision.read_text(encoding="utf-8")))


def _intervals(labels: np.ndarray, p: np.ndarray, threshold: float, seed: int) -> Intervals:
    found = score_intervals(INTERVALS, labels, p, threshold=threshold, seed=seed)
    return {name: list(ends) for name, ends in found.items()}


def _reliability(decision: Decision, labels: np.ndarray, logits: np.ndarray) -> dict[str, Any]:
    return reliability(labels, expit(logits), decision.probabilities(logits))


def score_bag(config: Config, members: Sequence[TrainedMember], seed: int) -> BagScores:
    """Choose a bag's calibration and threshold by its out-of-fold answers, then score it on the test part once.

    A member's answer is its log-odds, corrected for what resampling and weights did to its own prior. A row held out
    is answered by the one member a repetition that has not trained on it, the test part by the mean of all.

    Args:
        config: the winner's settings.
        members: the winner's.
        seed: of the bootstrap of the threshold.

    Returns:
        Decision and scores.

    Raises:
        BundleError: a file of a member is not the one that training wrote.
    """
    again = _way_out(config)
    own = [_checked(member, again) for member in members]
    held = [
        np.load(TrialFolder(member.folder).validation)["logits"].astype(np.float64) + each.shift
        for member, each in zip(members, own, strict=True)
    ]
    rows = [rows_of(member.corpus, "validation") for member in members]
    labels = by_row(rows, [load_texts(m.corpus, "validation")[1] for m in members])
    pooled = by_row(rows, held)
    share = float(labels.mean())
    decision = Decision.fit(
        config.objective, labels, pooled, trained_prior=share, true_prior=share
    )
    answers = decision.probabilities(pooled)
    interval = threshold_interval(_rule(config.objective), labels, answers, seed=seed).interval
    told = [_test_logits(config, m.corpus, TrialFolder(m.folder)) for m in members]
    truth = told[0][0]
    log_odds = [logits + each.shift for (_, logits), each in zip(told, own, strict=True)]
    mean = np.mean(log_odds, axis=0)
    asked = [mean, *log_odds]
    cut = decision.threshold
    on_test = [_intervals(truth, decision.probabilities(o), cut, seed) for o in asked]
    return BagScores(
        decision=decision.to_dict(),
        threshold_interval=interval,
        validation=decision.scores(labels, pooled),
        test=decision.scores(truth, mean),
        alone=[decision.scores(truth, each) for each in log_odds],
        intervals={
            "validation": _intervals(labels, answers, cut, seed),
            "test": on_test[0],
        },
        alone_intervals=on_test[1:],
        reliability=_reliability(decision, truth, mean),
        labels=labels,
        answers=answers,
    )


def _way_out(config: Config) -> str:
    return start_over(Workspace(Path(config.workdir)).sweep(config.sweep).root)


def _checked(member: TrainedMember, again: str) -> Decision:
    files = TrialFolder(member.folder)
    check_unchanged(files.checkpoint, member.sha256, again)
    check_unchanged(files.decision, member.decision_sha256, again)
    check_unchanged(files.validation, member.answers_sha256, again)
    return Decision.from_dict(json.loads(files.decision.read_text(encoding="utf-8")))


def _test_logits(
    config: Config, corpus: Path, trial: TrialFolder
) -> tuple[np.ndarray, np.ndarray]:
    learner = Learner.load_from_checkpoint(trial.checkpoint, map_location="cpu", weights_only=True)
    part = encoded(corpus, text_settings(config)).parts["test"]
    batches = EvaluationBatches(part, config.trainer.eval_batch_size)
    return part.truth, logits_of(learner, batches).astype(np.float64)


def score_baselines(
    objective: ObjectiveConfig, corpus: Path, seed: int
) -> dict[str, dict[str, dict[str, float]]]:
    """Score majority and TF-IDF with logistic regression on the same parts.

    Args:
        objective: how the threshold is chosen.
        corpus: folder of the cached corpus.
        seed: of the sweep.

    Returns:
        Scores by baseline and part.
    """
    train, validation, test = (
        load_texts(corpus, part) for part in ("train", "validation", "test")
    )
    return baselines(
        train,
        validation,
        test,
        seed=seed,
        vectorize=tfidf,
        choose_threshold=_rule(objective),
    )


def score_baselines_by_fold(
    objective: ObjectiveConfig, corpora: Sequence[Path], seed: int
) -> tuple[dict[str, dict[str, Any]], np.ndarray, float]:
    """Fit both baselines on the folds that the finalists' members had.

    Args:
        objective: the metric of each fold, and how the threshold is chosen.
        corpora: folders of the cached folds.
        seed: of the sweep.

    Returns:
        Scores by baseline, with their intervals where it is TF-IDF with logistic regression; the answers of that one
        about each row, and its threshold; see `CrossValidated`, which only workers load.
    """
    folds = [(load_texts(c, "train"), load_texts(c, "validation")) for c in corpora]
    test = load_texts(corpora[0], "test")
    rows = [rows_of(corpus, "validation") for corpus in corpora]
    found = cross_validated(
        folds,
        test,
        rows=rows,
        seed=seed,
        metric=str(objective.metric),
        vectorize=tfidf,
        choose_threshold=_rule(objective),
    )
    labels = by_row(rows, [held[1] for _, held in folds])
    found.scores["tfidf_logreg"]["intervals"] = {
        part: _intervals(truth, p, found.threshold, seed)
        for part, truth, p in (
            ("validation", labels, found.answers),
            ("test", test[1], found.test),
        )
    }
    return found.scores, found.answers, found.threshold


def _rule(objective: ObjectiveConfig) -> Callable[[np.ndarray, np.ndarray], float]:
    return partial(
        choose,
        rule=str(objective.threshold_for),
        target=objective.target,
        cost_miss=objective.cost_miss,
        cost_false_alarm=objective.cost_false_alarm,
    )
