"""The benchmarks: their lists, their arithmetic and their pictures; nothing is timed here."""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Config
from sweep.search.space import apply

BENCHMARK = Path(__file__).parents[1] / "experiments" / "benchmark"


@pytest.fixture(autouse=True)
def found_as_when_run(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A script finds those beside it."""
    monkeypatch.syspath_prepend(str(BENCHMARK))
    yield
    for name in [f.stem for f in BENCHMARK.glob("*.py")]:
        sys.modules.pop(name, None)


@pytest.mark.parametrize("file", sorted(BENCHMARK.glob("trials_*.json")), ids=lambda f: f.stem)
def test_a_list_of_trials_is_made_of_settings(file, tmp_path):
    import same_work

    trials = json.loads(file.read_text(encoding="utf-8"))
    given = argparse.Namespace(data=Path("some.jsonl"), epochs=3, workers="1", set=[])
    config = compose(read_flags(same_work.command(given, trials, tmp_path)))
    assert config is not None
    for trial in trials:
        made = apply(config, {same_work.PATHS[name]: value for name, value in trial.items()})
        assert (str(made.model.cell), made.trainer.max_epochs) == (trial["cell"], 3)
        assert made.optimizer.learning_rate == trial["lr"]


def test_growth_times_every_part():
    import growth

    found = growth.measure(trials=6, measured=4, epochs=2)
    assert {name for name, value in found.items() if value > 0} >= {
        "ask_ms", "report_ms", "tell_ms", "track_ms", "all_ms", "open_s", "before_mib"
    }  # fmt: skip
    parts = sum(found[f"{part}_ms"] for part in ("ask", "report", "tell", "track"))
    assert parts <= found["all_ms"] + 0.05


@pytest.mark.parametrize(
    ("cell", "sides", "layers", "weights"),
    [
        ("lstm", False, 1, 4 * 2 * (3 + 2)),
        ("gru", False, 1, 3 * 2 * (3 + 2)),
        ("gru", True, 1, 2 * 3 * 2 * (3 + 2)),
        ("gru", False, 2, 3 * 2 * (3 + 2) + 3 * 2 * (2 + 2)),
        ("lstm", True, 2, 2 * 4 * 2 * (3 + 2) + 2 * 4 * 2 * (4 + 2)),
    ],
)
def test_useful_operations_by_hand(cell, sides, layers, weights):
    import overhead

    config = Config()
    config.model.cell, config.model.bidirectional, config.model.layers = cell, sides, layers
    config.model.embedding, config.model.hidden, config.trainer.max_epochs = 3, 2, 5
    # A weight and a token: two operations forward and four backward.
    assert overhead.useful(config, trained=10, watched=4) == weights * (6 * 10 * 5 + 2 * 4 * 6)


def test_sides_are_compared_round_by_round():
    import rounds

    def runs(*walls: float) -> list[dict[str, Any]]:
        return [{"wall_s": w, "trials_per_hour": 3600 / w, "val_f1": [0.8, 1.0]} for w in walls]

    found = rounds.summary({"ours": runs(10, 20, 10), "fixed": runs(60, 60, 50)})
    assert found["fixed"]["ratio"] == 5.0
    assert found["ours"] == {"wall_s": [10, 20, 10], "trials_per_hour": 360.0, "mean_f1": 0.9}


def test_the_made_up_reviews_are_long_and_of_both_classes(tmp_path):
    import memory
    import numpy as np

    memory.write(tmp_path / "reviews.jsonl", 400)
    rows = [json.loads(line) for line in (tmp_path / "reviews.jsonl").read_text().splitlines()]
    assert [row["label"] for row in rows] == [0, 1] * 200
    assert 200 < np.mean([len(row["text"].split()) for row in rows]) < 260


def test_the_opponent_reads_json_lines(tmp_path):
    import opponent

    file = tmp_path / "rows.jsonl"
    file.write_text(
        '{"text": "a\u2028c", "label": 0}\n{"text": "b", "label": 1}\n', encoding="utf-8"
    )
    texts, labels = opponent.rows(file)
    assert (texts, labels.tolist()) == (["a\u2028c", "b"], [0, 1])


def test_numbers_are_kept_with_day_commit_and_machine(tmp_path, capsys):
    import record

    record.write(tmp_path, "one", {"value": 3})
    kept = json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))
    assert kept == json.loads(capsys.readouterr().out)
    assert (kept["benchmark"], kept["value"]) == ("one", 3)
    assert all(kept[name] for name in ("date", "commit", "machine"))


def test_every_result_on_record_can_be_drawn(tmp_path, monkeypatch):
    import plots
    import record

    copied = shutil.copytree(record.RESULTS, tmp_path / "results")
    for picture in copied.glob("*.svg"):
        picture.unlink()
    monkeypatch.setattr(record, "RESULTS", copied)
    plots.main()
    assert {f.name for f in copied.glob("*.svg")} == {
        f.name for f in Path(BENCHMARK, "results").glob("*.svg")
    }
