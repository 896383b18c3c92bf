"""What happens at the end of an epoch, with logits chosen by hand."""

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from pytorch_lightning.trainer.states import TrainerFn
from scipy.special import logit

from support.tiny_trials import make_job
from sweep.config import Metric
from sweep.network.batches import EvaluationBatches
from sweep.records import EncodedTexts, EpochReport
from sweep.training.epoch_log import EpochLog, Patience
from sweep.workspace import TrialFolder

LABELS = np.array([0, 1, 0, 1], dtype=np.int8)
RIGHT, WRONG = np.array([0.1, 0.9, 0.2, 0.8]), np.array([0.9, 0.1, 0.8, 0.2])
SHUFFLED = np.random.default_rng(0).permutation(200)
MANY = np.arange(200) % 5 == 0
RANKED = np.where(MANY, 0.9, 0.1)
GUESSED = RANKED[SHUFFLED]


class Run:
    """An `EpochLog` fed with probabilities instead of a network's."""

    def __init__(
        self, folder, metric=Metric.average_precision, prune_at=None, labels=LABELS, **trainer
    ) -> None:
        self.told: list[EpochReport] = []
        changes = {f"trainer__{name}": value for name, value in trainer.items()}
        job = make_job(folder, folder, objective__metric=metric, **changes)
        # Longer texts first, so that the batches' order is the part's, turned round.
        offsets = np.concatenate([[0], np.cumsum(np.arange(len(labels), 0, -1))])
        part = EncodedTexts(np.ones(offsets[-1], dtype=np.int64), offsets, labels)
        priors = {"trained_prior": 0.5, "true_prior": 0.5}
        self.log = EpochLog(job, labels, EvaluationBatches(part, 3), priors, self._report)
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


def test_of_epochs_with_an_equal_score_the_one_with_the_least_loss_is_best(tmp_path):
    """Few rows let a ranking be perfect in an early epoch, of a network that has hardly begun."""
    run = Run(tmp_path, Metric.average_precision)
    timid = np.array([0.45, 0.55, 0.48, 0.52])
    kept = []
    for number, probabilities in enumerate([timid, RIGHT, timid, WRONG, RIGHT]):
        run.epoch(number, probabilities)
        kept.append(run.log.best_now)
    assert kept == [True, True, False, False, False]
    assert [told.best for told in run.told] == [1.0] * 5
    assert run.log.best_epoch == 1


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
    run = Run(tmp_path, prune_at=prune_at, max_epochs=3)
    for number in range(2):
        run.epoch(number, RIGHT)
        assert (
            run.log.pruned
            is run.trainer.should_stop
            is (prune_at is not None and number >= prune_at)
        )


@pytest.mark.parametrize(
    ("settings", "guessing"),
    [({"max_epochs": 2}, False), ({"max_epochs": 4, "chance_share": 0.5}, True)],
    ids=["max_epochs", "no_learning"],
)
def test_the_report_of_the_last_epoch_prunes_nothing(tmp_path, settings, guessing):
    run = Run(tmp_path, prune_at=1, labels=MANY, **settings)
    for number in range(2):
        run.epoch(number, GUESSED if guessing else RANKED)
    assert (run.told[-1].epoch, run.log.pruned) == (1, False)


def test_another_attempt_begins_its_history_anew(tmp_path):
    for _ in range(2):
        run = Run(tmp_path)
        run.epoch(0, RIGHT)
    assert len(TrialFolder(tmp_path).history.read_text().splitlines()) == 1


def test_a_trial_learns_from_the_epoch_that_leaves_chance_and_ends_where_none_does(tmp_path):
    learning = Run(tmp_path, labels=MANY, max_epochs=8, chance_share=0.5)
    for number, probabilities in enumerate([GUESSED, GUESSED, RANKED, GUESSED]):
        learning.epoch(number, probabilities)
    assert [told.learned for told in learning.told] == [0, 0, 1, 2]
    assert [told.error > 0.03 for told in learning.told] == [True, True, False, False]
    assert not learning.trainer.should_stop
    resting = Run(tmp_path, labels=MANY, max_epochs=8, chance_share=0.5)
    stops = []
    for number in range(4):
        resting.epoch(number, GUESSED)
        stops.append(resting.trainer.should_stop)
    assert stops == [False, False, False, True]
    assert not resting.log.pruned


@pytest.mark.parametrize(("min_progress", "epochs"), [(0.0, 6), (1.0, 5)])
def test_patience_counts_from_the_first_epoch_of_learning(tmp_path, min_progress, epochs):
    # Chance three times; learning; a rise far below the standard error; then the same again and again.
    first, risen = RANKED.copy(), RANKED.copy()
    first[np.flatnonzero(~MANY)[:12]] = 0.95
    risen[np.flatnonzero(~MANY)[:11]] = 0.95
    run = Run(tmp_path, labels=MANY, max_epochs=20, patience=2, min_progress=min_progress)
    early = Patience(run.log)
    run.trainer.state = SimpleNamespace(fn=TrainerFn.FITTING)
    run.trainer.sanity_checking = run.trainer.fast_dev_run = False
    run.trainer.strategy = SimpleNamespace(reduce_boolean_decision=lambda stop, **_: stop)
    for number, probabilities in enumerate([*[GUESSED] * 3, first, *[risen] * 9]):
        run.trainer.callback_metrics = {
            "objective": torch.tensor(run.epoch(number, probabilities))
        }
        early.on_validation_end(run.trainer, None)  # type: ignore[arg-type]
        if run.trainer.should_stop:
            break
    assert early.stopped_epoch == number == epochs
