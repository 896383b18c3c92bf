"""The model card: what it says, with every place filled."""

from pathlib import Path
from typing import Any

import pytest

from support.exported_model import write
from support.trained_sweep import Trained
from sweep.export.model_card import model_card

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


def test_the_model_card(model: Path, made: Trained) -> None:
    card = (model / "README.md").read_text()
    assert "tiny|corpus" in card or "tiny\\|corpus" in card
    for said in (
        "**spam**",
        "model.hidden | 8",
        "| linear model, test |",
        "python -m sweep +search",
    ):
        assert said in card
    assert f"| {made.result.metrics['mcc']:.3f} |" in card
    assert "The test part was read once and chose nothing" in card
    assert made.split.fingerprint in card
    assert "{{" not in card
    assert "{%" not in card
    assert (model / "mlflow" / "README.md").read_text() == card
    for left_out in ("What it costs", "most wrong about", "linear model.**"):
        assert left_out not in card, "not measured, not asked for, not confirmed"
    assert not [text for text in made.split.corpus.texts if text in card]


def test_the_card_tells_how_often_the_test_part_was_read(made: Trained, tmp_path: Path) -> None:
    card = (write(made, tmp_path / "m", test_reads=3) / "README.md").read_text()
    assert "was read 3 times (once for each winner of a growing budget) and chose" in card


FACTS: dict[str, Any] = {
    "name": "s",
    "command": "python -m sweep +search=s",
    "seed": 0,
    "fingerprint": "f00",
    "settings": {"model.cell": "lstm"},
    "test_reads": 1,
    "plugins": [],
    "corpus": {
        "name": "c", "positive": "yes", "negative": "no", "notes": [], "digest": "d00", "groups": False,
        "parts": {part: {"texts": 3, "positive": 0.5} for part in ("train", "validation", "test")},
    },
    "encoder": {"max_length": 9, "keep": "head_tail", "vocabulary_size": 30},
    "decision": {
        "threshold": 0.25, "trained_prior": 0.5, "true_prior": 0.5, "calibrator": {"kind": "none"}
    },
    "threshold_for": "mcc",
    "best": {"arm": "all", "number": 0, "settings": {}},
    "networks": 5,
    "members": 5,
    "interval": [0.125, 0.5],
    "gate": None,
    "reliability": None,
    "columns": [{"title": "test", "scores": {"f1": 0.25}, "intervals": {}}],
    "speed": [],
    "words": 12,
    "examples": [],
    "versions": "none",
}  # fmt: skip
GATE = {
    "metric": "log_loss", "network": 0.25, "baseline": 0.5, "interval": [-0.3, -0.2], "rows": 900
}  # fmt: skip
SPEED = [
    {"members": 1, "texts_s": 9000, "memory_mb": 410},
    {"members": 5, "texts_s": 2100, "memory_mb": None},
]
RELIABLE = {
    "before": {"ece": 0.2, "log_loss": 0.5, "brier": 0.1},
    "after": {"ece": 0.1, "log_loss": 0.4, "brier": 0.09},
    "bins": [{"low": 0.0, "high": 0.1, "rows": 7, "said": 0.05, "found": 0.25}],
}
COUNTED = {"tp": 7.0, "fn": 2.0, "fp": 3.0, "tn": 20.0, "mcc": 0.5}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"best": {"arm": "a", "number": 1, "settings": {"a|b": "c|d\ne"}}}, "| c\\|d e |"),
        ({}, "| F1 | 0.250 |"),
        ({}, "would lie between 0.125 and 0.5, 95 times in 100"),
        ({}, "the head and tail is kept"),
        ({}, "has the fingerprint `f00`"),
        ({"networks": 1}, "one of 5 networks of the same settings"),
        ({"networks": 1}, "Both are the bag's."),
        (
            {"columns": [{"title": "test", "scores": COUNTED, "intervals": {"mcc": [0.4, 0.65]}}]},
            "| Matthews' correlation (MCC) | 0.500 (0.400 to 0.650) |",
        ),
        (
            {"columns": [{"title": "test", "scores": COUNTED, "intervals": {}}]},
            "Of 9 texts of the test part that are yes it finds 7 and misses 2; of 23 that are no it calls 3 yes.",
        ),
        (
            {"gate": GATE | {"decision": "better"}},
            "**Better than a linear model.** On the 900 rows",
        ),
        ({"gate": GATE | {"decision": "worse"}}, "**Worse than a linear model: take that one.**"),
        ({"gate": GATE | {"decision": "no evidence"}}, "**No evidence that it is better than a"),
        ({"gate": GATE | {"decision": "better"}}, "log loss (less is better) is 0.250, that of"),
        ({"gate": GATE | {"decision": "better"}}, "between -0.300 and -0.200, 95 times in 100"),
        ({"reliability": RELIABLE}, "| 0.0 to 0.1 | 7 | 0.050 | 0.250 |"),
        (
            {"reliability": RELIABLE},
            "calibration error 0.100 (before calibration 0.200); log loss",
        ),
        ({"speed": SPEED}, "| one network | 9,000 | 410 MB |\n| all 5 | 2,100 |  |"),
        (
            {"examples": [{"text": "<b>a|`b`\n&c", "label": "no", "probability": 0.875}]},
            "| 0.875 | no | &#60;b&#62;a&#124;&#96;b&#96; &amp;c |",
        ),
        (
            {"plugins": [{"name": "p.py", "digest": "00", "kind": "file"}]},
            "add `--plugin FOLDER/plugins/p.py` to the command",
        ),
        ({"corpus": FACTS["corpus"] | {"groups": True}}, "so the intervals are too narrow"),
    ],
)
def test_what_it_says(told: dict[str, Any], said: str) -> None:
    card = model_card(FACTS | told)
    assert said in card
    assert "\n\n\n" not in card
    assert card.endswith("|\n")
