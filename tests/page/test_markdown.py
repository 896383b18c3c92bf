"""The Markdown: the same sections, and nothing of a stranger's that a reader's program would act on."""

import re

from sweep.page.markdown import markdown
from sweep.page.records import Records
from sweep.page.report import sections


def test_every_section_in_its_order(records: Records) -> None:
    made = sections(records)
    text = markdown("made: what the sweep found", made)
    assert re.findall(r"^## (.*)$", text, re.M) == [section.title for section in made]


def test_a_table_s_rows_are_all_as_wide_as_its_head(hostile: Records) -> None:
    text = markdown("made", sections(hostile))
    for block in re.findall(r"(?:^\|.*\n)+", text, re.M):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1, block


def test_no_tag_and_no_hidden_sign(hostile: Records) -> None:
    text = markdown("made", sections(hostile))
    prose = [line for line in text.splitlines() if not line.startswith("    ")]
    assert not [line for line in prose if re.search(r"(?<!\\)<", line)]
    assert not set("\u202e\u2066\u200b\x00\x1b") & set(text)
