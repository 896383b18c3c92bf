"""The built-in corpus' words: every pattern can be filled, and no word tells the label."""

import re
from collections import Counter
from random import Random
from string import Formatter

import pytest

from sweep.data import phrases


def places(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}


def bags(text: str) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Words, and pairs of neighbours, as a bag counts them."""
    words = re.findall(r"\w+", text.casefold())
    return Counter(words), Counter(zip(words, words[1:], strict=False))


@pytest.mark.parametrize("name", phrases.RELATIONS)
def test_a_frame_has_both_contents_and_its_words(name: str) -> None:
    relation = phrases.RELATIONS[name]
    for frame in relation.frames:
        assert places(frame) == {"key", "other", *relation.words}, frame


@pytest.mark.parametrize("name", phrases.RELATIONS)
def test_an_exchange_keeps_the_words_and_the_pairs_of_neighbours(name: str) -> None:
    relation = phrases.RELATIONS[name]
    rng = Random(0)
    for frame in relation.frames * 30:
        words = {place: rng.choice(choices) for place, choices in relation.words.items()}
        one, two = relation.contents(rng)
        assert one != two
        given = frame.format(key=one, other=two, **words)
        exchanged = frame.format(key=two, other=one, **words)
        assert given != exchanged
        assert bags(given) == bags(exchanged), given


@pytest.mark.parametrize("pattern", phrases.ORDINARY)
def test_an_ordinary_sentence_has_words_for_its_places(pattern: str) -> None:
    assert places(pattern) <= set(phrases.ORDINARY_WORDS)


@pytest.mark.parametrize("pattern", [*phrases.OPENERS, *phrases.CLOSERS])
def test_what_stands_around_holds_a_number_at_most(pattern: str) -> None:
    assert places(pattern) <= {"number"}
    assert pattern.endswith(".")


@pytest.mark.parametrize(
    ("one", "two"), [("STAFF", "CUSTOMERS"), ("HARMED", "MENDED"), ("UNPLEASANT", "PLEASANT")]
)
def test_opposite_words_do_not_overlap(one: str, two: str) -> None:
    first, second = getattr(phrases, one), getattr(phrases, two)
    assert set(first) & set(second) == set()
    assert (len(set(first)), len(set(second))) == (len(first), len(second))
