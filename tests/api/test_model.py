"""An exported model in a program."""

from pathlib import Path

import pandas as pd
import pytest

import sweep
from support.bundles import write_trained
from support.trained_sweep import trained
from sweep.export.bundle import Bundle

TEXTS = ["win a prize now", "lunch at home later", "", "café"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_trained(tmp_path_factory.mktemp("exported"), trained())


def test_a_model_answers_as_its_bundle(folder: Path) -> None:
    model = sweep.load(folder)
    probabilities, labels = Bundle.load(folder).predict([text for text in TEXTS if text])
    answers = model.predict(TEXTS)
    assert list(answers.columns) == ["probability_spam", "label"]
    assert answers.isna().all(axis=1).tolist() == [False, False, True, False]
    answers = answers.dropna()
    assert answers["probability_spam"].tolist() == probabilities.tolist()
    assert answers["label"].tolist() == labels
    yes = answers["probability_spam"] >= model.threshold
    assert answers["label"].tolist() == [model.labels[int(each)] for each in yes]


def test_a_column_keeps_its_index(folder: Path) -> None:
    column = pd.Series(TEXTS, index=[7, 5, 3, 1])
    answers = sweep.load(str(folder)).predict(column)
    assert answers.index.tolist() == [7, 5, 3, 1]
    pd.testing.assert_frame_equal(
        answers.reset_index(drop=True), sweep.load(folder).predict(TEXTS)
    )


def test_one_text_is_refused(folder: Path) -> None:
    with pytest.raises(sweep.UserError, match="takes a list of texts"):
        sweep.load(folder).predict("win a prize now")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(sweep.UserError, match="is no exported model"):
        sweep.load(tmp_path)
