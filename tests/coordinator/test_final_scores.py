"""The winner's scores on the test part: computed there, and never from a changed checkpoint."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from support.trained_bag import trained_bag
from support.trained_sweep import Trained, trained
from sweep.config import ObjectiveConfig
from sweep.coordinator.final_scores import (
    INTERVALS,
    _intervals,
    judge_winner,
    score_bag,
    score_baselines,
    score_baselines_by_fold,
    score_winner,
)
from sweep.errors import BundleError
from sweep.records import TrainedMember
from sweep.scoring.baselines import baselines
from sweep.scoring.decision import Decision
from sweep.text.cache import encoded, load_texts
from sweep.text.encoder import Encoder
from sweep.text.settings import text_settings
from sweep.text.tfidf import tfidf
from sweep.training.learner import Learner
from sweep.workspace import TrialFolder


@pytest.fixture(scope="module")
def made() -> Trained:
    return trained()


@pytest.fixture(scope="module")
def corpus(made: Trained) -> Path:
    (folder,) = (p for p in (made.workdir / "cache").iterdir() if p.is_dir())
    return folder


def digest(made: Trained) -> str:
    assert made.result.sha256 is not None
    return made.result.sha256


def test_scores_are_those_of_the_test_part(made: Trained, corpus: Path) -> None:
    found = score_winner(
        made.config, corpus, made.trial, digest(made), made.result.decision_sha256
    )
    texts, labels = made.split.part("test")
    assert found["tp"] + found["fn"] == labels.sum()
    assert sum(found[name] for name in ("tp", "fp", "fn", "tn")) == len(texts)
    # Once more without any of it: each text alone, through the encoder and the network.
    encoder = Encoder.load(encoded(corpus, text_settings(made.config)).encoder)
    learner = Learner.load_from_checkpoint(
        TrialFolder(made.trial).checkpoint, map_location="cpu", weights_only=True
    ).eval()
    with torch.inference_mode():
        logits = [float(learner(*alone(encoder, text))) for text in texts]
    decision = Decision.from_dict(
        json.loads((TrialFolder(made.trial).decision).read_text(encoding="utf-8"))
    )
    assert found == pytest.approx(decision.scores(labels, np.array(logits)), abs=1e-5)


def test_a_winner_is_judged_with_intervals(made: Trained, corpus: Path) -> None:
    given = (made.config, corpus, made.trial, digest(made), made.result.decision_sha256)
    found = judge_winner(*given)
    assert found["test"] == score_winner(*given)
    parts = {"validation": made.result.metrics, "test": found["test"]}
    for part, scores in parts.items():
        assert set(found["intervals"][part]) == set(INTERVALS)
        for name, (low, high) in found["intervals"][part].items():
            assert low <= high
            # A part of two dozen rows: the percentile interval of a bounded score may miss it by a hair.
            assert low - 0.05 <= scores[name] <= high + 0.05
    _, labels = made.split.part("test")
    assert sum(told["rows"] for told in found["reliability"]["bins"]) == len(labels)
    assert found["reliability"]["after"]["ece"] == pytest.approx(found["test"]["ece"])
    assert found["reliability"]["before"]["ece"] == pytest.approx(found["test"]["ece_uncorrected"])
    json.dumps(found)


def alone(encoder: Encoder, text: str) -> tuple[torch.Tensor, torch.Tensor]:
    ids = encoder.encode([text])[0].astype(np.int64)
    return torch.from_numpy(ids)[None], torch.tensor([len(ids)])


@pytest.mark.parametrize("place", [0, 0.1, 0.5, 0.9, -1])
def test_a_changed_checkpoint_is_not_read(
    made: Trained, corpus: Path, tmp_path: Path, place: float
) -> None:
    trial = shutil.copytree(made.trial, tmp_path / "trial")
    content = bytearray((TrialFolder(trial).checkpoint).read_bytes())
    content[-1 if place == -1 else int(place * len(content))] ^= 1
    (TrialFolder(trial).checkpoint).write_bytes(content)
    with pytest.raises(BundleError, match=f"must have the SHA-256 {digest(made)}"):
        score_winner(made.config, corpus, trial, digest(made), made.result.decision_sha256)


def test_a_changed_decision_is_not_read_where_its_digest_is_known(
    made: Trained, corpus: Path, tmp_path: Path
) -> None:
    trial = shutil.copytree(made.trial, tmp_path / "trial")
    decision = json.loads((trial / "decision.json").read_text(encoding="utf-8"))
    (trial / "decision.json").write_text(
        json.dumps(decision | {"threshold": 0.0}), encoding="utf-8"
    )
    known = made.result.decision_sha256
    with pytest.raises(BundleError, match=f"decision.json must have the SHA-256 {known}"):
        score_winner(made.config, corpus, trial, digest(made), known)
    older = score_winner(made.config, corpus, trial, digest(made), None)
    assert older["recall"] == 1.0


def test_the_baselines_keep_the_rule_of_the_threshold(made: Trained, corpus: Path) -> None:
    texts = [load_texts(corpus, part) for part in ("train", "validation", "test")]
    all_positive = baselines(
        *texts, seed=3, vectorize=tfidf, choose_threshold=lambda labels, p: 0.0
    )
    dear = ObjectiveConfig(threshold_for="cost", cost_miss=1e9)  # type: ignore[arg-type]
    found = score_baselines(dear, corpus, 3)
    assert set(found) == {"majority", "tfidf_logreg"}
    assert found["tfidf_logreg"]["validation"]["recall"] == 1.0
    same = ("average_precision", "roc_auc", "log_loss")
    for name, told in found.items():
        for part, scores in told.items():
            assert all(scores[s] == all_positive[name][part][s] for s in same)


@pytest.fixture(scope="module")
def bag() -> list[TrainedMember]:
    return trained_bag().members


def log_odds(member: TrainedMember, texts: list[str], made: Trained) -> np.ndarray:
    """Each text alone, through the member's own encoder and network, corrected for its own prior."""
    encoder = Encoder.load(encoded(member.corpus, text_settings(made.config)).encoder)
    learner = Learner.load_from_checkpoint(
        TrialFolder(member.folder).checkpoint, map_location="cpu", weights_only=True
    ).eval()
    with torch.inference_mode():
        logits = np.array([float(learner(*alone(encoder, text))) for text in texts])
    own = json.loads(TrialFolder(member.folder).decision.read_text(encoding="utf-8"))
    odds = [p / (1 - p) for p in (own["true_prior"], own["trained_prior"])]
    assert odds[0] != odds[1], "rows were resampled, so that there is something to correct"
    return logits + np.log(odds[0] / odds[1])


def test_a_bag_is_the_mean_of_log_odds_decided_by_answers_out_of_fold(
    made: Trained, bag: list[TrainedMember]
) -> None:
    found = score_bag(made.config, bag, seed=3)
    texts, labels = made.split.part("test")
    each = [log_odds(member, texts, made) for member in bag]
    decision = Decision.from_dict(found.decision)
    assert found.test == pytest.approx(decision.scores(labels, np.mean(each, axis=0)), abs=1e-5)
    for told, alone_ in zip(found.alone, each, strict=True):
        assert told == pytest.approx(decision.scores(labels, alone_), abs=1e-5)
    # Out of fold: every row that is no test row, answered by the one that had not seen it.
    rows, answers = [], []
    for member in bag:
        held, _ = load_texts(member.corpus, "validation")
        rows += held
        answers += log_odds(member, held, made).tolist()
    order = {text: place for place, text in enumerate(made.split.corpus.texts)}
    places = np.argsort([order[text] for text in rows])
    truth = np.array([made.split.corpus.labels[order[text]] for text in rows])[places]
    assert len(rows) == len(set(rows)) == (made.split.parts != "test").sum()
    assert found.labels.tolist() == truth.tolist()
    expected = 1 / (1 + np.exp(-np.array(answers)[places]))
    assert found.answers == pytest.approx(expected, abs=1e-5)
    assert found.validation["tp"] + found.validation["fn"] == truth.sum()
    assert decision.threshold == pytest.approx(found.decision["threshold"])
    low, high = found.threshold_interval
    assert low <= decision.threshold <= high
    assert found.intervals["validation"] == _intervals(truth, found.answers, decision.threshold, 3)
    on_test = [
        _intervals(labels, decision.probabilities(o), decision.threshold, 3)
        for o in (np.mean(each, axis=0), *each)
    ]
    for told, wanted in zip(
        [found.intervals["test"], *found.alone_intervals], on_test, strict=True
    ):
        assert {n: pytest.approx(ends, abs=1e-4) for n, ends in wanted.items()} == told
    assert found.reliability["after"]["ece"] == pytest.approx(found.test["ece"], abs=1e-5)


@pytest.mark.parametrize("name", ["checkpoint", "decision", "validation"])
def test_a_changed_member_is_not_read(
    made: Trained, bag: list[TrainedMember], tmp_path: Path, name: str
) -> None:
    place = shutil.copytree(bag[1].folder, tmp_path / "member")
    file: Path = getattr(TrialFolder(place), name)
    file.write_bytes(file.read_bytes() + b" ")
    ill = TrainedMember(
        corpus=bag[1].corpus,
        folder=place,
        sha256=bag[1].sha256,
        decision_sha256=bag[1].decision_sha256,
        answers_sha256=bag[1].answers_sha256,
    )
    with pytest.raises(BundleError, match="must have the SHA-256"):
        score_bag(made.config, [bag[0], ill, bag[2]], seed=3)


def test_baselines_answer_out_of_fold_too(made: Trained, bag: list[TrainedMember]) -> None:
    corpora = [member.corpus for member in bag]
    found, answers, threshold = score_baselines_by_fold(made.config.objective, corpora, 0)
    assert len(answers) == (made.split.parts != "test").sum()
    assert set(found) == {"majority", "tfidf_logreg"}
    by_hand = [
        baselines(*(load_texts(c, p) for p in ("train", "validation")), None, seed=0,
                  vectorize=tfidf, choose_threshold=lambda labels, p: threshold)
        for c in corpora
    ]  # fmt: skip
    metric = "average_precision"
    assert found["tfidf_logreg"]["folds"] == pytest.approx(
        [told["tfidf_logreg"]["validation"][metric] for told in by_hand]
    )
    assert found["majority"]["validation"]["roc_auc"] == 0.5
    counts = found["tfidf_logreg"]["validation"]
    assert counts["tp"] == sum(told["tfidf_logreg"]["validation"]["tp"] for told in by_hand)
    intervals = found["tfidf_logreg"]["intervals"]
    assert set(intervals) == {"validation", "test"}
    for part, told in intervals.items():
        low, high = told["roc_auc"]
        assert low <= found["tfidf_logreg"][part]["roc_auc"] <= high
