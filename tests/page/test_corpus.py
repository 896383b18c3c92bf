"""The corpus: what the audit measured, and words only where they are wanted."""

from dataclasses import replace

from sweep.page.blocks import Figure, Table, Words
from sweep.page.records import Records
from sweep.page.sections.corpus import corpus


def test_the_audit_s_numbers(records: Records) -> None:
    blocks = corpus(records).blocks
    pictures = {block.key: block for block in blocks if isinstance(block, Figure)}
    assert pictures["classes"].title == "Positive are 20.0% in train, 25.0% in test"
    assert [trace["x"] for trace in pictures["classes"].data] == [[120, 50], [480, 150]]
    assert pictures["lengths"].title.startswith("2.0% of the training texts are longer than 30")
    assert [trace["x"] for trace in pictures["lengths"].data] == [
        [5],
        [8],
        [12],
        [20],
        [40],
        [30, 30],
    ]
    found, drift, terms = (block for block in blocks if isinstance(block, Table))
    assert found.rows == [
        ["equal texts", 12, 0.012, "plain words: 1, 2, 3, 4, 5, 6, 7, 8 … 12 listed"],
        ["texts of test nearly equal to one of training", 3, 0.015, ""],
        ["labels that the baseline doubts", 9, 0.009, ""],
    ]
    assert drift.rows[0][:2] == ["test", "+0.050 (+0.000 to +0.100)"]
    assert terms.rows == [["plain words", 0.4, 0.5, 0.1]]


def test_none_leaves_the_words_out(records: Records) -> None:
    blocks = corpus(replace(records, examples=0)).blocks
    tables = [block for block in blocks if isinstance(block, Table)]
    assert len(tables) == 2, "the terms are the corpus' own words"
    last = blocks[-1]
    assert isinstance(last, Words)
    assert "report.examples=0" in last.text


def test_nothing_known(empty: Records) -> None:
    (words,) = corpus(empty).blocks
    assert isinstance(words, Words)
