"""The command `report`: the same tables again, and every trial as a line."""

import csv
from pathlib import Path

import pytest

from support.told_studies import make_config, make_studies
from sweep.commands.report import run, trials_csv
from sweep.config import Config
from sweep.errors import UserError
from sweep.records import Reason, Status
from sweep.report import summary


@pytest.fixture
def config(tmp_path: Path) -> Config:
    config = make_config(tmp_path)
    mixed = [0.5, Status.PRUNED, Reason.diverged]
    studies = make_studies(tmp_path, {"lstm": mixed, "gru": [0.25]}, config=config)
    told = summary.summarize(config, studies, status="interrupted", wall_s=9.0, trials_run=4)
    (tmp_path / config.sweep).mkdir()
    summary.write(tmp_path / config.sweep, told)
    return config


def test_every_trial_is_a_line(config: Config) -> None:
    lines = list(csv.DictReader(trials_csv(config).splitlines()))
    ended = [(line["arm"], line["number"], line["status"], line["reason"]) for line in lines]
    assert ended == [
        ("lstm", "0", "COMPLETE", ""),
        ("lstm", "1", "PRUNED", ""),
        ("lstm", "2", "FAILED", "diverged"),
        ("gru", "0", "COMPLETE", ""),
    ]
    assert [line["value"] for line in lines] == ["0.5", "0.1", "", "0.25"]
    assert {line["model.cell"] for line in lines[:3]} == {"lstm"}
    assert [line["f1"] for line in lines] == ["0.25", "0.25", "", "0.25"]


def test_the_tables_are_told_again(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(config) == 0
        told = capsys.readouterr().out
        assert "winner: lstm-0" in told
        path = tmp_path / "tried" / "report" / "trials.csv"
        assert str(path) in told
        assert path.read_bytes().decode() == trials_csv(config)


def test_a_report_changes_no_trial(config: Config) -> None:
    before = trials_csv(config)
    run(config)
    assert trials_csv(config) == before


def test_nothing_to_report(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no finished sweep; .*\+search=tried"):
        run(make_config(tmp_path))
    assert list(tmp_path.iterdir()) == []
