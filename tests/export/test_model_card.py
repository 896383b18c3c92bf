"""The model card: what it says, with every place filled."""

import json
from pathlib import Path

import pytest

from support.exported_model import write
from support.trained_sweep import Trained
from sweep.export.model_card import model_card

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


def test_the_model_card(model: Path, made: Trained) -> None:
    card = (model / "README.md").read_text()
    assert "tiny|corpus" in card or "tiny\\|corpus" in card
    for said in ("**spam**", "model.hidden | 8", "tfidf_logreg, test", "python -m sweep +search"):
        assert said in card
    assert f"{made.result.metrics['mcc']:.4f}" in card
    assert "the test part was read once, for the scores below" in card
    assert "{{" not in card
    assert "{%" not in card


def test_the_card_tells_how_often_the_test_part_was_read(made: Trained, tmp_path: Path) -> None:
    card = (write(made, tmp_path / "m", test_reads=3) / "README.md").read_text()
    assert "the test part was read 3 times (once for each winner of a growing budget), for" in card


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"a|b": {}}, "| a\\|b |"),
        ({"two\nlines": {}}, "| two lines |"),
        ({"model": {"f1": 0.25}}, "| 0.2500 |"),
    ],
    ids=["a bar", "a line break", "a score"],
)
def test_a_cell_breaks_no_table(model: Path, told: dict[str, dict[str, float]], said: str) -> None:
    settings = json.loads((model / "settings.json").read_text(encoding="utf-8"))
    parts = {part: {"texts": 3, "positive": 0.5} for part in ("train", "validation", "test")}
    card = model_card(
        settings
        | {
            "test_reads": 1,
            "plugins": [],
            "corpus": {
                "name": "c", "positive": "yes", "negative": "no", "notes": [], "parts": parts
            },
            "encoder": {"max_length": 9, "keep": "head_tail", "vocabulary_size": 30},
            "decision": json.loads((model / "decision.json").read_text(encoding="utf-8")),
            "best": {"arm": "all", "number": 0},
            "networks": 1,
            "members": 0,
            "interval": None,
            "rows": told,
            "versions": "none",
        }
    )  # fmt: skip
    assert said in card
