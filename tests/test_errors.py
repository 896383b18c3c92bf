"""Errors: mistakes that are told together, and the word that was meant."""

import shlex

import pytest

from sweep import errors
from sweep.errors import ChoiceError, SweepError, UserError, nearest

MENDABLE = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, UserError) and kind is not ChoiceError
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


def test_a_choice_is_shown_as_it_would_be_typed() -> None:
    ways = [
        ("this", ["data.path=a.csv", "data.positive=x"]),
        ("that", ["data.path=a.csv", "data.drop='y z'"]),
    ]
    error = ChoiceError("Choose:", ways, ["data.positive", "data.drop"])
    assert error.mistakes[0].splitlines()[:3] == [
        "Choose:",
        "this:",
        "  data.path=a.csv data.positive=x",
    ]
    given = ["+search=s", "data.path=a.csv", "+data.positive=z", "seed=1"]
    typed = error.typed(["python", "-m", "sweep"], given).mistakes[0].splitlines()
    begin = "  python -m sweep +search=s data.path=a.csv seed=1"
    assert typed[2] == f"{begin} data.positive=x"
    assert shlex.split(typed[4])[-1] == "data.drop='y z'"
