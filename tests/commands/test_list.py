"""The command `list`: a line a sweep."""

from pathlib import Path

import pytest

from sweep.__main__ import main
from sweep.commands import list as command
from sweep.coordinator.overview import SweepRow

ROWS = [
    SweepRow(
        name="airline", state="running", done=3, budget=24, metric="mcc", best=0.91234,
        size=3_400_000, changed=1e9,
    ),
    SweepRow(name="old", state="of another version", done=0),
]  # fmt: skip


def test_a_line_a_sweep(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "sweeps", lambda workspace: ROWS)
    assert main(["list"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]
    assert cells[0][:5] == ["airline", "running", "3/24", "0.9123 mcc", "3.4 MB"]
    assert cells[0][5].startswith("2001-09-0")
    assert cells[1] == ["old", "of another version", "0/?", "-", "0.0 MB", "-"]


def test_where_there_is_none_a_way_to_begin_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", f"workdir={tmp_path}/runs"]) == 0
    assert (
        "holds no sweep; begin one: python -m sweep +search=lstm_vs_gru" in capsys.readouterr().out
    )
    assert list(tmp_path.iterdir()) == []


def test_other_words_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "workdr=x"]) == 2
    assert "Did you mean `workdir`?" in capsys.readouterr().err
