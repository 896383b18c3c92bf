"""Rows on several lines: texts with line breaks are read, rows that stray quote marks swallowed are refused."""

import csv
import io
import random
from pathlib import Path
from typing import Any

import pytest

from support.corpora import load_corpus
from sweep.data.corpus import Corpus
from sweep.errors import DataError

WORDS = "you win a prize call now, see me at lunch or later, fine then".split(" ")


def plain(count: int = 40, seed: int = 0) -> list[tuple[str, str]]:
    """Texts without quote marks, and with a comma now and then."""
    draw = random.Random(seed)
    return [(" ".join(draw.choices(WORDS, k=8)), str(n % 2)) for n in range(count)]


def loaded(folder: Path, content: str, **settings: Any) -> Corpus:
    (folder / "m.csv").write_text(content, encoding="utf-8", newline="")
    return load_corpus(path=str(folder / "m.csv"), **settings)


def lined(rows: list[list[str]], delimiter: str = ";") -> list[str]:
    return [delimiter.join(row) for row in rows]


HEADS = {
    "text first": (["text", "label"], lambda text, label: [text, label]),
    "label first": (["label", "text"], lambda text, label: [label, text]),
    "four columns": (["id", "label", "text", "by"], lambda text, label: ["7", label, text, "bo"]),
}


@pytest.mark.parametrize("between", [1, 2, 15])
@pytest.mark.parametrize(("head", "row"), HEADS.values(), ids=HEADS)
def test_rows_between_two_stray_quote_marks_are_refused(tmp_path, head, row, between):
    rows = plain()
    if head[-1] == "text":
        rows[20 + between] = (rows[20 + between][0] + '"', "0")
    else:
        rows[20 + between] = ("so he went home" + '"', "0")
    rows[20] = ('"oops he said', "1")
    lines = lined([head, *(row(*each) for each in rows)])
    with pytest.raises(DataError) as refusal:
        loaded(tmp_path, "\n".join(lines))
    told = str(refusal.value)
    assert f"m.csv, lines 22 to {22 + between}" in told
    assert "data.quoting=none" in told
    read = loaded(tmp_path, "\n".join(lines), quoting="none")
    assert len(read.texts) == 40
    taken = loaded(tmp_path, "\n".join(lines), quoting="minimal")
    assert len(taken.texts) == 40 - between
    assert any(f"1 row spans several lines, lines 22 to {22 + between}." in n for n in taken.notes)


def test_each_place_is_counted_and_a_line_of_another_shape_hides_nothing(tmp_path):
    lines = lined([["text", "label"], *map(list, plain(60))])
    lines[5], lines[30] = '"oops;1', 'bye";0'
    lines[12] = "this one has;no label"
    lines[40], lines[41] = '"oops;1', 'bye";0'
    with pytest.raises(DataError, match=r"lines 6 to 31: .*\(2 places are like that\)"):
        loaded(tmp_path, "\n".join(lines))


STORIES = {
    "verse": "roses are red\nviolets are blue\n\nsugar is sweet",
    "commas": "yes, we win\nno, we do not\n1, 2, 3\n0, 1",
    "quoted": 'he said "yes"\nshe said "no"\nand left',
    "a list": "1\n0\n1\n0\n1",
    "windows": "dear all,\r\nsee you,\r\nbo",
    "a label's line": "well\n1,2\n0,5\nbye",
    "a huge line": "x" * 200_000 + "\ny",
    "a long letter": "\n".join(f"line {n}, which goes on, and on" for n in range(40)),
}


@pytest.mark.parametrize("labels", [("0", "1"), ("no", "yes")], ids=["numbers", "words"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize(("head", "row"), HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_texts_with_line_breaks_are_read(tmp_path, story, head, row, delimiter, labels):
    rows = [(text, labels[int(label)]) for text, label in plain()]
    rows[7], rows[30] = (story, labels[0]), (f"{story} again", labels[1])
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\n")
    writer.writerows([head, *(row(*each) for each in rows)])
    corpus = loaded(tmp_path, written.getvalue())
    assert [corpus.texts[7], corpus.texts[30]] == [story, f"{story} again"]
    assert len(corpus.texts) == 40
    (noted,) = [n for n in corpus.notes if "several lines" in n]
    assert (
        f"m.csv: 2 rows span several lines, the first one lines 9 to {9 + len(story.splitlines()) - 1}."
        == noted
    )


def test_a_file_without_such_rows_says_nothing(tmp_path):
    corpus = loaded(tmp_path, "\n".join(lined([["text", "label"], *map(list, plain())])))
    assert not any("several lines" in note for note in corpus.notes)
