"""What the settings of `text` make of a corpus."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.ill_corpora import healthy, rows_of
from sweep.audit.encoding import encoding
from sweep.audit.rows import Rows
from sweep.config import Config, TextConfig
from sweep.text.encoder import Encoder
from sweep.text.settings import text_settings


def told(rows: Rows, **settings: Any) -> dict[str, Any]:
    return encoding(rows, text_settings(Config(text=TextConfig(**settings))), 0)


def test_lengths_and_cuts_are_those_of_the_encoder(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, healthy(300))
    for max_length in (0.5, 0.99, 12):
        settings = text_settings(Config(text=TextConfig(max_length=max_length)))
        texts = [rows.texts[row] for row in np.flatnonzero(rows.parts == "train")]
        encoder, ids = Encoder.fit_encode(texts, **settings)
        found = encoding(rows, settings, 0)
        assert found["max_length"] == encoder.max_length
        assert found["parts"]["train"]["cut"]["texts"] == pytest.approx(ids.truncated / len(texts))


@pytest.mark.parametrize(
    ("keep", "end"), [("head", "end"), ("tail", "beginning"), ("head_tail", "middle")]
)
def test_the_end_that_is_cut(tmp_path: Path, keep: str, end: str) -> None:
    found = told(rows_of(tmp_path, healthy(100)), max_length=5, keep=keep)["parts"]["train"]
    assert found["cut"]["end"] == end
    assert found["cut"]["texts"] == 1
    assert found["cut"]["tokens"] == pytest.approx(1 - 5 * 60 / sum_of(found), abs=0.2)


def sum_of(part: dict[str, Any]) -> float:
    return 60 * float(part["length"]["median"])


def test_what_is_unknown_empty_and_rare(tmp_path: Path) -> None:
    given = [row | {"part": "train"} for row in healthy(200)]
    given += [
        {"text": f"xq{at} zj{at}", "label": at % 2, "part": "validation"} for at in range(20)
    ]
    given += [row | {"part": "test"} for row in healthy(60, seed=8)]
    found = told(rows_of(tmp_path, given))
    assert found["parts"]["validation"]["unknown"] == 1
    assert found["parts"]["validation"]["empty"]["rows"] == 20
    assert next(iter(found["parts"]["validation"]["empty"]["lines"].values()))[0] == 202
    assert found["parts"]["test"]["unknown"] < 0.1
    assert found["parts"]["test"]["empty"]["rows"] == 0
    assert not found["vocabulary"]["full"]
    assert told(rows_of(tmp_path, given), vocabulary_size=20)["vocabulary"]["full"]


def test_negations_that_stop_words_take(tmp_path: Path) -> None:
    given = healthy(200)
    for row in given[:100]:
        row["text"] += " and never was not"
    rows = rows_of(tmp_path, given)
    train = np.flatnonzero(rows.parts == "train")
    share = np.mean(["never" in rows.texts[row] for row in train])
    assert told(rows, stop_words=True, keep_negations=False)["negations"] == pytest.approx(share)
    assert told(rows, stop_words=True)["negations"] == 0
    assert told(rows)["negations"] == 0
