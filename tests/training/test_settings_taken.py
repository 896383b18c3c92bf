"""Every setting of a trial reaches the part of the training that it is meant for."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from support.tiny_trials import FAST, go_on, history, make_job, train
from sweep.scoring.decision import Decision
from sweep.training.trial import Trial
from sweep.workspace import TrialFolder

OTHERS: dict[str, Any] = {
    "cell": "gru", "embedding": 3, "hidden": 5, "layers": 2, "bidirectional": True, "read_out": "mean",
    "embedding_dropout": 0.1, "layer_dropout": 0.2, "dropout": 0.3,
}  # fmt: skip


def trial(corpus: Path, folder: Path, **changes: Any) -> Trial:
    return Trial(make_job(corpus, folder, **changes), go_on)


def test_the_network_is_the_one_that_is_asked_for(corpus: Path, tmp_path: Path) -> None:
    changes = {f"model__{name}": value for name, value in OTHERS.items()}
    made = trial(corpus, tmp_path, **changes)
    size = made.corpus.vocabulary_size
    assert made.learner.hparams["network"] == OTHERS | {"vocabulary_size": size}
    network = made.learner.network
    assert (network.embedding_dropout.p, network.stack.between.p, network.dropout.p) == (
        0.1,
        0.2,
        0.3,
    )
    assert type(network.stack.rnns()[0]) is torch.nn.GRU
    assert len(network.stack.rnns()) == 2 * OTHERS["layers"]  # each layer reads both ways
    assert network.read_out.bidirectional
    assert network.read_out.read.__name__ == "mean"


@pytest.mark.parametrize("orthogonal", [True, False])
@pytest.mark.parametrize("forget", [1.0, -0.5])
def test_start_values_are_those_asked_for(
    corpus: Path, tmp_path: Path, orthogonal: bool, forget: float
) -> None:
    changes = {"model__orthogonal": orthogonal, "model__forget_bias": forget}
    (rnn,) = trial(corpus, tmp_path, **changes).learner.network.stack.rnns()
    for gate in rnn.weight_hh_l0.split(4):
        off = (gate @ gate.T - torch.eye(4)).abs().max().item()
        assert (off < 1e-5) is orthogonal
    total = rnn.bias_ih_l0 + rnn.bias_hh_l0
    assert total[4:8].tolist() == [forget] * 4


@pytest.mark.parametrize(
    ("changes", "share"),
    [
        ({}, None),
        ({"loss__positive_weight": "balanced"}, 0.5),
        ({"resampling__method": "random_over"}, 0.5),
        ({"resampling__method": "random_over", "resampling__ratio": 0.5}, 1 / 3),
        ({"resampling__method": "balanced_batches"}, 0.5),
        ({"resampling__method": "balanced_batches", "loss__positive_weight": 3.0}, 0.75),
    ],
)
def test_the_output_starts_at_the_log_odds_that_the_loss_sees(
    corpus: Path, tmp_path: Path, changes: dict[str, Any], share: float | None
) -> None:
    made = trial(corpus, tmp_path, **changes)
    truth = made.corpus.parts["train"].truth
    share = truth.mean() if share is None else share
    start = made.learner.network.head.bias.item()
    assert start == pytest.approx(math.log(share / (1 - share)), abs=0.02)
    assert made.priors["trained_prior"] == pytest.approx(share, abs=0.005)
    assert made.priors["true_prior"] == truth.mean()
    left = trial(corpus, tmp_path, **changes, model__prior_bias=False)
    assert abs(left.learner.network.head.bias.item()) <= 0.5  # torch's own: 1 / sqrt(hidden)
    assert left.learner.network.head.bias.item() != start


def test_the_loss_is_the_one_that_is_asked_for(corpus: Path, tmp_path: Path) -> None:
    asked = {"name": "focal", "positive_weight": 3.0, "focal_gamma": 1.5, "label_smoothing": 0.1}
    made = trial(corpus, tmp_path, **{f"loss__{name}": value for name, value in asked.items()})
    assert made.learner.loss == asked


def test_the_optimizer_is_the_one_that_is_asked_for(corpus: Path, tmp_path: Path) -> None:
    asked = {
        "name": "sgd", "learning_rate": 0.03, "sgd_factor": 2.0, "vectors_rate": 0.5, "weight_decay": 0.1,
        "momentum": 0.4, "clip_norm": 0.2, "schedule": "cosine", "warmup_epochs": 0.5, "plateau_patience": 3,
    }  # fmt: skip
    changes = {f"optimizer__{name}": value for name, value in asked.items()}
    assert trial(corpus, tmp_path, **changes).learner.optimizer == asked


@pytest.mark.parametrize(("size", "bucketing"), [(32, True), (50, False)])
def test_steps_are_those_of_all_epochs(
    corpus: Path, tmp_path: Path, size: int, bucketing: bool
) -> None:
    changes = {"trainer__batch_size": size, "trainer__bucketing": bucketing}
    made = trial(corpus, tmp_path, **changes, trainer__max_epochs=7)
    rows = len(made.corpus.parts["train"].truth)
    an_epoch = math.ceil(rows / size)
    assert (len(made.batches), made.batches.bucketing) == (an_epoch, bucketing)
    assert (made.learner.steps, made.learner.epochs) == (7 * an_epoch, 7)


@pytest.mark.parametrize("schedule", ["cosine", "warmup"])
def test_the_rate_moves_over_all_epochs(corpus: Path, tmp_path: Path, schedule: str) -> None:
    epochs, rate = 4, 0.01
    changes = {"optimizer__schedule": schedule, "optimizer__warmup_epochs": 2.0}
    job = {"optimizer__learning_rate": rate, "trainer__max_epochs": epochs}
    train(corpus, tmp_path, **changes, **job, trainer__batch_size=10)
    steps = len(trial(corpus, tmp_path / "other", trainer__batch_size=10).batches)
    assert steps > 16, "an epoch of several groups"
    # The rate on record is that of the step that would come next.
    half = 0.5 * rate * (1 + math.cos(math.pi / 2))
    expected = [rate * (steps + 1) / (2 * steps), rate]
    expected += [half, 0.0] if schedule == "cosine" else [rate, rate]
    assert [line["learning_rate"] for line in history(tmp_path)] == pytest.approx(expected)


@pytest.mark.parametrize("method", ["smote", "random_over", "none", "balanced_batches"])
def test_the_batches_hold_what_resampling_made(corpus: Path, tmp_path: Path, method: str) -> None:
    made = trial(corpus, tmp_path, resampling__method=method)
    truth = made.corpus.parts["train"].truth
    epoch = list(made.batches)
    targets = np.concatenate([batch.targets.numpy() for batch in epoch])
    expected = truth.mean() if method == "none" else 0.5
    assert targets.mean() == pytest.approx(expected, abs=0.005)
    mixed = [batch for batch in epoch if batch.partner_ids is not None]
    assert bool(mixed) == (method == "smote")
    for batch in mixed:
        assert batch.weights is not None
        blended = batch.weights > 0
        assert batch.targets[blended].min() == 1, "the rare class is mixed"
        assert (batch.ids[blended] != batch.partner_ids[blended]).any()
        assert (batch.ids[~blended] == batch.partner_ids[~blended]).all()
    if method == "smote":
        shares = np.concatenate([batch.weights.numpy() for batch in mixed])
        assert np.count_nonzero(shares) > len(truth) / 4
        assert 0.2 < shares[shares > 0].mean() < 0.3  # drawn evenly from 0 to a half


def test_another_seed_draws_other_rows_batches_and_weights(corpus: Path, tmp_path: Path) -> None:
    def drawn(method: str, seed: int) -> dict[str, torch.Tensor]:
        made = trial(corpus, tmp_path, seed=seed, resampling__method=method)
        rows = {
            f"{method} {name}": torch.from_numpy(getattr(made.batches, name))
            for name in ("rows", "partners")
        }
        # Each batch's texts, whatever the rows; a text's first token tells most of them apart.
        order = torch.cat([batch.ids[:, 0] for batch in made.batches])
        weights = {name: weight.detach() for name, weight in made.learner.named_parameters()}
        return rows | {f"{method} order": order} | weights

    def differing(method: str, seed: int) -> set[str]:
        one, other = drawn(method, 1), drawn(method, seed)
        return {name for name in one if not torch.equal(one[name], other[name])}

    weights = set(drawn("none", 1)) - {"none rows", "none partners", "none order"}
    drawn_weights = weights - {"network.head.bias"}  # starts at the log-odds
    assert differing("none", 1) == differing("smote", 1) == set()
    assert differing("none", 2) == drawn_weights | {"none order"}
    assert differing("smote", 2) == drawn_weights | {
        "smote rows",
        "smote partners",
        "smote order",
    }


@pytest.mark.parametrize("kind", ["temperature", "isotonic"])
def test_the_decision_is_calibrated_at_the_end(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    job = make_job(corpus, tmp_path, objective__calibration=kind, **FAST)
    made, kinds, fit = Trial(job, go_on), [], Decision.fit

    def watched(*given: Any, **named: Any) -> Decision:
        decision = fit(*given, **named)
        kinds.append(decision.calibrator.kind)
        return decision

    monkeypatch.setattr(Decision, "fit", watched)
    ended = made.run()
    assert kinds == ["none"] * ended["epochs"] + [kind]
    stored = json.loads(TrialFolder(tmp_path).decision.read_text(encoding="utf-8"))
    assert stored["calibrator"]["kind"] == kind
