"""What is written is read again cell by cell, whatever the texts hold."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from sweep.data.read import read_table
from sweep.data.write import write_table
from sweep.errors import UserError

TEXTS = {
    "carriage return": "win\rprize",
    "carriage return at the end": "win\r",
    "carriage return alone": "\r",
    "line break": "win\nprize",
    "both": "win\r\nprize\n\rnow",
    "with quote marks": 'say "hi"\rok, "',
    "with commas": "a,b\rc,,d",
    "plain": "win prize",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("name", ["o.csv", "o.jsonl", "o.csv.gz"])
def test_a_text_comes_back(tmp_path: Path, name: str, text: str) -> None:
    columns = [["a", text, "b"], [1, 2.5, None], ["x", None, "y"]]
    write_table(tmp_path / name, ["text", "number", "label"], columns)
    table = read_table(
        str(tmp_path / name), format="auto", header=True, delimiter=None, quoting="auto",
        encoding="utf-8",
    )  # fmt: skip
    assert table.columns == ["text", "number", "label"]
    assert list(table.column(0)) == columns[0]
    assert [float(str(cell)) for cell in list(table.column(1))[:2]] == [1, 2.5]
    assert [cell or None for cell in table.column(2)] == columns[2]
    if name == "o.csv":
        with (tmp_path / name).open(newline="", encoding="utf-8") as stream:
            assert [row[0] for row in csv.reader(stream)] == ["text", *columns[0]]
        assert pd.read_csv(tmp_path / name)["text"].tolist() == columns[0]


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\rb", "a\r"])
def test_what_tsv_cannot_hold_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match="line 3 would hold a tab or line break"):
        write_table(tmp_path / "o.tsv", ["text"], [["ok", text]])
    assert list(tmp_path.iterdir()) == []
