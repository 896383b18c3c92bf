"""The command `predict`: every row and column of the input comes back, with what the model says."""

import errno
import json
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

from support.bundles import write_trained
from support.trained_sweep import trained
from sweep.commands import predict
from sweep.commands.predict import parse
from sweep.data.read import read_table
from sweep.data.write import write_table
from sweep.errors import DataError, UserError


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_trained(tmp_path_factory.mktemp("bundle"), trained())


def label(model: Path, source: Path, out: Path, *more: str) -> list[list[object]]:
    assert predict.run([f"model={model}", f"input={source}", f"output={out}", *more]) == 0
    table = read_table(
        str(out), format="auto", header="header=false" not in more, delimiter=None, quoting="auto",
        encoding=None,
    )  # fmt: skip
    columns = [list(table.column(index)) for index in range(len(table.columns))]
    return [table.columns, *map(list, zip(*columns, strict=True))]


def test_the_trials_own_texts(model: Path, tmp_path: Path) -> None:
    made = trained()
    texts, labels = made.split.part("validation")
    write_table(tmp_path / "in.csv", ["id", "message"], [list(range(len(texts))), texts])
    head, *rows = label(model, tmp_path / "in.csv", tmp_path / "out.csv")
    assert head == ["id", "message", "probability_spam", "label"]
    assert [row[1] for row in rows] == texts
    found = [float(str(row[2])) for row in rows]
    np.testing.assert_allclose(found, made.probabilities, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "out", ["o.csv", "o.tsv", "o.jsonl", "o.parquet", "o.csv.gz", "o.jsonl.gz"]
)
@pytest.mark.parametrize("form", ["i.csv", "i.tsv", "i.jsonl", "i.parquet", "i.csv.gz"])
def test_every_form_into_every_other(model: Path, tmp_path: Path, form: str, out: str) -> None:
    values = [[1, 2, 3], ["win prize", 'say "hi", ok; ümläut', "see lunch"]]
    write_table(tmp_path / form, ["id", "text"], values)
    head, *rows = label(model, tmp_path / form, tmp_path / out)
    assert head == ["id", "text", "probability_spam", "label"]
    assert [row[1] for row in rows] == values[1]
    assert [int(str(row[0])) for row in rows] == values[0]
    assert all(0 <= float(str(row[2])) <= 1 and row[3] in ("spam", "ham") for row in rows)


def test_rows_without_text_keep_empty_cells_and_are_counted(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    texts = ["win prize", "", None, "  ", "ok"]
    source.write_text("".join(json.dumps({"n": n, "text": t}) + "\n" for n, t in enumerate(texts)))
    _, *rows = label(model, source, out)
    assert [row[2] is None for row in rows] == [False, True, True, True, False]
    assert [row[3] is None for row in rows] == [False, True, True, True, False]
    assert "3 of 5 rows hold no text" in capsys.readouterr().out


def test_it_says_which_column_why_and_how_many_of_each_label(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.csv").write_text("label,message\nold,win prize\nold,see lunch\nold,\n")
    _, *rows = label(model, tmp_path / "in.csv", tmp_path / "out.csv")
    told = " ".join(capsys.readouterr().out.split())
    assert (
        "2 texts of the column `message` (a usual name; text=COLUMN takes another) labelled"
        in told
    )
    spam = sum(row[3] == "spam" for row in rows)
    threshold = f"{json.loads((model / 'decision.json').read_text())['threshold']:.4g}"
    assert f"predicted_label `spam`: {spam}, from probability_spam {threshold} on" in told
    assert f"predicted_label `ham`: {2 - spam}" in told
    assert "the input has a column `label`; the model's is called `predicted_label`" in told


def test_a_bar_is_drawn_in_a_terminal_only(
    model: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "in.csv").write_text("text\nwin prize\n")
    label(model, tmp_path / "in.csv", tmp_path / "out.csv")
    assert "1/1" not in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    label(model, tmp_path / "in.csv", tmp_path / "out.csv")
    assert "1/1" in capsys.readouterr().out


def test_a_file_without_texts(model: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,text\n")
    assert label(model, tmp_path / "in.csv", tmp_path / "out.csv") == [
        ["id", "text", "probability_spam", "label"]
    ]


def test_columns_of_the_same_name_stay(model: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("label,text\nold,win\n")
    head, row = label(model, tmp_path / "in.csv", tmp_path / "out.csv")
    assert head == ["label", "text", "probability_spam", "predicted_label"]
    assert row[0] == "old"


def test_a_file_without_header(model: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("1,win prize\n2,ok\n")
    _, *rows = label(model, tmp_path / "in.csv", tmp_path / "out.csv", "header=false", "text=1")
    assert [row[:2] for row in rows] == [["1", "win prize"], ["2", "ok"]]
    assert (tmp_path / "out.csv").read_text().startswith("1,win prize,0.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], ["Missing: model=, input=, output="]),
        (["model=a", "inptu=b"], ["Did you mean `input`?", "Missing: input=, output="]),
        (["model", "input=a", "output=b.csv"], ["`model` sets nothing", "Missing: model="]),
        (["model=", "input=a", "output=b.csv"], ["`model=` needs a value"]),
        (["model=a", "model=b", "input=a", "output=b.csv"], ["given twice"]),
        (["model=a", "input=a", "output=b.csv", "format=cvs"], ["Did you mean `csv`?"]),
        (
            ["model=a", "input=a", "output=b.csv", "workers=0"],
            ["`workers` must be auto or a number"],
        ),
    ],
)
def test_mistakes_are_told_together(words: list[str], said: list[str]) -> None:
    with pytest.raises(UserError) as refusal:
        parse(words)
    for part in said:
        assert part in str(refusal.value)


def test_a_value_may_hold_an_equals_sign() -> None:
    assert parse(["model=a=b", "input=c", "output=d.csv"]).model == "a=b"


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("in.csv", "is the input"),
        ("./sub/../in.csv", "is the input"),
        ("none/out.csv", "does not exist"),
        ("sub", "ending"),
        ("sub.csv", "is a folder"),
        ("out.xlsx", "ending"),
        ("out.parquet.gz", "ending"),
        ("pipe.csv", "no regular file"),
    ],
)
def test_an_output_that_cannot_be(model: Path, tmp_path: Path, out: str, said: str) -> None:
    (tmp_path / "in.csv").write_text("text\nwin\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UserError, match=said):
        label(model, tmp_path / "in.csv", tmp_path / out)
    assert (tmp_path / "in.csv").read_text() == "text\nwin\n"


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        ("a,b\n1,2\n", [], "which column"),
        ("a,b\n1,2\n", ["text=bb"], "no column of this name"),
        ("a,text\n1\n", [], "1 field"),
        ("text,text\nx,y\n", ["text=text"], "several columns"),
        ("text,text\nx,y\n", [], "which column"),
    ],
)
def test_an_input_that_cannot_be(
    model: Path, tmp_path: Path, content: str, more: list[str], said: str
) -> None:
    (tmp_path / "in.csv").write_text(content)
    with pytest.raises((UserError, DataError), match=said):
        label(model, tmp_path / "in.csv", tmp_path / "out.csv", *more)
    assert not (tmp_path / "out.csv").exists()


def test_a_tampered_model_labels_nothing(model: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(model, tmp_path / "m")
    (copy / "decision.json").write_text("{}")
    (tmp_path / "in.csv").write_text("text\nwin\n")
    with pytest.raises(UserError, match="decision.json is not the file"):
        label(copy, tmp_path / "in.csv", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_folder_that_cannot_be_written_to_is_told_before_the_model_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**more: object) -> object:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)  # root may write anywhere
    (tmp_path / "in.csv").write_text("text\nwin\n")
    with pytest.raises(UserError, match="cannot be written to .Read-only file system"):
        label(tmp_path / "no-model", tmp_path / "in.csv", tmp_path / "out.csv")
