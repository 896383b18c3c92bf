"""What a model costs, measured in a process of its own."""

from pathlib import Path

import pytest

from support.trained_bag import trained_bag, write
from support.trained_sweep import Trained
from sweep.export import speed
from sweep.export.bundle import Bundle

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("bag") / "best-model", trained_bag().winner())


def test_one_network_and_all(bag: Path, made: Trained) -> None:
    texts, _ = made.split.part("train")
    one, every = speed._measured(bag, (), texts, 0.2)
    assert (one["members"], every["members"]) == (1, 3)
    assert one["texts_s"] > every["texts_s"] > 100
    assert 100 < one["memory_mb"] <= every["memory_mb"] < 4000


def test_texts_are_labelled_again_until_the_time_has_passed(
    bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    clock = iter(range(100))
    monkeypatch.setattr(speed, "TEXTS", 4)
    monkeypatch.setattr(speed.time, "process_time", lambda: next(clock))
    model = Bundle.load(bag)
    monkeypatch.setattr(Bundle, "predict", lambda self, texts: asked.append(len(texts)))
    assert speed._texts_a_second(model, ["a"] * 6, 3) == 3
    assert asked == [4, 2, 4], "ten texts in three seconds"


@pytest.mark.slow
def test_a_process_of_its_own_holds_no_more_than_the_model(model: Path, made: Trained) -> None:
    held = bytearray(700_000_000)
    texts, _ = made.split.part("train")
    (told,) = speed.measure(model, texts, seconds=0.2)
    assert told["members"] == 1
    assert told["memory_mb"] < 700 < len(held) / 1e6 + 1
