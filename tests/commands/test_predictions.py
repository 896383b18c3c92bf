"""What a file of predictions tells, by the real command line."""

import json
from pathlib import Path

import numpy as np
import pytest

from sweep.__main__ import main
from sweep.commands.predictions import read_predictions
from sweep.config import DataConfig
from sweep.errors import DataError


def write(
    folder: Path, *, apart: float, shift: float = -2.0, scale: float = 1.5, share: float = 0.15,
    n: int = 600, name: str = "predictions.csv", seed: int = 0,
) -> Path:  # fmt: skip
    """Probabilities of a network whose logits of yes lie so many deviations above those of no."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(n) < share * n).astype(int)
    logits = scale * (rng.normal(size=n) + apart * labels) + shift
    lines = [
        f'"a, text",{"spam" if y else "ham"},{1 / (1 + np.exp(-x)):.9f}'
        for y, x in zip(labels, logits, strict=True)
    ]
    file = folder / name
    file.write_text("\n".join(["text,label,probability", *lines]) + "\n", encoding="utf-8")
    return file


def doctor(folder: Path, file: Path, *words: str) -> tuple[int, set[tuple[str, str]]]:
    output = folder / "told.json"
    code = main(
        ["doctor", f"predictions={file}", "data.positive=spam", f"doctor.output={output}", *words]
    )
    told = json.loads(output.read_text(encoding="utf-8"))["findings"]
    return code, {(one["symptom"], one["severity"]) for one in told}


MISLEADS = ("accuracy_misleading", "note")


@pytest.mark.parametrize(
    ("planted", "code", "symptoms"),
    [
        ({"apart": 3.0, "shift": -6.2, "scale": 3.0}, 0, set()),
        (
            {"apart": 0.0, "shift": -4.0, "scale": 0.3},
            1,
            {("collapse", "error"), ("at_chance", "error"), MISLEADS},
        ),
        ({"apart": 0.0, "shift": 0.0}, 1, {("at_chance", "error"), MISLEADS}),
        ({"apart": 3.0, "shift": -12.0}, 1, {("threshold_fault", "error"), MISLEADS, ("uncalibrated", "note")}),
        ({"apart": -2.0}, 1, {("flipped_labels", "error"), MISLEADS}),
        ({"apart": 3.0, "shift": -6.2, "scale": 3.0, "n": 100}, 0, {("validation_too_small", "warning")}),
        ({"apart": 2.0, "shift": 3.0, "share": 0.5}, 0, {("uncalibrated", "note")}),
    ],
    ids=["healthy", "collapse", "ranking fault", "threshold fault", "flipped", "few rows", "probabilities off"],
)  # fmt: skip
def test_a_planted_fault_is_told_from_predictions_alone(
    tmp_path: Path, planted: dict[str, float], code: int, symptoms: set[tuple[str, str]]
) -> None:
    assert doctor(tmp_path, write(tmp_path, **planted)) == (code, symptoms)  # type: ignore[arg-type]


def test_the_training_rows_show_what_is_learnt_by_heart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = write(tmp_path, apart=1.2)
    trained = write(tmp_path, apart=5.0, name="train.csv", seed=1)
    code, symptoms = doctor(tmp_path, held, f"train_predictions={trained}")
    assert (code, ("rows_by_heart", "warning") in symptoms) == (0, True)
    told = capsys.readouterr().out
    assert "600 predictions, 90 of them `spam`, probabilities in the column `probability`" in told
    assert "AUC 0.8" in told


def test_logits_are_known_by_name_or_by_their_range(tmp_path: Path) -> None:
    settings = DataConfig(positive="yes")
    named, ranged = tmp_path / "named.csv", tmp_path / "ranged.csv"
    named.write_text("label,logit\nyes,0.5\nno,0.0\n")
    ranged.write_text("y,score\nyes,2.0\nno,-700\n")
    told = [read_predictions(str(file), settings) for file in (named, ranged)]
    assert [one.logits for one in told] == [True, True]
    assert told[0].answers.probabilities == pytest.approx([0.6225, 0.5], abs=1e-4)
    assert told[1].answers.probabilities == pytest.approx([0.8808, 0.0], abs=1e-4)
    assert told[1].answers.labels.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("label,probability\nyes,0.4\nno,many\n", "line 3: probability must be a finite number, but is `many`"),
        ("label,probability\nyes,0.4\n,0.5\n", "line 3: the label is missing"),
        ("label,outcome\nyes,0.4\nno,0.5\n", "which column holds the answers.*there are label, outcome"),
        ("mark,probability\nyes,0.4\nno,0.5\n", "which column is the label.*mark, probability"),
        ("label,probability\nyes,0.4\nyes,0.5\n", "one label"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_the_way_out(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "predictions.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=told):
        read_predictions(str(file), DataConfig(positive="yes"))


def test_predictions_of_training_texts_alone_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", f"train_predictions={write(tmp_path, apart=3.0)}"]) == 2
    assert "goes beside predictions=FILE" in capsys.readouterr().err
