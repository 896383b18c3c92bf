"""Texts as vectors of their words, and where texts lie near or far."""

import numpy as np
import pytest

from sweep.text.tfidf import distance_space, tfidf


class TestDistanceSpace:
    def test_texts_alike_lie_near(self) -> None:
        texts = ["win a free prize now", "free prize to win", "see you at home tonight"] * 4
        space = distance_space(texts, components=2, seed=0)
        assert space.dtype == np.float32
        assert space.shape == (12, 2)
        assert space[0] @ space[1] > space[0] @ space[2] + 0.5
        np.testing.assert_allclose(np.linalg.norm(space, axis=1), 1, atol=1e-5)

    @pytest.mark.parametrize(
        "texts",
        [["one two", "", "one three"], ["", ""], ["!", "?"], ["same"] * 5, ["alone"]],
        ids=["one empty", "all empty", "punctuation", "equal", "single"],
    )
    @pytest.mark.parametrize("components", [1, 2, 100])
    def test_odd_texts_have_a_place(self, texts: list[str], components: int) -> None:
        space = distance_space(texts, components=components, seed=0)
        assert len(space) == len(texts)
        assert space.shape[1] <= max(components, 1)
        assert np.isfinite(space).all()

    def test_the_seed_decides(self) -> None:
        texts = [f"word{i % 7} term{i % 5} text{i % 3}" for i in range(40)]
        first, second = (distance_space(texts, components=4, seed=3) for _ in range(2))
        assert (first == second).all()


FITTED = {
    "terms of two texts": (["buy now", "buy later"], {"buy"}),
    "signs and pairs": (["win !", "win !"], {"win", "!", "win !"}),
    "a text alone keeps its terms": (["buy now"], {"buy", "now", "buy now"}),
    "none in two texts": (["buy", "now"], {"buy", "now"}),
    "letters alone": (["i a", "i b"], {"i"}),
}


@pytest.mark.parametrize(("texts", "terms"), FITTED.values(), ids=FITTED)
def test_terms_are_words_signs_and_pairs_that_two_texts_hold(
    texts: list[str], terms: set[str]
) -> None:
    vectorizer, features = tfidf(texts)
    assert set(vectorizer.get_feature_names_out()) == terms
    assert features.shape == (len(texts), len(terms))
    assert features.dtype == np.float32


def test_blank_texts_are_all_zeros() -> None:
    _, features = tfidf(["", "  "])
    assert features.shape == (2, 1)
    assert features.nnz == 0
