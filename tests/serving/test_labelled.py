"""A file labelled in pieces is the file labelled at once; nothing of it is there before all of it."""

from pathlib import Path
from typing import Any

import pytest

from sweep.data.read import read_table
from sweep.errors import DataError
from sweep.export.answer import answer
from sweep.export.bundle import Bundle
from sweep.serving import pieces
from sweep.serving.labelled import label_file
from sweep.serving.pieces import open_source

HOW: dict[str, Any] = {
    "format": "auto", "header": True, "delimiter": None, "quoting": "auto", "encoding": None,
}  # fmt: skip
NAMES = ["probability_spam", "label"]
TEXTS = ["win prize now", "", "see you at lunch", " \u200b ", "call now", "ok"]


def labelling(model: Path, bundle: Bundle, source: Path, out: Path) -> Any:
    typed = out.suffix == ".parquet"
    opened = open_source(str(source), **HOW, typed=typed)
    return label_file(opened, 1, out, NAMES, model=bundle, folder=model, workers=1, cores=1)


@pytest.mark.parametrize("out", ["o.csv", "o.jsonl", "o.parquet"])
def test_pieces_give_what_one_question_gives(
    model: Path, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    monkeypatch.setattr(pieces, "ROWS", 2)
    rows = "".join(f"{number},{text}\n" for number, text in enumerate(TEXTS))
    (tmp_path / "in.csv").write_text(f"id,text\n{rows}", encoding="utf-8")
    counts = []
    for found in labelling(model, bundle, tmp_path / "in.csv", tmp_path / out):
        counts.append(len(found.labels))
        assert not (tmp_path / out).exists()
    assert counts == [2, 2, 2]
    table = read_table(str(tmp_path / out), **HOW)
    probabilities, labels = answer(bundle, TEXTS).cells()
    found = [list(table.column(index)) for index in range(4)]
    assert found[1] == TEXTS
    assert [float(str(p)) if p not in (None, "") else None for p in found[2]] == pytest.approx(
        probabilities, abs=1e-6
    )
    assert [label or None for label in found[3]] == labels
    assert labels[1] is labels[3] is None


def test_a_file_that_changed_meanwhile_leaves_nothing(
    model: Path, bundle: Bundle, tmp_path: Path
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1, "text": "ok"}\n')
    work = labelling(model, bundle, source, tmp_path / "o.csv")
    source.write_text('{"id": 1, "text"\n')
    with pytest.raises(DataError, match="not valid JSON"):
        list(work)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]
