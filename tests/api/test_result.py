"""What a sweep found, read from its folder."""

import shutil
from pathlib import Path

import pytest

import sweep
from support.told_studies import make_config, make_studies
from support.trained_sweep import trained
from sweep.compose.compose import as_yaml
from sweep.records import Ending, Reason, Status
from sweep.report.summary import summarize, write_summary


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """The folder of a sweep of two arms whose trials were told, not trained."""
    config = make_config(tmp_path / "runs")
    results = {"lstm": [0.5, Status.PRUNED, Reason.diverged], "gru": [0.75]}
    studies = make_studies(tmp_path / "runs", results, config=config)
    folder = tmp_path / "runs" / config.sweep
    folder.mkdir()
    (folder / "config.yaml").write_text(as_yaml(config), encoding="utf-8")
    found = summarize(
        config, studies, ending=Ending.complete, wall_s=1.0, trials_run=4, test_reads=1
    )
    write_summary(folder, found)
    return folder


def test_a_result_tells_what_was_found(told: Path) -> None:
    result = sweep.read(told)
    assert (result.name, result.status, result.folder) == ("tried", "complete", told)
    assert result.winner is not None
    assert (result.winner["arm"], result.winner["value"]) == ("gru", 0.75)
    assert repr(result) == f"<Result of tried: complete, winner gru-0, {told}>"


def test_every_trial_is_a_row(told: Path) -> None:
    trials = sweep.read(str(told)).trials
    rows = trials[["arm", "number", "status", "reason"]].astype(object)
    assert rows.where(rows.notna(), None).values.tolist() == [
        ["lstm", 0, "COMPLETE", None],
        ["lstm", 1, "PRUNED", None],
        ["lstm", 2, "FAILED", "diverged"],
        ["gru", 0, "COMPLETE", None],
    ]
    assert trials["value"].tolist()[::3] == [0.5, 0.75]
    assert trials["model.hidden"].between(8, 512).all()


def test_a_folder_that_was_moved_is_read_where_it_is(
    told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = shutil.move(told.parent, tmp_path / "elsewhere")
    monkeypatch.chdir(elsewhere / "tried")
    assert len(sweep.read(".").trials) == 4
    assert not told.parent.exists()


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("tried/summary.json", "holds no finished sweep"),
        ("tried/config.yaml", "config.yaml is gone"),
        ("optuna.db", "optuna.db is gone"),
    ],
)
def test_what_is_gone_is_said(told: Path, gone: str, said: str) -> None:
    (told.parent / gone).unlink()
    with pytest.raises(sweep.UserError, match=said):
        _ = sweep.read(told).trials
    assert not (told.parent / gone).exists()


def test_settings_of_another_version_are_refused(told: Path) -> None:
    file = told / "config.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "later: 1\n", encoding="utf-8")
    with pytest.raises(sweep.UserError, match="not written by this version of sweep"):
        _ = sweep.read(told).trials


def test_a_sweep_without_a_winner_says_so(told: Path) -> None:
    found = {"name": "tried", "status": "fruitless"}
    write_summary(told, found)
    result = sweep.read(told)
    assert result.winner is None
    assert "fruitless, no winner" in repr(result)


def test_a_trained_sweep_is_read(tmp_path: Path) -> None:
    assert sweep.read(trained().folder).winner == trained().summary["best"]
