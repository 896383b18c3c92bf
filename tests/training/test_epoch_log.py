"""What happens at the end of an epoch, with logits chosen by hand."""

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.special import logit

from support.tiny_trials import make_job
from sweep.config import Metric
from sweep.network.batches import EvaluationBatches
from sweep.records import EncodedTexts, EpochReport
from sweep.training.epoch_log import EpochLog
from sweep.workspace import TrialFolder

LABELS = np.array([0, 1, 0, 1], dtype=np.int8)
LENGTHS = [4, 3, 2, 1]  # so that the batches' order is the part's, turned round
RIGHT, WRONG = np.array([0.1, 0.9, 0.2, 0.8]), np.array([0.9, 0.1, 0.8, 0.2])


class Run:
    """An `EpochLog` fed with probabilities instead of a network's."""

    def __init__(self, folder, metric=Metric.average_precision, prune_at=None) -> None:
        self.told: list[EpochReport] = []
        job = make_job(folder, folder, objective__metric=metric)
        offsets = np.concatenate([[0], np.cumsum(LENGTHS)])
        part = EncodedTexts(np.ones(offsets[-1], dtype=np.int64), offsets, LABELS)
        priors = {"trained_prior": 0.5, "true_prior": 0.5}
        self.log = EpochLog(job, LABELS, EvaluationBatches(part, 3), priors, self._report)
        self.prune_at, self.folder = prune_at, folder
        optimizer = SimpleNamespace(param_groups=[{"lr": 0.125}])
        self.trainer: Any = SimpleNamespace(optimizers=[optimizer], should_stop=False)

    def _report(self, told: EpochReport) -> bool:
        self.told.append(told)
        return told.epoch == self.prune_at

    def epoch(self, number: int, probabilities: np.ndarray) -> float:
        objective = self.log.score(logit(probabilities)[::-1].copy(), 0.75)
        self.trainer.current_epoch = number
        self.log.on_validation_end(self.trainer, None)  # type: ignore[arg-type]
        return objective


def test_logits_come_back_into_the_parts_order(tmp_path):
    run = Run(tmp_path, Metric.roc_auc)
    assert [run.epoch(0, RIGHT), run.epoch(1, WRONG)] == [1.0, 0.0]


@pytest.mark.parametrize("metric", [Metric.roc_auc, Metric.log_loss, Metric.brier])
def test_the_best_epoch_whatever_the_direction(tmp_path, metric):
    run = Run(tmp_path, metric)
    objectives = [run.epoch(i, p) for i, p in enumerate([WRONG, RIGHT, RIGHT, WRONG])]
    assert run.log.best_epoch == int(np.argmax(objectives)) == 1
    assert run.log.epochs == 4
    assert abs(objectives[1]) == run.log.best == run.told[-1].best
    assert [told.best for told in run.told] == [abs(objectives[0]), *[run.log.best] * 3]


def test_the_history_is_readable_after_each_epoch(tmp_path):
    run = Run(tmp_path)
    for number, probabilities in enumerate([WRONG, RIGHT]):
        run.epoch(number, probabilities)
        lines = (TrialFolder(tmp_path).history).read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["epoch"] for line in lines] == list(range(number + 1))
    last = json.loads(lines[-1])
    assert (last["train_loss"], last["learning_rate"]) == (0.75, 0.125)
    assert last == {"epoch": 1, **run.told[-1].metrics}


@pytest.mark.parametrize("prune_at", [0, 1, None])
def test_a_report_that_is_answered_with_true_stops_the_trainer(tmp_path, prune_at):
    run = Run(tmp_path, prune_at=prune_at)
    for number in range(2):
        run.epoch(number, RIGHT)
        assert (
            run.log.pruned
            is run.trainer.should_stop
            is (prune_at is not None and number >= prune_at)
        )


def test_another_attempt_begins_its_history_anew(tmp_path):
    for _ in range(2):
        run = Run(tmp_path)
        run.epoch(0, RIGHT)
    assert len((TrialFolder(tmp_path).history).read_text().splitlines()) == 1
