"""Files of ready-made vectors: every form is read, every damage is told with its place."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sweep.errors import UserError
from sweep.text.vector_files import read_vectors, word_list

GLOVE = "the 0 0 0\ngood 1 2 3\nfilm 4 5 6\ngood 9 9 9\nx y 7 8 9\n"
WORDS = ["the", "good", "film"]
ARRAY = np.array([[0, 0, 0], [1, 2, 3], [4, 5, 6]], dtype=np.float32)


def written(folder: Path, content: bytes | str, name: str = "vectors.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def binary(words: list[str], rows: np.ndarray, count: int | None = None) -> bytes:
    head = f"{len(words) if count is None else count} {rows.shape[1]}\n".encode()
    body = (
        word.encode() + b" " + struct.pack(f"<{len(row)}f", *row)
        for word, row in zip(words, rows, strict=True)
    )
    return head + b"\n".join(body)


def array(folder: Path, rows: np.ndarray = ARRAY, words: list[str] | None = None) -> Path:
    np.save(folder / "v.npy", rows)
    pq.write_table(pa.table({"word": WORDS if words is None else words}), folder / "v.parquet")
    return folder / "v.npy"


FORMS = {
    "glove": ("v.txt", GLOVE.encode()),
    "word2vec": ("v.txt", f"5 3\n{GLOVE}".encode()),
    "fasttext": ("v.vec", f"5 3\n{GLOVE}".encode()),
    "gzip": ("v.txt.gz", gzip.compress(GLOVE.encode())),
    "windows": ("v.txt", GLOVE.replace("\n", " \r\n").encode()),
    "binary": ("v.bin", binary(WORDS, ARRAY + 0.5)),
}


@pytest.mark.parametrize(("name", "content"), FORMS.values(), ids=FORMS)
def test_every_form_is_read(tmp_path: Path, name: str, content: bytes) -> None:
    shift = 0.5 if name.endswith(".bin") else 0
    kept, size = read_vectors(written(tmp_path, content, name), {"good", "film", "absent"})
    assert size == 3
    assert {word: vector.tolist() for word, vector in kept.items()} == {
        "good": [1 + shift, 2 + shift, 3 + shift],
        "film": [4 + shift, 5 + shift, 6 + shift],
    }


def test_a_long_binary_file_is_read_in_pieces(tmp_path: Path) -> None:
    rows = np.arange(600_000, dtype=np.float32).reshape(-1, 100)
    words = [f"w{n}" for n in range(len(rows))]
    kept, _ = read_vectors(written(tmp_path, binary(words, rows), "v.bin"), set(words))
    assert (np.stack([kept[word] for word in words]) == rows).all()


@pytest.mark.parametrize("ending", ["parquet", "txt"])
def test_an_array_stands_beside_its_words(tmp_path: Path, ending: str) -> None:
    path = array(tmp_path)
    if ending == "txt":
        path.with_suffix(".parquet").unlink()
        path.with_suffix(".txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    assert word_list(path) == path.with_suffix(f".{ending}")
    kept, size = read_vectors(path, {"film"})
    assert (kept["film"].tolist(), size) == ([4, 5, 6], 3)


def test_words_with_spaces_are_read_as_words(tmp_path: Path) -> None:
    path = written(tmp_path, "good 0.1 0.2\n. . . 0.3 0.4\nfilm 0.5 0.6\n")
    assert read_vectors(path, {"film"})[0]["film"].tolist() == pytest.approx([0.5, 0.6])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("good 1 2 3\nfilm 4 5\n", "line 2: every line must hold a word and 3 numbers"),
        ("good 0.1 0.2\nfilm 0.1 0.2 0.3\n", "line 2: every line"),
        ("4 3\ngood 1 2\n", "line 2: every line"),
        ("9 3\ngood 1 2 3\n", "as many words as its first line says, 9, but holds 1"),
        ("good 1 two\n", "line 1: every field after the word"),
        ("good 1 nan\n", "line 1: a value is not finite"),
        ("label\ntext\n", "line 1: every line must hold a word and 1 numbers"),
        (b"\x80\x00\x00good", "binary file of no known form"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"\xba\x16\x4f\x2frest", "model of fastText"),
        (gzip.compress(GLOVE.encode())[:-12], "cannot be read"),
        (binary(WORDS, ARRAY + 0.5)[:-3], "word 3 of the 3 .* the file ends there"),
        (binary(WORDS, ARRAY + 0.5, count=2), "more than the 2 words"),
        (b"2 3\n" + b"\x01" * 200_000, "word 1 of the 2 .* no word stands there"),
        (gzip.compress(GLOVE.encode() * 99)[:20] + b"\xff" * 40, "cannot be read"),
        (binary(WORDS, ARRAY * np.nan), "word 2: a value is not finite"),
    ],
)
def test_a_damaged_file_is_refused_with_its_place(
    tmp_path: Path, content: bytes | str, told: str
) -> None:
    with pytest.raises(UserError, match=told):
        read_vectors(written(tmp_path, content), {"good", "film"})


def test_an_array_that_does_not_fit_its_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="3 rows for 2 words"):
        read_vectors(array(tmp_path, words=["a", "b"]), {"a"})
    with pytest.raises(UserError, match=r"of shape \(3,\)"):
        read_vectors(array(tmp_path, rows=np.ones(3)), {"the"})
    path = array(tmp_path)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(UserError, match="no whole array"):
        read_vectors(path, {"the"})
    path.with_suffix(".parquet").unlink()
    with pytest.raises(UserError, match="its words must stand beside it"):
        read_vectors(path, {"the"})


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="model.vectors=.*cannot be read"):
        read_vectors(tmp_path / "none.txt", {"a"})
