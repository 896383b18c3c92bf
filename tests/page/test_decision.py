"""How it decides: curves and counts against plain definitions, and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_recall_curve, roc_curve

from sweep.page.blocks import Figure, Live, Words
from sweep.page.records import Records
from sweep.page.sections.decision import bins, counts, decision


def blocks(records: Records) -> dict[str, Figure | Live]:
    return {b.key: b for b in decision(records).blocks if isinstance(b, Figure | Live)}


def test_the_counts_of_every_threshold(records: Records) -> None:
    answers, told = records.answers, blocks(records)["threshold"]
    assert answers is not None
    assert isinstance(told, Live)
    thresholds = told.data["thresholds"]
    assert thresholds == sorted(set(thresholds))
    assert thresholds[told.data["chosen"]] == records.found["best"]["threshold"]
    for threshold, found in zip(thresholds[::20], told.data["counts"][::20], strict=True):
        (tn, fp), (fn, tp) = confusion_matrix(answers.labels, answers.network >= threshold)
        assert found == [tp, fp, fn, tn]


def test_a_tie_with_the_threshold_is_a_yes() -> None:
    labels, scores = np.array([1.0, 0.0, 1.0]), np.array([0.5, 0.5, 0.2])
    assert counts(labels, scores, [0.5]) == [[1, 1, 1, 0]]


def rounded(x: np.ndarray, y: np.ndarray) -> set[tuple[float, float]]:
    return {(round(float(a), 5), round(float(b), 5)) for a, b in zip(x, y, strict=True)}


def test_the_curves_are_scikit_learn_s(records: Records) -> None:
    answers, drawn = records.answers, blocks(records)
    assert answers is not None
    for place, scores in enumerate((answers.network, answers.baseline)):
        precision, recall, _ = precision_recall_curve(answers.labels, scores)
        known = rounded(recall, precision)
        curve = drawn["precision-recall"]
        assert isinstance(curve, Figure)
        assert set(zip(curve.data[place]["x"], curve.data[place]["y"], strict=True)) <= known
        alarms, hits, _ = roc_curve(answers.labels, scores, drop_intermediate=False)
        known = rounded(alarms, hits)
        curve = drawn["roc"]
        assert isinstance(curve, Figure)
        assert set(zip(curve.data[place]["x"], curve.data[place]["y"], strict=True)) <= known


def test_the_chosen_threshold_is_marked_where_it_lies(records: Records) -> None:
    answers, drawn = records.answers, blocks(records)
    assert answers is not None
    yes = answers.network >= records.found["best"]["threshold"]
    recall = float(yes[answers.labels == 1].mean())
    precision, alarms = float(answers.labels[yes].mean()), float(yes[answers.labels == 0].mean())
    for key, point in (("precision-recall", (recall, precision)), ("roc", (alarms, recall))):
        figure = drawn[key]
        assert isinstance(figure, Figure)
        assert (figure.data[-1]["x"][0], figure.data[-1]["y"][0]) == pytest.approx(point)
    assert (
        f"finds {recall:.1%} of the positives, and {precision:.1%}"
        in drawn["precision-recall"].title
    )


def test_each_tenth_with_its_interval() -> None:
    labels, scores = np.array([0.0, 1.0] * 50), np.linspace(0, 1, 100)
    found = bins(labels, scores)
    assert [group[0] for group in found] == [10] * 10
    assert found[0][1] == pytest.approx(scores[:10].mean())
    # Wilson's interval of 5 of 10, as in his table.
    assert found[0][2:] == pytest.approx([0.5, 0.2366, 0.7634], abs=1e-4)
    assert bins(np.zeros(40), np.linspace(0, 1, 40))[0][3] == 0


def test_without_answers_that_is_said(empty: Records) -> None:
    (words,) = decision(empty).blocks
    assert isinstance(words, Words)
    assert "were not kept" in words.text
