import gzip

import numpy as np
import pytest

from sweep.errors import UserError
from sweep.text.vectors import read_vectors

TOKENS = ["<pad>", "<unk>", "good", "Film", "zzz", "PAD"]
GLOVE = "the 0 0 0\ngood 1 2 3\nfilm 4 5 6\ngood 9 9 9\nx y 7 8 9\n"


def written(tmp_path, content: bytes | str, name="vectors.txt"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("form", ["glove", "word2vec", "gz", "crlf"])
def test_known_tokens_take_their_vector(tmp_path, form):
    content = {
        "glove": GLOVE.encode(),
        "word2vec": f"5 3\n{GLOVE}".encode(),
        "gz": gzip.compress(GLOVE.encode()),
        "crlf": GLOVE.replace("\n", " \r\n").encode(),
    }[form]
    vectors, found = read_vectors(written(tmp_path, content), TOKENS)
    assert found == 2
    assert vectors.dtype == np.float32
    assert vectors[2].tolist() == [1, 2, 3]
    assert vectors[3].tolist() == [4, 5, 6]
    assert not vectors[0].any()


def test_unknown_tokens_are_drawn_with_the_spread_of_those_found(tmp_path):
    lines = "\n".join(f"w{n} {3 if n % 2 else -3} {-3 if n % 2 else 3}" for n in range(10))
    tokens = ["<pad>", *(f"w{n}" for n in range(10)), *(f"u{n}" for n in range(4000))]
    path = written(tmp_path, lines)
    vectors, found = read_vectors(path, tokens, seed=1)
    assert found == 10
    assert vectors[11:].std() == pytest.approx(3.0, rel=0.05)
    assert (vectors == read_vectors(path, tokens, seed=1)[0]).all()
    assert (vectors[11:] != read_vectors(path, tokens, seed=2)[0][11:]).all()


def test_an_exact_match_goes_before_the_lower_case_one(tmp_path):
    vectors, _ = read_vectors(written(tmp_path, "us 1 1\nUS 2 2\n"), ["<pad>", "US", "Us"])
    assert vectors[1:].tolist() == [[2, 2], [1, 1]]


def test_words_with_spaces_are_read_as_words(tmp_path):
    path = written(tmp_path, "good 0.1 0.2\n. . . 0.3 0.4\nfilm 0.5 0.6\n")
    assert read_vectors(path, ["<pad>", "film"])[0][1].tolist() == pytest.approx([0.5, 0.6])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("good 1 2 3\nfilm 4 5\n", "line 2: every line must hold a word and 3 numbers"),
        ("good 0.1 0.2\nfilm 0.1 0.2 0.3\n", "line 2: every line"),
        ("4 3\ngood 1 2\n", "line 2: every line"),
        ("good 1 2\nfilm 4 five\nzzz 1 1\n", None),
        ("good 1 two\n", "line 1: every field after the word"),
        ("good 1 nan\n", "line 1: a value is not finite"),
        ("label\ntext\n", "line 1: every line must hold a word and 1 numbers"),
        ("other 1 2\n", "holds none of the 7 tokens"),
        ("", "holds none"),
        (b"3 2\n", "holds none"),
        (b"\x80\x00\x00good", "is a binary file"),
        (gzip.compress(GLOVE.encode())[:-12], "cannot be read"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path, content, told):
    with pytest.raises(UserError, match=told or "line 2"):
        read_vectors(written(tmp_path, content), [*TOKENS, "film"])


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UserError, match="model.vectors=.*cannot be read"):
        read_vectors(tmp_path / "none.txt", TOKENS)
