"""One way to answer: texts that are none get no answer, and a column says what its probability is of."""

import numpy as np
import pytest

from support.trained_sweep import Trained
from sweep.export.answer import answer, probability_column
from sweep.export.bundle import Bundle


@pytest.fixture(scope="module")
def bundle(model, made: Trained) -> Bundle:
    return Bundle.load(model)


def test_cells_without_text_get_no_answer_and_change_no_other(bundle: Bundle) -> None:
    cells = ["win prize", "", None, float("nan"), " \t\n", "\u200b\u00ad", 12.5, "see lunch"]
    found = answer(bundle, cells)
    empty = [False, True, True, True, True, True, False, False]
    assert np.isnan(found.probabilities).tolist() == empty
    assert [label is None for label in found.labels] == empty
    expected, labels = bundle.predict(["win prize", "12.5", "see lunch"])
    np.testing.assert_array_equal(found.probabilities[[0, 6, 7]], expected)
    assert [label for label in found.labels if label] == labels
    assert [p is None for p in found.cells()[0]] == empty


@pytest.mark.parametrize("texts", [[], ["", " "]], ids=["none", "empty"])
def test_nothing_to_answer(bundle: Bundle, texts: list[str]) -> None:
    found = answer(bundle, texts)
    assert len(found.probabilities) == len(found.labels) == len(texts)


@pytest.mark.parametrize(
    ("positive", "expected"),
    [
        ("negative", "probability_negative"),
        ("positive or neutral", "probability_positive_or_neutral"),
        ("1.0", "probability_1_0"),
        ("Ünwichtig!", "probability_Ünwichtig"),
        ('a,"b"\n', "probability_a_b"),
        ("--", "probability_yes"),
        ("x" * 200, "probability_" + "x" * 40),
    ],
)
def test_the_column_is_named_by_the_label(positive: str, expected: str) -> None:
    assert probability_column(positive) == expected
