"""The probe: it changes no bit of a training, tells what ails it, and leaves what it has when a trial fails."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from support.plugins import examples, forget
from support.tiny_trials import FAST, MIXED, go_on, history, make_job, same, train
from sweep.executors.worker import failure
from sweep.plugins.load import load_files
from sweep.records import EpochReport, Reason, Status, TrialResult
from sweep.training.learner import Learner
from sweep.training.trial import Trial
from sweep.workspace import TrialFolder

AN_EPOCH = {
    "epoch", "steps", "loss", "loss_step_sd", "validation_loss", "gap", "grad_norm", "clipped_share", "layers",
    "gradient_by_time", "gradient_tokens", "gates", "dead_embedding_rows", "positive_share",
    "positive_share_at_best", "logit_sd", "score_at_half", "score_at_best", "score", "auc", "ece",
}  # fmt: skip
A_LAYER = {"grad_norm_median", "grad_norm_p90", "clipped_share", "update_ratio"}
TWO: dict[str, Any] = {"trainer__max_epochs": 2}


@pytest.fixture(autouse=True)
def _none_stays() -> Iterator[None]:
    yield
    forget()


def told(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(TrialFolder(folder).probe.read_text(encoding="utf-8"))
    return found


NO_BIT: dict[str, dict[str, Any]] = {
    "mixed rows, dropout, two ways": MIXED,
    "lstm in micro-batches": {"model__cell": "lstm", "trainer__micro_batch_tokens": 40} | TWO,
    "gru of two layers in groups": {"model__layers": 2, "trainer__batch_size": 4} | TWO,
    "nothing clipped": {"optimizer__clip_norm": 0.0, "optimizer__name": "sgd"} | TWO,
    "frozen vectors": {"model__freeze_vectors": True, "model__vectors": "given"} | TWO,
    "a plug-in's cell": {"model__cell": "leaky"} | TWO,
    "a plug-in's network and loss": {"model__network": "bag", "loss__name": "squared"} | TWO,
}


@pytest.mark.parametrize("case", NO_BIT)
def test_it_changes_no_bit(corpus: Path, tmp_path: Path, case: str) -> None:
    changes = dict(NO_BIT[case])
    if "plug-in" in case:
        names = [name for name in examples(tmp_path) if not name.startswith("test_")]
        load_files([tmp_path / name for name in names])
    if changes.get("model__vectors") == "given":
        file = tmp_path / "vectors.txt"
        words = ("the", "parcel", "broken", "thanks", "refund", "order")
        file.write_text("\n".join(f"{w} {n} 1 -1 .5" for n, w in enumerate(words)), "utf-8")
        changes |= {"model__vectors": str(file), "model__vectors_coverage": 0.0}
    without = train(corpus, tmp_path / "without", trainer__probe=False, **changes)
    watched = train(corpus, tmp_path / "with", **changes)
    assert without.status is Status.COMPLETE, without
    assert same(watched) == same(without)
    assert watched.sha256 == without.sha256
    assert history(tmp_path / "with") == history(tmp_path / "without")
    assert not TrialFolder(tmp_path / "without").probe.exists()
    assert len(told(tmp_path / "with")["epochs"]) == watched.epochs


def test_every_epoch_and_layer_is_told(once: tuple[TrialResult, Path]) -> None:
    result, folder = once
    found = told(folder)
    lines = history(folder)
    assert found["epochs_to_best"] == (result.epoch or 0) + 1
    assert found["still_improving"] in (True, False)
    assert [epoch["epoch"] for epoch in found["epochs"]] == list(range(result.epochs))
    for epoch, line in zip(found["epochs"], lines, strict=True):
        assert epoch.keys() == AN_EPOCH
        assert epoch["layers"].keys() == {"embedding", "rnn.0", "rnn.0.back", "head"}
        assert all(layer.keys() == A_LAYER for layer in epoch["layers"].values())
        assert epoch["gates"].keys() == {"rnn.0", "rnn.0.back"}
        assert len(epoch["gradient_by_time"]) == 10
        assert epoch["loss"] == pytest.approx(line["train_loss"], rel=1e-4)
        assert epoch["gap"] == pytest.approx(epoch["loss"] - epoch["validation_loss"], abs=1e-4)
        assert epoch["score"] == "mcc"
        assert epoch["score_at_best"] == pytest.approx(line["mcc"], rel=1e-4)
        assert (epoch["auc"], epoch["ece"]) == pytest.approx((line["roc_auc"], line["ece"]), rel=1e-4)  # fmt: skip


def test_scores_at_one_half_are_those_of_the_probabilities(corpus: Path, tmp_path: Path) -> None:
    result = train(corpus, tmp_path, **FAST)
    kept = np.load(TrialFolder(tmp_path).validation)
    yes = kept["probabilities"] >= 0.5
    labels = Trial(make_job(corpus, tmp_path / "again", **FAST), go_on).labels == 1
    epoch = told(tmp_path)["epochs"][result.epoch]
    hits = 2 * (yes & labels).sum() / (yes.sum() + labels.sum())
    assert epoch["score_at_half"] == pytest.approx(hits, rel=1e-4)
    assert epoch["positive_share"] == pytest.approx(yes.mean(), rel=1e-4)
    assert epoch["logit_sd"] == pytest.approx(kept["logits"].std(), rel=1e-3)


ILL: dict[str, tuple[dict[str, Any], str]] = {
    "collapse": (
        {"optimizer__learning_rate": 1e-12, "trainer__chance_share": 1.0},
        "e['positive_share'] == 0 and e['logit_sd'] < .1 and e['layers']['head']['update_ratio'] < 1e-6",
    ),
    "too high a rate": (
        {"optimizer__learning_rate": 1.0},
        "e['layers']['rnn.0']['update_ratio'] > .05 and e['gates']['rnn.0']['saturated_high'] > .3",
    ),
    "a shut forget gate": (
        {"model__cell": "lstm", "model__forget_bias": -9.0, "model__read_out": "last"},
        "e['gates']['rnn.0']['forget_low'] > .9 and e['gradient_by_time'][-1] > 3",
    ),
    "frozen words": (
        {"optimizer__learning_rate": 1e-12, "optimizer__weight_decay": 0.0},
        "e['dead_embedding_rows'] > .5",
    ),
    "healthy": (
        FAST,
        "e['dead_embedding_rows'] < .1 and e['logit_sd'] > .1 and e['layers']['rnn.0']['update_ratio'] > 1e-3",
    ),
}  # fmt: skip


@pytest.mark.parametrize("illness", ILL)
def test_an_illness_shows(corpus: Path, tmp_path: Path, illness: str) -> None:
    changes, shows = ILL[illness]
    train(corpus, tmp_path, **changes)
    last = told(tmp_path)["epochs"][-1]
    assert eval(shows, {"e": last}), json.dumps(last)


@pytest.mark.parametrize(
    ("weight", "method"),
    [(1.0, "none"), (4.0, "none"), (1.0, "random_over"), (1.0, "balanced_batches")],
)
def test_the_gap_is_between_losses_of_the_same_kind(
    corpus: Path, tmp_path: Path, weight: float, method: str
) -> None:
    """A network that has learnt nothing loses as much on one part as on the other, whatever weighs its rows."""
    changes = {"loss__positive_weight": weight, "resampling__method": method}
    still = {"optimizer__learning_rate": 1e-12, "trainer__max_epochs": 1}
    train(corpus, tmp_path, **changes, **still)
    (epoch,) = told(tmp_path)["epochs"]
    assert abs(epoch["gap"]) < 0.02 * epoch["loss"]


@pytest.mark.parametrize(
    ("values", "improving"),
    [
        ([0.1, 0.2, 0.3, 0.4, 0.5], True),
        ([0.1, 0.5, 0.5, 0.4, 0.5], False),
        ([0.1, 0.5, 0.4, 0.4, 0.52], False),
        ([0.1, 0.2, 0.3, 0.4], False),
    ],
    ids=["to the end", "at rest", "by chance", "stopped before"],
)
def test_whether_it_was_still_improving(
    corpus: Path, tmp_path: Path, values: list[float], improving: bool
) -> None:
    trial = Trial(make_job(corpus, tmp_path / "t", trainer__max_epochs=5), go_on)
    probe = trial.make_probe()
    assert probe is not None
    probe._record = lambda learner, epoch: {"epoch": epoch}  # type: ignore[method-assign,assignment]
    probe.file = tmp_path / "probe.json"
    for epoch, value in enumerate(values):
        best = int(np.argmax(values[: epoch + 1]))
        probe.ended(trial.learner, epoch, best=best, value=value, progress=0.05, most=5)
    probe.write()
    found = json.loads(probe.file.read_text(encoding="utf-8"))
    assert found["still_improving"] is improving
    assert found["epochs_to_best"] == int(np.argmax(values)) + 1
    assert [epoch["epoch"] for epoch in found["epochs"]] == list(range(len(values)))


def test_few_numbers_of_each_epoch_are_reported(corpus: Path, tmp_path: Path) -> None:
    reports: list[EpochReport] = []
    train(corpus, tmp_path, lambda report: bool(reports.append(report)), **MIXED)
    names = {
        *(f"gradient_norm/{layer}" for layer in ("embedding", "rnn", "head", "all")),
        *(f"update_ratio/{layer}" for layer in ("embedding", "rnn", "head")),
        "gradient_first_to_last", "gates_saturated", "clipped_share", "dead_embedding_rows", "positive_share",
        "logit_sd", "gap",
    }  # fmt: skip
    for report, epoch in zip(reports, told(tmp_path)["epochs"], strict=True):
        assert report.probe.keys() == {f"probe/{name}" for name in names}
        assert report.probe["probe/gap"] == pytest.approx(epoch["gap"], rel=1e-3)
        layers = [epoch["layers"][name]["grad_norm_median"] for name in ("rnn.0", "rnn.0.back")]
        assert report.probe["probe/gradient_norm/rnn"] == pytest.approx(max(layers), rel=1e-3)


def test_a_diverged_trial_leaves_the_epoch_that_failed(corpus: Path, tmp_path: Path) -> None:
    changes = {
        "optimizer__name": "sgd",
        "optimizer__clip_norm": 0,
        "optimizer__learning_rate": 1e6,
    }
    result = train(corpus, tmp_path, **changes)
    assert result.reason is Reason.diverged
    found = told(tmp_path)
    last = found["epochs"][-1]
    assert (last["epoch"], last["failed"]) == (result.epoch, True)
    assert last["layers"]["rnn.0"].keys() == A_LAYER
    assert "positive_share" not in last


def test_a_trial_that_raises_leaves_what_was_before(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, steps, add = make_job(corpus, tmp_path, **FAST), [], Learner.add_gradients

    def breaking(self: Learner, batch: Any) -> torch.Tensor:
        steps.append(batch)
        if len(steps) > 2.5 * len(list(Trial(job, go_on).batches)):
            raise RuntimeError("the sky fell")
        return add(self, batch)

    monkeypatch.setattr(Learner, "add_gradients", breaking)
    with pytest.raises(RuntimeError, match="the sky fell") as raised:
        Trial(job, go_on).run()
    assert failure(job, raised.value, 1.0).reason is Reason.raised
    epochs = told(tmp_path)["epochs"]
    assert [epoch.get("failed", False) for epoch in epochs] == [False, False, True]


def test_what_was_recorded_is_there_after_each_epoch(corpus: Path, tmp_path: Path) -> None:
    """A killed worker has no last word."""
    seen = []

    def report(told_now: EpochReport) -> bool:
        seen.append(len(told(tmp_path)["epochs"]))
        return False

    train(corpus, tmp_path, report, trainer__max_epochs=3, trainer__chance_share=1.0)
    assert seen == [1, 2, 3]


def test_an_earlier_attempts_record_does_not_stay(corpus: Path, tmp_path: Path) -> None:
    file = TrialFolder(tmp_path).probe
    file.write_text("{}", encoding="utf-8")
    Trial(make_job(corpus, tmp_path), go_on).make_probe()
    assert not file.exists()
