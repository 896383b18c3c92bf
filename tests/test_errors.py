"""Errors: mistakes that are told together, and the word that was meant."""

import pytest

from sweep import errors
from sweep.errors import SweepError, UserError, nearest

MENDABLE = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, UserError)
]


@pytest.mark.parametrize("mistakes", [("one",), ("one", "two"), ()], ids=len)
@pytest.mark.parametrize("kind", MENDABLE, ids=lambda kind: kind.__name__)
def test_mistakes_are_kept_apart_and_shown_together(
    kind: type[UserError], mistakes: tuple[str, ...]
) -> None:
    error = kind(*mistakes)
    assert error.mistakes == mistakes
    assert str(error) == "\n".join(mistakes)
    assert isinstance(error, SweepError)


@pytest.mark.parametrize(
    ("word", "known", "told"),
    [
        ("hiden", ["hidden", "layers"], " Did you mean `hidden`?"),
        ("layer", ["hidden", "layers"], " Did you mean `layers`?"),
        ("momentum", ["hidden", "layers"], ""),
        ("anything", [], ""),
        (12, [128, "x"], " Did you mean `128`?"),
        (None, ["none"], " Did you mean `none`?"),
    ],
)
def test_the_nearest_word_is_named(word: object, known: list[object], told: str) -> None:
    assert nearest(word, known) == told
