"""Scores on the test part: the winner's, and the baselines' beside it.

These run in a worker and are named by a text there (see `conclusion`), so that the coordinator never loads torch or
scikit-learn.
"""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path

from sweep.config import Config, ObjectiveConfig
from sweep.files import check_unchanged
from sweep.network.batches import EvaluationBatches
from sweep.scoring.baselines import baselines
from sweep.scoring.decision import Decision
from sweep.scoring.threshold import choose
from sweep.text.cache import encoded, load_texts
from sweep.text.tfidf import tfidf
from sweep.training.fit import logits_of
from sweep.training.learner import Learner
from sweep.typed import start_over
from sweep.workspace import TrialFolder, Workspace


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
    trial = TrialFolder(folder)
    again = start_over(Workspace(Path(config.workdir)).sweep(config.sweep).root)
    check_unchanged(trial.checkpoint, digest, again)
    check_unchanged(trial.decision, decision_digest, again)
    learner = Learner.load_from_checkpoint(trial.checkpoint, map_location="cpu", weights_only=True)
    decision = Decision.from_dict(json.loads(trial.decision.read_text(encoding="utf-8")))
    part = encoded(corpus, asdict(config.text)).parts["test"]
    batches = EvaluationBatches(part, config.trainer.eval_batch_size)
    return decision.scores(part.truth, logits_of(learner, batches))


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
    rule = partial(
        choose,
        rule=str(objective.threshold_for),
        target=objective.target,
        cost_miss=objective.cost_miss,
        cost_false_alarm=objective.cost_false_alarm,
    )
    return baselines(train, validation, test, seed=seed, vectorize=tfidf, choose_threshold=rule)
