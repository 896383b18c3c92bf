from functools import partial
from pathlib import Path

import numpy as np
import pytest

from sweep.scoring import baselines as module
from sweep.scoring.metrics import scores
from sweep.scoring.threshold import choose
from sweep.text.tfidf import tfidf

GOOD, BAD = (
    ["good film indeed", "a good film", "really good"],
    ["bad film indeed", "so bad", "bad bad"],
)
baselines = partial(module.baselines, vectorize=tfidf)
LABELS = np.array([1, 1, 1, 0, 0, 0])
PART = (GOOD + BAD, LABELS)


def half(labels: np.ndarray, probabilities: np.ndarray) -> float:
    return 0.5


def best_mcc(labels: np.ndarray, probabilities: np.ndarray) -> float:
    return choose(
        labels, probabilities, rule="mcc", target=0.9, cost_miss=1.0, cost_false_alarm=1.0
    )


def sms(folder: Path) -> tuple[list[str], np.ndarray]:
    text = (folder / "sms_spam" / "SMSSpamCollection").read_text(encoding="utf-8")
    rows = [line.split("\t", 1) for line in text.split("\n") if line]
    return [row[1] for row in rows], np.array([row[0] == "spam" for row in rows]).astype(int)


def test_a_bag_of_words_learns_and_the_majority_does_not() -> None:
    found = baselines(
        PART, PART, (["good", "bad"], np.array([1, 0])), seed=0, choose_threshold=half
    )
    assert found["tfidf_logreg"]["test"]["accuracy"] == 1
    assert found["majority"]["test"]["mcc"] == 0
    assert found["majority"]["validation"]["average_precision"] == 0.5


def test_majority_calls_the_larger_class() -> None:
    rare = (["spam x y"] + ["ham x y"] * 3, np.array([1, 0, 0, 0]))
    found = baselines(rare, rare, None, seed=0, choose_threshold=half)["majority"]["validation"]
    assert found == scores(rare[1], np.full(4, 0.25), 0.5)
    assert (found["tn"], found["fn"]) == (3, 1)


def test_the_threshold_is_chosen_on_validation_alone() -> None:
    asked = []

    def record(labels: np.ndarray, probabilities: np.ndarray) -> float:
        asked.append(labels.tolist())
        return 2.0

    found = baselines(
        PART, (["good", "bad"], np.array([1, 0])), PART, seed=0, choose_threshold=record
    )
    assert asked == [[1, 0]]
    assert found["tfidf_logreg"]["test"]["tp"] == 0


def test_without_a_test_part_none_is_scored() -> None:
    found = baselines(PART, PART, None, seed=0, choose_threshold=half)
    assert {name: list(parts) for name, parts in found.items()} == {
        "majority": ["validation"],
        "tfidf_logreg": ["validation"],
    }


@pytest.mark.parametrize(
    "texts",
    [["yes", "no"], ["!", "?"], ["", ""], ["a", "b"], ["same", "same"], ["早上好", "晚上好"]],
    ids=["two words", "punctuation", "empty", "letters", "equal", "no spaces"],
)
def test_tiny_corpora_get_a_score(texts: list[str]) -> None:
    part = (texts, np.array([1, 0]))
    found = baselines(part, part, None, seed=0, choose_threshold=best_mcc)
    assert 0 <= found["tfidf_logreg"]["validation"]["average_precision"] <= 1


def test_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="both classes"):
        baselines((["a", "b"], np.array([1, 1])), PART, None, seed=0, choose_threshold=half)


@pytest.mark.real_data
def test_sms_scores_are_the_recorded_ones(real_data: Path) -> None:
    texts, labels = sms(real_data)
    train, test = (texts[:1674], labels[:1674]), (texts[1674:], labels[1674:])
    found = baselines(train, train, test, seed=0, choose_threshold=half)["tfidf_logreg"]["test"]
    recorded = {
        "accuracy": 0.9846, "f1": 0.9376, "mcc": 0.9309, "roc_auc": 0.9938,
        "average_precision": 0.9817, "recall": 0.8861,
    }  # fmt: skip
    assert {name: found[name] for name in recorded} == pytest.approx(recorded, abs=2e-3)


@pytest.mark.real_data
def test_sms_with_a_validation_part_and_a_chosen_threshold(real_data: Path) -> None:
    texts, labels = sms(real_data)
    train, validation = (texts[:1340], labels[:1340]), (texts[1340:1674], labels[1340:1674])
    test = (texts[1674:], labels[1674:])
    found = baselines(train, validation, test, seed=0, choose_threshold=best_mcc)
    assert found["tfidf_logreg"]["test"]["mcc"] > 0.9
    assert found["majority"]["test"]["accuracy"] == pytest.approx(0.8695, abs=1e-4)
