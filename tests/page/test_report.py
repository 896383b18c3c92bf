"""The whole report: its order, its files, and how it is thinned."""

import time
from pathlib import Path

import pytest

from support.made_records import make_records
from sweep.page.blocks import Figure, Link, Table
from sweep.page.records import Records
from sweep.page.report import sections, write

ORDER = [
    "answer", "winner", "verdict", "why", "mattered", "training", "corpus", "decision", "budget", "reproduce",
]  # fmt: skip


def test_the_order_is_a_reader_s(records: Records, empty: Records) -> None:
    for each in (records, empty):
        assert [section.key for section in sections(each)] == ORDER


def test_every_picture_has_a_title_with_a_number_axes_with_units_and_a_table(
    records: Records,
) -> None:
    drawn = [b for section in sections(records) for b in section.blocks if isinstance(b, Figure)]
    assert len({figure.key for figure in drawn}) == len(drawn) >= 14
    for figure in drawn:
        assert any(sign.isdigit() for sign in figure.title), figure.title
        assert figure.table.rows
        for name in ("xaxis", "yaxis"):
            axis = figure.layout[name]
            assert axis["title"]["text"] or axis["type"] == "category", figure.key
            assert all(len(row) == len(figure.table.columns) for row in figure.table.rows)


def test_every_link_leads_somewhere(records: Records) -> None:
    tables = [b for section in sections(records) for b in section.blocks if isinstance(b, Table)]
    places = {anchor for table in tables for anchor in table.anchors}
    cells = [cell for table in tables for row in table.rows for cell in row]
    links = [one for cell in cells for one in (cell if isinstance(cell, list) else [cell])]
    assert {one.anchor for one in links if isinstance(one, Link)} <= places


def test_both_files_are_written_the_same_again(tmp_path: Path) -> None:
    records = make_records(tmp_path / "made")
    write(records)
    files = (records.folder.page, records.folder.markdown)
    before = [file.read_bytes() for file in files]
    write(records)
    assert [file.read_bytes() for file in files] == before


@pytest.mark.slow
def test_five_thousand_trials_are_thinned_with_a_word(tmp_path: Path) -> None:
    records = make_records(tmp_path / "made", trials=2500)
    began = time.process_time()
    write(records)
    assert time.process_time() - began < 60
    text = records.folder.page.read_text(encoding="utf-8")
    assert len(text) < 5_000_000
    assert "1000 of 5000 are shown" in text
    assert "600 of 5000 are drawn" in text
