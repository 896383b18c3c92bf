"""One run of Lightning: equal bits again, and the best epoch's weights in the checkpoint."""

import json

import numpy as np
import pytest
import torch

from support.tiny_trials import FAST, MIXED, go_on, history, make_job, same, train
from sweep.config import Metric
from sweep.files import sha256
from sweep.scoring.decision import Decision
from sweep.training.fit import logits_of
from sweep.training.learner import Learner
from sweep.training.trial import Trial
from sweep.workspace import TrialFolder


def test_the_same_seed_gives_the_same_bits(once, corpus, tmp_path):
    result, folder = once
    again = train(corpus, tmp_path, **MIXED)
    assert same(again) == same(result)
    assert (
        sha256(TrialFolder(tmp_path).checkpoint)
        == sha256(TrialFolder(folder).checkpoint)
        == result.sha256
    )
    assert history(tmp_path) == history(folder)


def test_another_seed_gives_other_weights(once, corpus, tmp_path):
    other = train(corpus, tmp_path, seed=2, **MIXED)
    assert other.sha256 != once[0].sha256
    assert history(tmp_path) != history(once[1])


@pytest.mark.parametrize(
    "changes",
    [
        FAST,
        FAST | {"objective__metric": Metric.log_loss},
        FAST | {"model__dropout": 0.5},
        FAST | {"objective__metric": Metric.mcc},
    ],
    ids=["a score", "a loss", "with dropout", "a score of few steps"],
)
def test_the_checkpoint_holds_the_best_epochs_weights(corpus, tmp_path, changes):
    result = train(corpus, tmp_path, **changes)
    learner = Learner.load_from_checkpoint(
        TrialFolder(tmp_path).checkpoint, map_location="cpu", weights_only=True
    )
    fresh = Trial(make_job(corpus, tmp_path, **FAST), go_on)
    logits = logits_of(learner, fresh.watched)
    decision = Decision.from_dict(
        json.loads((TrialFolder(tmp_path).decision).read_text(encoding="utf-8"))
    )
    found = decision.scores(fresh.labels, logits)
    line = history(tmp_path)[result.epoch]
    metric = changes.get("objective__metric", Metric.average_precision)
    equals = [e for e in history(tmp_path) if e[metric] == line[metric]]
    assert line["log_loss"] == min(e["log_loss"] for e in equals)
    assert found == pytest.approx(dict(result.metrics), abs=1e-12)
    assert found == pytest.approx({name: line[name] for name in found}, abs=1e-6)
    kept = np.load(TrialFolder(tmp_path).validation)["probabilities"]
    np.testing.assert_allclose(kept, decision.probabilities(logits), atol=1e-12)
    assert decision.threshold == result.threshold


def test_the_checkpoint_is_plain_weights(once):
    kept = torch.load(TrialFolder(once[1]).checkpoint, weights_only=True)
    weights = kept["state_dict"].values()
    assert weights
    assert all(torch.isfinite(w).all() for w in weights)
    json.dumps(kept["hyper_parameters"])


def test_the_size_of_evaluation_batches_changes_no_score(corpus, tmp_path):
    found = [
        train(corpus, tmp_path / str(size), trainer__eval_batch_size=size) for size in (1, 7, 256)
    ]
    for other in found[1:]:
        assert dict(other.metrics) == pytest.approx(dict(found[0].metrics), abs=1e-5)
