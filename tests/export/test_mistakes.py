"""The texts a model is most wrong about: of those held out, the worst first."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from support.trained_bag import Bag, trained_bag
from support.trained_sweep import Trained
from sweep.errors import BundleError
from sweep.export.mistakes import answers_of_bag, answers_of_trial, most_wrong
from sweep.scoring.decision import Decision
from sweep.workspace import FinalistFolder, TrialFolder

TEXTS = ["a", "b", "c", "d"]


@pytest.mark.parametrize(("count", "found"), [(0, ""), (1, "c"), (2, "ca"), (9, "ca")], ids=str)
def test_the_worst_come_first_and_what_is_right_never(count: int, found: str) -> None:
    told = most_wrong(
        TEXTS, [1, 0, 0, 1], [0.4, 0.45, 0.9, 0.99], count=count, names=("ham", "spam")
    )
    assert "".join(each["text"] for each in told) == found
    if count > 1:
        assert told[0] == {"text": "c", "label": "ham", "probability": 0.9}
        assert told[1] == {"text": "a", "label": "spam", "probability": 0.4}


def test_a_bag_answers_for_the_rows_that_each_had_not_seen(made: Trained) -> None:
    bag = trained_bag()
    corpora = [member.corpus for member in bag.members]
    texts, labels, p = answers_of_bag(bag.winner(), bag.best, bag.folder, corpora)
    rows = np.flatnonzero(made.split.parts != "test")
    assert texts == [made.split.corpus.texts[row] for row in rows]
    assert labels.tolist() == made.split.corpus.labels[rows].tolist()
    decision = Decision.from_dict(dict(bag.winner().decision))
    logits = np.log(p) - np.log1p(-p)  # the calibrator is `none` and no prior is left to correct
    assert decision.scores(labels, logits) == pytest.approx(bag.best["validation"], abs=1e-6)


def test_changed_answers_are_not_shown(tmp_path: Path) -> None:
    bag: Bag = trained_bag()
    copy = FinalistFolder(Path(shutil.copytree(bag.folder.root, tmp_path / "all-0")))
    file = copy.member(1).validation
    file.write_bytes(file.read_bytes() + b" ")
    corpora = [member.corpus for member in bag.members]
    with pytest.raises(BundleError, match="must have the SHA-256"):
        answers_of_bag(bag.winner(), bag.best, copy, corpora)


def test_one_network_answers_for_the_validation_part(made: Trained) -> None:
    (corpus,) = (path for path in (made.workdir / "cache").iterdir() if path.is_dir())
    texts, labels, p = answers_of_trial(TrialFolder(made.trial), corpus)
    expected, truth = made.split.part("validation")
    assert (texts, labels.tolist()) == (expected, truth.tolist())
    np.testing.assert_array_equal(p, made.probabilities)
