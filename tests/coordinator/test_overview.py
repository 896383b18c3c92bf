"""The list of sweeps: how far each is, in every state it can be in."""

import os
from pathlib import Path
from typing import Any

import pytest

from support.told_studies import make_config, make_studies
from sweep.compose.compose import as_yaml
from sweep.config import Config
from sweep.coordinator.guard import alone
from sweep.coordinator.overview import sweeps
from sweep.records import Ending, Reason, Status
from sweep.report.summary import summarize, write_summary
from sweep.workspace import Workspace

FULL: list[Any] = [0.5, Status.PRUNED, Reason.diverged, 0.75]


def begin(
    workdir: Path,
    name: str,
    told: dict[str, list[Any]],
    ending: Ending | None,
    scored: bool = True,
) -> Config:
    config = make_config(workdir)
    config.name = name
    studies = make_studies(workdir, told, config=config)
    files = Workspace(workdir).sweep(name)
    files.root.mkdir()
    files.config.write_text(as_yaml(config), encoding="utf-8")
    if ending is not None:
        found = summarize(config, studies, ending=ending, wall_s=1.0, trials_run=1, test_reads=0)
        if scored and "best" in found:
            found["best"]["test"] = {"mcc": 0.5}
        write_summary(files.root, found)
    return config


STATES: dict[str, tuple[dict[str, list[Any]], Ending | None, bool, str, int, float | None]] = {
    "complete": ({"lstm": FULL, "gru": FULL}, Ending.complete, True, "complete", 8, 0.75),
    "not scored": ({"lstm": FULL, "gru": FULL}, Ending.complete, False, "interrupted", 8, 0.75),
    "grown": ({"lstm": FULL, "gru": [0.25]}, Ending.complete, True, "interrupted", 5, 0.75),
    "stopped": ({"lstm": [0.5]}, Ending.interrupted, True, "interrupted", 1, 0.5),
    "killed": ({"lstm": [0.5, Reason.interrupted]}, None, True, "interrupted", 1, 0.5),
    "given up": ({"lstm": [Reason.crashed]}, Ending.given_up, True, "given_up", 1, None),
    "fruitless": ({"lstm": [Reason.crashed] * 4, "gru": [Reason.crashed] * 4}, Ending.fruitless, True, "fruitless", 8,
                  None),
}  # fmt: skip


@pytest.mark.parametrize(
    ("told", "ending", "scored", "state", "count", "best"), STATES.values(), ids=STATES
)
def test_a_state(
    tmp_path: Path,
    told: dict[str, list[Any]],
    ending: Ending | None,
    scored: bool,
    state: str,
    count: int,
    best: float | None,
) -> None:
    begin(tmp_path, "a", told, ending, scored)
    (row,) = sweeps(Workspace(tmp_path))
    assert (row.name, row.state, row.done, row.budget, row.best) == ("a", state, count, 8, best)
    assert (row.metric, row.size > 0) == ("average_precision", True)


def test_one_that_runs_is_seen_by_its_lock(tmp_path: Path) -> None:
    begin(tmp_path, "a", {"lstm": [0.5]}, None)
    with alone(tmp_path / "a"):
        assert [row.state for row in sweeps(Workspace(tmp_path))] == ["running"]
    assert [row.state for row in sweeps(Workspace(tmp_path))] == ["interrupted"]


def test_the_latest_comes_first(tmp_path: Path) -> None:
    assert sweeps(Workspace(tmp_path / "nowhere")) == []
    for age, name in ((300, "b"), (200, "c"), (400, "a")):
        begin(tmp_path, name, {"lstm": [0.5]}, None)
        for path in (*(tmp_path / name).iterdir(), tmp_path / name):
            os.utime(path, (1e9 - age, 1e9 - age))
    found = sweeps(Workspace(tmp_path))
    assert [(row.name, row.changed) for row in found] == [
        ("c", 1e9 - 200), ("b", 1e9 - 300), ("a", 1e9 - 400),
    ]  # fmt: skip


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    begin(tmp_path, "old", {"lstm": [0.5]}, None)
    Workspace(tmp_path).sweep("old").config.write_text("seeed: 1\n")
    begin(tmp_path, "gone", {"lstm": [0.5, 0.5]}, None)
    Workspace(tmp_path).sweep("gone").config.unlink()
    states = {row.name: (row.state, row.done, row.budget) for row in sweeps(Workspace(tmp_path))}
    assert states == {"old": ("of another version", 1, None), "gone": ("folder deleted", 2, None)}


def test_one_whose_plugin_is_not_given_says_so(tmp_path: Path) -> None:
    begin(tmp_path, "mine", {"lstm": [0.5]}, None)
    config = Workspace(tmp_path).sweep("mine").config
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("network: recurrent", "network: bag"), encoding="utf-8")
    (row,) = sweeps(Workspace(tmp_path))
    assert (row.state, row.done, row.budget) == ("needs --plugin FILE", 1, None)
