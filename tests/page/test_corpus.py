"""The corpus: what the audit measured, and texts only where they are wanted."""

from dataclasses import replace

from sweep.page.blocks import Marked, Table, Words
from sweep.page.records import Records
from sweep.page.sections.corpus import corpus


def test_the_audit_s_numbers(records: Records) -> None:
    (table,) = [block for block in corpus(records).blocks if isinstance(block, Table)]
    assert table.rows == [["rows", 1000], ["dropped, empty", 2], ["lines", "1, 2, 3"]]


def test_examples_as_many_as_asked_for(records: Records) -> None:
    for examples in (1, 3):
        blocks = corpus(replace(records, examples=examples)).blocks
        marked = [block for block in blocks if isinstance(block, Marked)]
        assert len(marked) == examples + 1  # one false positive was kept
        assert marked[0].tokens == [("plain words", 1.25), ("now", -0.5), ("the", 0.0)]


def test_none_leaves_the_texts_out(records: Records) -> None:
    blocks = corpus(replace(records, examples=0)).blocks
    assert not [block for block in blocks if isinstance(block, Marked)]
    last = blocks[-1]
    assert isinstance(last, Words)
    assert "report.examples=0" in last.text


def test_nothing_known(empty: Records) -> None:
    (words,) = corpus(empty).blocks
    assert isinstance(words, Words)
