"""The command `report`: the same tables again, and every trial as a line."""

from pathlib import Path

import pytest

from support.told_studies import make_config, make_studies
from sweep.commands.report import run
from sweep.config import Config
from sweep.errors import UserError
from sweep.records import Ending, Reason, Status
from sweep.report import summary
from sweep.report.trials_table import trials_csv
from sweep.search.space import Space
from sweep.search.studies import open_studies


def table_of(config: Config) -> str:
    return trials_csv(open_studies(config, Space.of(config)))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    config = make_config(tmp_path)
    mixed = [0.5, Status.PRUNED, Reason.diverged]
    studies = make_studies(tmp_path, {"lstm": mixed, "gru": [0.25]}, config=config)
    told = summary.summarize(
        config, studies, ending=Ending.interrupted, wall_s=9.0, trials_run=4, test_reads=0
    )
    (tmp_path / config.sweep).mkdir()
    summary.write_summary(tmp_path / config.sweep, told)
    return config


def test_the_tables_are_told_again(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(config) == 0
        told = capsys.readouterr().out
        assert "winner: lstm-0" in told
        path = tmp_path / "tried" / "report" / "trials.csv"
        assert str(path) in told
        assert f"the report: {path.with_name('report.html')}" in told
        assert path.with_name("report.md").read_text().startswith("# tried: what the sweep found")
        assert path.read_bytes().decode() == table_of(config)


def test_a_report_changes_no_trial(config: Config) -> None:
    before = table_of(config)
    run(config)
    assert table_of(config) == before


def test_nothing_to_report(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no finished sweep; .*\+search=tried"):
        run(make_config(tmp_path))
    assert list(tmp_path.iterdir()) == []
