"""Rows of the audit: where they stand, what was left out, which columns there are besides."""

from pathlib import Path

import numpy as np

from support.ill_corpora import healthy, rows_of, write
from sweep.audit.rows import Rows, sampled
from sweep.config import DataConfig
from sweep.data import load, split
from sweep.data.builtin import generate


def test_rows_know_their_lines_those_left_out_and_the_other_columns(tmp_path: Path) -> None:
    given = [
        row | {"author": str(at), "part": "train" if at % 3 else "test"}
        for at, row in enumerate(healthy(60))
    ]
    given[4]["text"] = "  "
    given[7]["label"] = ""
    rows = rows_of(tmp_path, given)
    assert rows.files == ("corpus.csv",)
    assert list(rows.lines[:6]) == [
        2,
        3,
        4,
        5,
        7,
        8,
    ]  # the header is line 1, and line 6 has no text
    assert {why: told["rows"] for why, told in rows.dropped.items()} == {
        "no text": 1,
        "no label": 1,
    }
    assert rows.dropped["no label"]["lines"] == {rows.files[0]: [9]}
    assert list(rows.columns) == ["author"]
    assert rows.columns["author"][4] == "5"
    assert rows.where([4, 0]) == {rows.files[0]: [7, 2]}
    assert len(rows.where(range(58), limit=3)[rows.files[0]]) == 3
    assert set(rows.parts[rows.learnable]) == {"train", "validation"}


def test_rows_without_a_file_are_known_by_their_number() -> None:
    rows = Rows.of(split(generate(0, 200), validation=0.2, test=0.2, overlap="drop", seed=0))
    assert rows.where([0, 199]) == {"builtin": [1, 200]}
    assert (rows.dropped, rows.columns) == ({}, {})


def test_a_sample_keeps_the_shares() -> None:
    labels = np.arange(1000) % 10 == 0
    taken = sampled(np.arange(1000), labels.astype(int), 100, seed=0)
    assert len(taken) == 100
    assert labels[taken].sum() == 10
    assert sorted(set(taken)) == taken.tolist()
    assert len(sampled(np.arange(50), labels.astype(int), 100, seed=0)) == 50


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for part, seed in (("train", 0), ("test", 1)):
        (tmp_path / part).mkdir()
        write(tmp_path / part / "rows.csv", healthy(60, seed=seed))
    files = {part: str(tmp_path / part / "rows.csv") for part in ("train", "test")}
    corpus = load(DataConfig(**files), seed=0)
    rows = Rows.of(split(corpus, validation=0.2, test=0.2, overlap="drop", seed=0))
    assert rows.where([0, 60]) == {"train/rows.csv": [2], "test/rows.csv": [2]}
