"""What is given and also searched, typed as a person types it: refused with words that work, or told."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from support.child_environment import child_environment
from support.told_studies import make_config, make_studies
from sweep.commands import SWEEP
from sweep.compose.compose import as_yaml
from sweep.compose.flags import read_flags
from sweep.config import Config
from sweep.config.settings import value_of
from sweep.errors import UserError
from sweep.search.space import Space, apply
from sweep.workspace import Workspace

LOST = {
    "optimizer": ("+search=lstm_vs_gru optimizer=sgd", {"optimizer.name": "sgd", "optimizer.learning_rate": 0.2}),
    "read-out": ("+search=lstm_vs_gru model.read_out=mean", {"model.read_out": "mean"}),
    "rate": ("+search=lstm_vs_gru optimizer.learning_rate=1e12", {"optimizer.learning_rate": 1e12}),
    "all that is searched": ("+search=smoke optimizer=sgd", {"optimizer.learning_rate": 0.2}),
    "the default, but typed": (
        "+search=lstm_vs_gru optimizer.name=adam search.space.optimizer.name.choices=[adamw,rmsprop]",
        {"optimizer.name": "adam"},
    ),
    "the default, by a file that is typed": (
        "+search=lstm_vs_gru optimizer=adam search.space.optimizer.name.choices=[adamw,rmsprop]",
        {"optimizer.name": "adam"},
    ),
    "an arm that is not there": (
        "+search=class_weights loss.positive_weight=5",
        {"loss.positive_weight": 5.0},
    ),
}  # fmt: skip


def composed(line: str) -> Config:
    return SWEEP.found(read_flags(shlex.split(line)))


def told(line: str) -> str:
    with pytest.raises(UserError) as refused:
        composed(line)
    (mistake,) = refused.value.mistakes
    return mistake


def ways(line: str) -> list[str]:
    """The words to add, each as it is printed."""
    return [shown.strip() for shown in told(line).splitlines() if shown.startswith("    ")]


@pytest.mark.parametrize(("line", "lost"), LOST.values(), ids=LOST)
def test_a_value_that_would_come_to_no_trial_is_refused(
    line: str, lost: dict[str, object]
) -> None:
    shown = told(line)
    assert all(f"  {path}=" in shown for path in lost)
    assert len(ways(line)) == 2


@pytest.mark.parametrize(("line", "lost"), LOST.values(), ids=LOST)
@pytest.mark.parametrize("way", [0, 1], ids=["fixed", "wider"])
def test_each_way_out_works_as_it_is_printed(line: str, lost: dict[str, object], way: int) -> None:
    config = composed(f"{line} {ways(line)[way]}")
    space = Space.of(config)
    first = {arm: apply(config, space.defaults(arm, config)) for arm in space.arms}
    for path, value in lost.items():
        assert value_of(config, path) == value
        assert {value_of(made, path) for arm, made in first.items()} >= {value}
        if path != space.compare:
            assert {value_of(made, path) for made in first.values()} == {value}
        assert (path in {p.path for p in space.parameters}) == (way == 1)


def test_the_refusal_is_what_a_person_sees(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "sweep", "+search=lstm_vs_gru", "optimizer=sgd"],
        cwd=tmp_path, env=child_environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("sweep: refused, nothing was run\n- What is given")
    assert "'search.fix=[optimizer.name,optimizer.learning_rate]'" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_value_of_a_file_is_given_too(tmp_path: Path) -> None:
    (tmp_path / "search").mkdir()
    (tmp_path / "search" / "mine.yaml").write_text(
        "# @package _global_\n"
        "optimizer: {name: sgd}\n"
        "search:\n"
        "  name: mine\n"
        "  space: {optimizer: {name: {type: categorical, choices: [adam, rmsprop]}}}\n",
        encoding="utf-8",
    )
    assert "optimizer.name=sgd, but searched: adam, rmsprop" in told(
        f"+search=mine --config-dir {tmp_path}"
    )


NOTES = {
    "in the space": (
        "+search=lstm_vs_gru model.layers=2",
        "note: searched, so that only the first trial is sure to have it: model.layers=2 (for all trials: "
        "'search.fix=[model.layers]')",
    ),
    "by a file": ("+search=lstm_vs_gru optimizer=rmsprop", "optimizer.name=rmsprop, optimizer.learning_rate=0.001"),
    "a default outside": (
        "+search=lstm_vs_gru search.space.model.hidden.choices=[32]",
        "note: the first trial has model.hidden=32, since the space does not hold the default 128",
    ),
    "nothing of it": ("+search=lstm_vs_gru", ""),
    "not searched": ("+search=lstm_vs_gru trainer.max_epochs=3 text=bpe", ""),
    "what is compared": ("+search=lstm_vs_gru model.cell=gru", ""),
    "fixed": ("+search=lstm_vs_gru model.layers=2 search.fix=[model.layers]", ""),
}  # fmt: skip


@pytest.mark.parametrize(("line", "note"), NOTES.values(), ids=NOTES)
def test_what_only_the_first_trial_has_is_told(
    line: str, note: str, capsys: pytest.CaptureFixture[str]
) -> None:
    composed(line)
    shown = capsys.readouterr().out
    assert note in shown
    assert note or shown == ""


def test_a_sweep_stays_where_its_trials_are(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    make_studies(tmp_path, {"lstm": [0.5]}, config=config)
    files = Workspace(tmp_path).sweep(config.sweep)
    files.root.mkdir(parents=True)
    files.config.write_text(as_yaml(config), encoding="utf-8")
    words = ["+search=smoke", f"workdir={tmp_path}", f"name={config.sweep}"]
    flags = read_flags([*words, "storage.url=postgresql://host/trials"])
    with pytest.raises(UserError, match=r"has its \d+ trials in .*optuna\.db, but storage\.url"):
        SWEEP.found(flags)
    assert SWEEP.found(read_flags(words)).storage.url is None
