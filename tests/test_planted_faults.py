"""A handful of the planted faults of experiments/planted_faults, over a corpus whose words tell the label."""

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[1] / "experiments" / "planted_faults"


@pytest.fixture(scope="module")
def harness() -> ModuleType:
    sys.path.insert(0, str(FOLDER))
    try:
        spec = importlib.util.spec_from_file_location(
            "planted_faults", FOLDER / "planted_faults.py"
        )
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(FOLDER))
    return module


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """1,200 messages of common words, with one or two that tell the label in 97 of a hundred."""
    rng = random.Random(0)
    common = [f"word{n}" for n in range(60)]
    telling = {1: ["prize", "winner", "urgent", "claim"], 0: ["dinner", "later", "home", "sorry"]}
    lines = ["text,label"]
    for number in range(1200):
        label = int(number % 5 == 0)
        told = rng.choices(telling[label if rng.random() < 0.97 else 1 - label], k=2)
        text = rng.choices(common, k=rng.randint(6, 14)) + told
        rng.shuffle(text)
        lines.append(f"{' '.join(text)},{label}")
    file = tmp_path_factory.mktemp("own") / "own.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [f"data.path={file}"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        "rate_30",
        "rate_1e_6",
        "embedding_dropout_99",
        "cut_to_1",
        "labels_shuffled",
        "validation_flipped",
        "minority_12",
    ],
)
def test_a_planted_fault_is_the_first_thing_that_is_said(
    harness: ModuleType, words: list[str], fault: str, tmp_path: Path
) -> None:
    found = harness.sweep("own", fault, 0, words, tmp_path)
    assert harness.hits(found) == dict.fromkeys(harness.hits(found), True), found


@pytest.mark.slow
def test_a_healthy_control_alarms_nobody(
    harness: ModuleType, words: list[str], tmp_path: Path
) -> None:
    found = harness.sweep("own", harness.HEALTHY, 0, words, tmp_path)
    assert found["value"] > 0.8
    assert [one for one in found["findings"] if one[2] == "error"] == []
