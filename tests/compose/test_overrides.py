"""The words that set something: read, ordered, refused with the way out."""

import pytest

from sweep.compose.catalogue import Catalogue
from sweep.compose.overrides import chooses, parsed, sign, wrong_choice


def test_what_can_be_read_is_taken_beside_what_cannot() -> None:
    overrides, mistakes = parsed(["model.hidden=32", "model=[", "seed=1", "=3"])
    assert [(o.key_or_group, o.value()) for o in overrides] == [("model.hidden", 32), ("seed", 1)]
    assert len(mistakes) == 2


def test_a_debug_file_counts_last() -> None:
    overrides, _ = parsed(["debug=fast", "model=gru", "search=smoke"])
    assert [o.key_or_group for o in overrides] == ["model", "search", "debug"]


@pytest.mark.parametrize(
    ("word", "before"),
    [
        ("model.hidden=3", ""),
        ("+search.space.model.layers={type: int, low: 1, high: 2}", "+"),
        ("++model.hidden=3", "++"),
        ("~search.space.model.hidden", "~"),
        ("search=smoke", "+"),
    ],
)
def test_a_sign_is_known(word: str, before: str) -> None:
    assert [sign(override) for override in parsed([word])[0]] == [before]


@pytest.mark.parametrize(
    ("word", "choice", "mistake"),
    [
        ("model=gru", True, None),
        ("model={hidden: 3}", False, None),
        ("model.hidden=3", False, None),
        ("model=gruu", True, "Did you mean `gru`?"),
        ("+model=gru", True, "change it without `+`"),
    ],
)
def test_a_choice_of_a_file_is_told_from_a_setting(
    word: str, choice: bool, mistake: str | None
) -> None:
    ((override,), _) = parsed([word])
    assert chooses(override, Catalogue()) is choice
    if choice:
        told = wrong_choice(override, Catalogue())
        assert told is None if mistake is None else mistake in (told or "")
