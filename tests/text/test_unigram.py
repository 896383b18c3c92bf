from math import exp

import pytest

from sweep.text.unigram import train_unigram

STEMS = [a + b + c for a in "bdfgklm" for b in "aeio" for c in "prt"]
WORDS = {stem + ending: 3 for stem in STEMS for ending in ("ing", "ed", "ness")}
CHARACTERS = {"▁", *"".join(WORDS)}
SEEDS = CHARACTERS | {f"▁{stem}" for stem in STEMS} | {"ing", "ed", "ness", "qqq", "▁ba", "ba"}


def trained(size, min_frequency=1):
    return dict(train_unigram(WORDS, SEEDS, size, min_frequency))


def test_the_pieces_that_words_share_are_chosen():
    pieces = trained(len(CHARACTERS) + len(STEMS) + 3)
    assert pieces.keys() == SEEDS - {"qqq", "▁ba", "ba"}


def test_a_probability_is_a_share_of_the_uses():
    pieces = trained(500)
    assert sum(map(exp, pieces.values())) == pytest.approx(1.0)
    # Each word is a stem and an ending; every character counts once though it is never used.
    uses = 2 * sum(WORDS.values()) + len(CHARACTERS)
    assert exp(pieces["ing"]) == pytest.approx(3 * len(STEMS) / uses)
    assert exp(pieces["▁bap"]) == pytest.approx(9 / uses)


@pytest.mark.parametrize("size", [22, 30, 60])
def test_pruning_reaches_the_size_and_spares_characters_and_endings(size):
    pieces = trained(size)
    assert len(pieces) <= size
    assert CHARACTERS <= pieces.keys()
    assert {"ing", "ed", "ness"} <= pieces.keys()


def test_a_rare_piece_is_left_out():
    assert not [piece for piece in trained(500, min_frequency=10) if piece.startswith("▁b")]


def test_no_words_give_no_pieces():
    assert train_unigram({}, [], 10, 1) == []
