"""Three hundred ill corpora: each loads and splits, or is refused with a message."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.corpora import load_corpus
from sweep.data import split
from sweep.errors import DataError

CASES = 300
WORDS = [
    "free",
    "hello",
    "naïve",
    "£100",
    "win",
    "“now”",
    "don't",
    "a,b",
    'say "x"',
    "1",
    "x;y",
    "a\tb",
]
EMOJI = ["👋", "👩‍👩‍👧", "🏳️‍🌈", "🇫🇷", "\u200b", "e\u0301\u0327"]
ARABIC = ["مرحبا", "שלום", "\u202eevil\u202c", "\u200f", "١٢٣"]

Row = tuple[str, str]


def some_rows(draw: random.Random, words: list[str] = WORDS, count: int = 60) -> list[Row]:
    texts = (" ".join(draw.choices(words, k=draw.randrange(1, 8))) for _ in range(count))
    return [(f"{text} {i}", str(int(draw.random() < 0.3))) for i, text in enumerate(texts)]


def blank(draw: random.Random) -> list[Row]:
    return [
        (draw.choice(["", "  ", "\u200b", "\0", "\u00a0"]), label) for _, label in some_rows(draw)
    ]


def with_labels(*choices: str) -> Callable[[random.Random], list[Row]]:
    return lambda draw: [(text, draw.choice(choices)) for text, _ in some_rows(draw)]


ROWS: dict[str, Callable[[random.Random], list[Row]]] = {
    "plain": some_rows,
    "emoji": lambda draw: some_rows(draw, EMOJI),
    "right to left": lambda draw: some_rows(draw, ARABIC),
    "one row": lambda draw: some_rows(draw, count=1),
    "no row": lambda draw: [],
    "one class": with_labels("1"),
    "one minority row": lambda draw: [
        (t, str(int(i == 7))) for i, (t, _) in enumerate(some_rows(draw))
    ],
    "all duplicates": lambda draw: [("Same text", label) for _, label in some_rows(draw)],
    "blank": blank,
    "half blank": lambda draw: some_rows(draw) + blank(draw),
    "long field": lambda draw: [*some_rows(draw), (draw.choice(WORDS) * 100_000, "1")],
    "marks": lambda draw: [*some_rows(draw), ("a" + "\u0301\u0327" * 50_000, "0")],
    "third label": with_labels("0", "1", "2"),
    "missing labels": with_labels("0", "1", "", "nan"),
    "named labels": with_labels("ham", "spam"),
    "truths": with_labels("yes", "no", "YES"),
}


def as_csv(draw: random.Random, rows: list[Row]) -> str:
    mark = draw.choice(",;\t|")
    quote = draw.choice([True, True, False])
    cells = [("text", "label"), *rows]
    if quote:
        cells = [('"' + text.replace('"', '""') + '"', label) for text, label in cells]
    return "".join(f"{text}{mark}{label}\n" for text, label in cells)


def as_tsv(draw: random.Random, rows: list[Row]) -> str:
    clean = draw.random() < 0.5
    cells = [(text.replace("\t", " ") if clean else text, label) for text, label in rows]
    return "".join(f"{text}\t{label}\n" for text, label in [("text", "label"), *cells])


def as_jsonl(draw: random.Random, rows: list[Row]) -> str:
    plain = draw.random() < 0.5
    values = {"0": False, "1": True, "": None, "nan": float("nan")}
    return "".join(
        json.dumps({"text": t, "label": v if plain else values.get(v, v)}, ensure_ascii=plain)
        + "\n"
        for t, v in rows
    )


FORMS = {"csv": as_csv, "tsv": as_tsv, "jsonl": as_jsonl}


def spoiled(draw: random.Random, raw: bytes) -> bytes:
    place = draw.randrange(len(raw) + 1)
    harm = draw.randrange(11)
    if harm < 4:  # one stray piece anywhere
        piece = draw.choice([b"\0", b'"', b"\r", b"\xff", b",", b"\t", b"{", b"\n\n", b"\xe2\x82"])
        return raw[:place] + piece + raw[place:]
    if harm == 4:
        return raw[:place]
    if harm == 5:
        return b"\xef\xbb\xbf" + raw
    if harm == 6:
        return raw.replace(b"\n", draw.choice([b"\r\n", b"\r", b"\r\r\n", b"\n\n"]))
    if harm == 7:
        wide = raw.decode("utf-8").encode(draw.choice(["utf-16", "utf-16-le", "utf-32"]))
        return wide[: len(wide) - draw.randrange(2)]
    if harm == 8:
        return raw.decode("utf-8").encode(draw.choice(["latin-1", "cp1252", "cp1251"]), "replace")
    return bytes(draw.randrange(256) for _ in range(draw.randrange(200))) if harm == 9 else raw


def settings(draw: random.Random) -> dict[str, Any]:
    given: dict[str, Any] = {}
    choices: dict[str, list[Any]] = {
        "encoding": ["utf-8", "latin-1", "utf-16", "nonsense"],
        "header": [False],
        "text": [0, "text", "txt", 9],
        "label": [1, "label", -1],
        "positive": ["spam", 1, True, "maybe"],
        "delimiter": [",", "\t", '"'],
        "quoting": ["minimal", "none"],
        "format": ["csv", "tsv", "jsonl", "parquet"],
        "split": ["label"],
        "group": ["label", "text"],
    }
    for name, values in choices.items():
        if draw.random() < 0.08:
            given[name] = draw.choice(values)
    return given


def attempt(**given: Any) -> str | None:
    """Load and split; give the message of a refusal."""
    try:
        corpus = load_corpus(**given)
        done = split(corpus, validation=0.2, test=0.2, overlap="drop", seed=0)
    except DataError as error:
        return str(error)
    assert len(corpus.texts) == len(corpus.labels) == len(done.parts)
    assert all(set(done.part(part)[1]) == {0, 1} for part in ("train", "validation", "test"))
    assert len(done.fingerprint) == 64
    return None


@pytest.mark.parametrize("case", range(CASES))
def test_loads_or_is_refused(tmp_path: Path, case: int) -> None:
    draw = random.Random(case)
    form = draw.choice(list(FORMS))
    rows = ROWS[list(ROWS)[case % len(ROWS)]](draw)
    raw = FORMS[form](draw, rows).encode("utf-8")
    raw = spoiled(draw, raw) if draw.random() < 0.6 else raw
    name = draw.choice([f"corpus.{form}", f"corpus.{form}", "corpus", "corpus.txt"])
    (tmp_path / name).write_bytes(gzip.compress(raw, 1) if draw.random() < 0.1 else raw)
    message = attempt(path=str(tmp_path / name), **settings(draw))
    assert message is None or (message.strip() and len(message) < 4000)
    assert message is None or message.encode("utf-8")  # printable everywhere


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["plain", "emoji", "right to left", "truths", "missing labels"])
def test_healthy_ones_load(tmp_path: Path, form: str, kind: str) -> None:
    draw = random.Random(1)
    rows = [(text.replace("\t", " ").replace('"', ""), label) for text, label in ROWS[kind](draw)]
    path = tmp_path / f"corpus.{form}"
    text = "text|label\n" + "".join(f"{t}|{v}\n" for t, v in rows)
    path.write_text(text if form == "csv" else FORMS[form](draw, rows), encoding="utf-8")
    assert attempt(path=str(path)) is None


@pytest.mark.parametrize(
    "kind", ["one row", "no row", "one class", "all duplicates", "blank", "third label"]
)
@pytest.mark.parametrize("form", FORMS)
def test_hopeless_ones_are_refused(tmp_path: Path, form: str, kind: str) -> None:
    draw = random.Random(2)
    path = tmp_path / f"corpus.{form}"
    path.write_text(FORMS[form](draw, ROWS[kind](draw)), encoding="utf-8")
    assert attempt(path=str(path))


@pytest.mark.parametrize("form", FORMS)
def test_a_field_of_ten_megabytes_loads(tmp_path: Path, form: str) -> None:
    rows = [(f"text {i}", str(i % 2)) for i in range(40)] + [("word " * 2_000_000, "1")]
    path = tmp_path / f"corpus.{form}"
    path.write_text(FORMS[form](random.Random(3), rows), encoding="utf-8")
    assert attempt(path=str(path)) is None


@pytest.mark.parametrize("case", range(30))
def test_damaged_parquet(tmp_path: Path, case: int) -> None:
    draw = random.Random(case)
    rows = some_rows(draw)
    path = tmp_path / "corpus.parquet"
    pq.write_table(pa.table({"text": [t for t, _ in rows], "label": [v for _, v in rows]}), path)
    raw = bytearray(path.read_bytes())
    for _ in range(case):
        raw[draw.randrange(len(raw))] = draw.randrange(256)
    path.write_bytes(raw[: draw.randrange(len(raw)) if case % 5 == 4 else None])
    message = attempt(path=str(path))
    assert message is None if case == 0 else message is None or message.strip()
