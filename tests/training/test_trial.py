"""Training: one job, one result; every setting runs or is refused."""

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from support.tiny_trials import FAST, MIXED, go_on, history, make_job, same, train
from sweep.config import Metric, OptimizerName, Schedule
from sweep.errors import UserError
from sweep.executors.local import LocalExecutor
from sweep.files import sha256
from sweep.network.batches import AT_ONCE
from sweep.plugins.tables import RESAMPLERS
from sweep.records import GROUPS, EpochReport, Reason, Status, Stopped
from sweep.resampling.resample import needs_space
from sweep.text.cache import load_texts
from sweep.text.encoder import Encoder
from sweep.training.trial import Trial
from sweep.workspace import TrialFolder

WRONG_WAY: dict[str, Any] = {"optimizer__name": "sgd", "optimizer__clip_norm": 0}
STILL: dict[str, Any] = {"optimizer__learning_rate": 1e-12}


def test_a_fresh_worker_gives_the_bits_of_this_process(once, corpus, tmp_path):
    executor = LocalExecutor(workers=1)
    executor.start()
    executor.submit(make_job(corpus, tmp_path, **MIXED))
    events: list[Any] = []
    while executor.running:
        for event in executor.wait(60.0):
            events.append(event)
            if isinstance(event, EpochReport):
                executor.answer(event.key, prune=False)
    executor.close()
    assert same(events[-1]) == same(once[0])
    assert history(tmp_path) == history(once[1])


@pytest.mark.parametrize("metric", [Metric.average_precision, Metric.mcc, Metric.log_loss])
def test_the_value_is_the_best_of_the_history(corpus, tmp_path, metric):
    result = train(corpus, tmp_path, objective__metric=metric, **FAST)
    values = [line[metric] for line in history(tmp_path)]
    best = max(values) if metric.maximize else min(values)
    assert len(values) == result.epochs == 6
    assert len(set(values)) > 1
    assert result.value == np.float32(best)
    assert np.float32(values[result.epoch]) == np.float32(best)


def test_the_folder_tells_settings_and_result(once):
    result, folder = once
    settings = json.loads((TrialFolder(folder).settings).read_text(encoding="utf-8"))
    assert set(settings) == {"seed", *GROUPS}
    assert settings["seed"] == 1
    assert settings["resampling"]["method"] == "smote"
    told = json.loads((TrialFolder(folder).result).read_text(encoding="utf-8"))
    assert (told["status"], told["value"]) == ("COMPLETE", result.value)
    files = TrialFolder(folder)
    assert told["decision_sha256"] == sha256(files.decision)
    assert told["sha256"] == hashlib.sha256(files.checkpoint.read_bytes()).hexdigest()


def test_each_epoch_is_reported_with_the_best_so_far(corpus, tmp_path):
    told: list[EpochReport] = []
    result = train(corpus, tmp_path, lambda report: bool(told.append(report)), **FAST)
    assert [report.epoch for report in told] == list(range(result.epochs))
    values = [report.metrics["average_precision"] for report in told]
    best = np.maximum.accumulate(np.float32(values))
    assert [report.best for report in told] == best.tolist()
    assert {"train_loss", "learning_rate", "seconds"} <= set(told[0].metrics)


@pytest.mark.parametrize("last", [0, 1])
def test_a_pruned_trial_ends_at_that_epoch(corpus, tmp_path, last):
    changes = FAST | {"trainer__patience": 1}
    result = train(corpus, tmp_path, lambda report: report.epoch == last, **changes)
    assert (result.status, result.stopped) == (Status.PRUNED, Stopped.pruned)
    assert result.epochs == last + 1 == len(history(tmp_path))
    assert result.value is not None
    assert result.sha256 == sha256(TrialFolder(tmp_path).checkpoint)


LAST: dict[str, dict[str, Any]] = {
    "max_epochs": {"trainer__patience": 9, "trainer__chance_margin": 0.0},
    "early_stopping": STILL | {"objective__metric": "ece", "trainer__patience": 1},
    "no_learning": STILL | {"trainer__chance_share": 0.5},
}


@pytest.mark.parametrize("stopped", LAST)
def test_a_trial_is_not_pruned_in_the_epoch_that_is_its_last(corpus, tmp_path, stopped):
    own = train(corpus, tmp_path / "own", **(FAST | LAST[stopped]))
    assert (own.status, own.stopped) == (Status.COMPLETE, stopped)
    last = own.epochs - 1
    asked = train(corpus, tmp_path, lambda report: report.epoch == last, **(FAST | LAST[stopped]))
    assert same(asked) == same(own)


@pytest.mark.parametrize(
    ("changes", "stopped", "epochs"),
    [
        (STILL | {"objective__metric": "ece", "trainer__patience": 1}, "early_stopping", 2),
        (STILL | {"objective__metric": "ece", "trainer__patience": 3}, "early_stopping", 4),
        (STILL | {"objective__metric": "ece", "trainer__patience": 9}, "max_epochs", 6),
        (STILL | {"trainer__patience": 1, "trainer__chance_share": 0.5}, "no_learning", 3),
        (STILL | {"trainer__patience": 1, "trainer__chance_share": 0.6}, "no_learning", 4),
        (STILL | {"trainer__patience": 1, "trainer__chance_share": 1.0}, "no_learning", 6),
        ({"trainer__patience": 9, "trainer__chance_margin": 0.0}, "max_epochs", 6),
    ],
)
def test_what_ended_the_training(corpus, tmp_path, changes, stopped, epochs):
    result = train(corpus, tmp_path, **(FAST | changes))
    assert (result.status, result.stopped, result.epochs) == (Status.COMPLETE, stopped, epochs)


@pytest.mark.parametrize(
    ("rate", "why"),
    # Nothing less makes infinities: the states of the cells stay within one, whatever the weights are.
    [(1e38, "is not a finite number"), (3e25, "far above where it began"), (1e4, "far above")],
)
def test_a_rate_that_is_far_too_high_diverges(corpus, tmp_path, rate, why):
    result = train(corpus, tmp_path, optimizer__learning_rate=rate, **WRONG_WAY)
    assert (result.status, result.reason, result.value) == (Status.FAILED, Reason.diverged, None)
    assert result.epoch == 0
    assert why in result.message
    assert "in epoch 0; a smaller learning rate may help" in result.message
    assert json.loads((TrialFolder(tmp_path).result).read_text())["reason"] == "diverged"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"resampling__method": "smote", "resampling__k_neighbors": 60}, "k_neighbors"),
        ({"resampling__method": "random_over", "resampling__ratio": 0.05}, "ratio"),
        ({"text__min_frequency": 10_000}, "min_frequency"),
        ({"model__vectors": "/nowhere/vectors.txt"}, "vectors.txt"),
    ],
    ids=["neighbours", "ratio", "tokens", "vectors"],
)
def test_what_cannot_work_is_refused(corpus, tmp_path, changes, words):
    result = train(corpus, tmp_path, **changes)
    assert (result.status, result.reason) == (Status.FAILED, Reason.refused)
    assert words in result.message
    assert not (TrialFolder(tmp_path).checkpoint).exists()


@pytest.mark.parametrize("schedule", Schedule)
@pytest.mark.parametrize("name", OptimizerName)
def test_every_optimizer_under_every_schedule(corpus, tmp_path, name, schedule):
    changes = {"optimizer__name": name, "optimizer__schedule": schedule}
    result = train(corpus, tmp_path, trainer__batch_size=64, **changes)
    assert (result.status, result.epochs) == (Status.COMPLETE, 2), result
    losses = [line["train_loss"] for line in history(tmp_path)]
    assert losses[1] != losses[0]


def test_the_rate_on_record_is_the_one_that_trained(corpus, tmp_path):
    changes = {"optimizer__name": "sgd", "optimizer__schedule": "plateau"}
    changes |= {"optimizer__learning_rate": 1e-6, "optimizer__plateau_patience": 0}
    train(corpus, tmp_path, **changes, trainer__max_epochs=4, trainer__patience=9)
    rates = [line["learning_rate"] for line in history(tmp_path)]
    assert rates == pytest.approx([1e-6, 1e-6, 5e-7, 2.5e-7])


def test_a_clipped_gradient_moves_the_weights_no_further(corpus, tmp_path):
    def weights(rate: float, norm: float) -> torch.Tensor:
        folder = tmp_path / f"{rate}-{norm}"
        changes = {"optimizer__name": "sgd", "optimizer__learning_rate": rate}
        train(corpus, folder, **changes, optimizer__clip_norm=norm)
        stored = torch.load(TrialFolder(folder).checkpoint, weights_only=True)
        return stored["state_dict"]["network.head.weight"]

    still = weights(rate=1e-12, norm=0.0)
    torch.testing.assert_close(weights(rate=0.5, norm=1e-9), still, rtol=0, atol=1e-6)
    assert (weights(rate=0.5, norm=0.0) - still).abs().max() > 1e-3


@pytest.mark.parametrize("method", RESAMPLERS.ours)
def test_every_resampling_trains_or_is_refused(corpus, tmp_path, method):
    result = train(corpus, tmp_path, resampling__method=method, trainer__max_epochs=1)
    if result.status is Status.FAILED:
        assert result.reason is Reason.refused
        assert method in result.message
    else:
        assert result.epochs == 1


@pytest.mark.parametrize("method", RESAMPLERS.ours)
def test_the_validation_part_is_never_resampled(small_corpus, tmp_path, method):
    texts, labels = small_corpus.split.part("validation")
    try:
        job = make_job(small_corpus.folder, tmp_path, resampling__method=method)
        trial = Trial(job, go_on)
    except UserError:
        pytest.fail(f"{method} is refused on the small corpus")
    held = [
        ids[:length].tolist()
        for batch in trial.watched
        for ids, length in zip(batch.ids, batch.lengths, strict=True)
    ]
    encoder = Encoder.load(trial.corpus.encoder)
    assert held == [encoder.encode(texts)[i].tolist() for i in trial.watched.order]
    assert sorted(trial.watched.order) == list(range(len(labels)))
    targets = np.concatenate([batch.targets.numpy() for batch in trial.watched])
    assert trial.watched.in_order(targets).tolist() == labels.tolist()
    assert all(batch.partner_ids is None for batch in trial.watched)


@pytest.mark.parametrize(
    "changes",
    [
        {"loss__positive_weight": "balanced"},
        {"loss__positive_weight": 8.0},
        {"resampling__method": "random_over"},
        {"resampling__method": "random_under"},
        {"resampling__method": "balanced_batches"},
        {"resampling__method": "random_over", "loss__positive_weight": 3.0},
    ],
    ids=lambda changes: "-".join(str(value) for value in changes.values()),
)
def test_the_corrected_prior_brings_probabilities_to_the_base_rate(corpus, tmp_path, changes):
    _, labels = load_texts(corpus, "validation")
    off = {}
    for correction in (True, False):
        folder = tmp_path / str(correction)
        train(corpus, folder, objective__prior_correction=correction, **changes)
        mean = np.load(TrialFolder(folder).validation)["probabilities"].mean()
        off[correction] = abs(mean - labels.mean())
    assert off[True] < 0.05
    assert off[True] < off[False] / 3


def vectors_file(corpus: Path, folder: Path) -> tuple[Path, dict[str, list[float]]]:
    trial = Trial(make_job(corpus, folder), go_on)
    tokens = [t for t in Encoder.load(trial.corpus.encoder).tokens if t.isalpha()][:20]
    draw = np.random.default_rng(0)
    known = {token: draw.normal(size=3).round(3).tolist() for token in tokens}
    path = folder / "vectors.txt"
    lines = [" ".join([token, *map(str, values)]) for token, values in known.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path, known


def test_vectors_that_are_not_there_freeze_nothing(corpus, tmp_path):
    trial = Trial(make_job(corpus, tmp_path, model__freeze_vectors=True), go_on)
    assert all(weight.requires_grad for weight in trial.learner.parameters())


@pytest.mark.parametrize("taken", [True, False])
def test_a_rate_of_their_own_is_that_of_ready_made_vectors_only(corpus, tmp_path, taken):
    path, _ = vectors_file(corpus, tmp_path)
    changes = {"model__vectors": str(path) if taken else "none"}
    job = make_job(corpus, tmp_path / "trial", optimizer__vectors_rate=0.5, **changes)
    learner = Trial(job, go_on).learner
    groups = learner.configure_optimizers().param_groups
    assert [group["lr"] for group in groups] == ([0.002, 0.001] if taken else [0.002])
    slow = groups[-1]["params"]
    assert (len(slow) == 1 and slow[0] is learner.network.embedding.weight) is taken


def test_frozen_vectors_have_no_rate(corpus, tmp_path):
    path, _ = vectors_file(corpus, tmp_path)
    changes = {"model__vectors": str(path), "model__freeze_vectors": True}
    job = make_job(corpus, tmp_path / "trial", optimizer__vectors_rate=0.5, **changes)
    learner = Trial(job, go_on).learner
    (group,) = learner.configure_optimizers().param_groups
    assert all(weight is not learner.network.embedding.weight for weight in group["params"])


@pytest.mark.parametrize("frozen", [True, False])
def test_vectors_from_a_file(corpus, tmp_path, frozen):
    path, known = vectors_file(corpus, tmp_path)
    changes = {"model__vectors": str(path), "model__freeze_vectors": frozen}
    folder = tmp_path / "trial"
    result = train(corpus, folder, **changes)
    assert result.status is Status.COMPLETE, result
    trial = Trial(make_job(corpus, tmp_path / "other", **changes), go_on)
    tokens = Encoder.load(trial.corpus.encoder).tokens
    weights = torch.load(TrialFolder(folder).checkpoint, weights_only=True)["state_dict"]
    trained = weights["network.embedding.weight"].numpy()
    assert trained.shape == (len(tokens), 3)
    rows = trained[[tokens.index(token) for token in known]]
    assert np.allclose(rows, list(known.values()), atol=1e-6) is frozen


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_without_bucketing(corpus, tmp_path, size):
    changes = {"trainer__bucketing": False, "trainer__batch_size": size}
    result = train(corpus, tmp_path, trainer__max_epochs=1, **changes)
    assert result.status is Status.COMPLETE
    assert math.isfinite(history(tmp_path)[0]["train_loss"])


@pytest.mark.parametrize(
    ("accelerator", "given", "expected"),
    [("cpu", "auto", AT_ONCE), ("cpu", 50, 50), ("cpu", 0, None), ("gpu", "auto", None)],
)
def test_what_goes_through_the_network_at_once(corpus, tmp_path, accelerator, given, expected):
    changes = {"trainer__micro_batch_tokens": given, "trainer__accelerator": accelerator}
    job = make_job(corpus, tmp_path, model__cell="gru", **changes)
    tmp_path.joinpath("lstm-0").mkdir(exist_ok=True)
    assert Trial(job, go_on).learner.micro_batch_tokens == expected


def test_small_micro_batches_train_as_large_ones_without_dropout(corpus, tmp_path):
    changes = {"model__dropout": 0.0, "model__embedding_dropout": 0.0, "trainer__max_epochs": 1}
    whole, cut = (
        train(corpus, tmp_path / str(n), **changes, trainer__micro_batch_tokens=n) for n in (0, 40)
    )
    assert dict(cut.metrics) == pytest.approx(dict(whole.metrics), abs=1e-4)


def test_methods_with_distances_share_one_space(corpus, tmp_path):
    changes = {"resampling__components": 7, "trainer__max_epochs": 1}
    for method in filter(needs_space, ("smote", "near_miss_1")):
        assert train(corpus, tmp_path / method, resampling__method=method, **changes).value
    assert len(list(corpus.glob("distances-7.npy"))) == 1
