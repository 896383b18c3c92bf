"""Which column is labelled, and what the added ones are called."""

import pytest

from sweep.errors import UserError
from sweep.serving.columns import added_names, renamed, shown_column, text_column
from sweep.serving.pieces import Source


def source(*columns: str, named: bool = True) -> Source:
    return Source(
        file="in.csv", columns=list(columns), named=named, rows=0, pieces=lambda: iter(())
    )


@pytest.mark.parametrize(
    ("columns", "wanted", "expected"),
    [
        (("id", "Tweet"), None, (1, "a usual name")),
        (("message", "text"), None, (1, "a usual name")),
        (("anything",), None, (0, "the only one")),
        (("id", "words"), "words", (1, "")),
        (("id", "words"), "1", (1, "")),
        (("1", "0"), "1", (0, "")),
    ],
)
def test_the_column_and_why(
    columns: tuple[str, ...], wanted: str | None, expected: tuple[int, str]
) -> None:
    position, why = text_column(source(*columns), wanted)
    assert position == expected[0]
    assert expected[1] in why
    assert bool(expected[1]) == bool(why)


@pytest.mark.parametrize(
    ("columns", "wanted", "told"),
    [
        (("a", "b"), None, "which column holds the texts"),
        (("text", "text"), None, "which column"),
        (("text", "text"), "text", "several columns"),
        (("id", "Message"), "message", "Did you mean `Message`"),
        (("id", "message"), "mesage", "Did you mean `message`"),
        (("id", "message"), "7", "no column"),
        (("id", "message"), "zzz", "Its columns: `id`, `message`."),
    ],
)
def test_a_column_that_cannot_be_told(
    columns: tuple[str, ...], wanted: str | None, told: str
) -> None:
    with pytest.raises(UserError, match=told):
        text_column(source(*columns), wanted)


def test_without_names_there_are_positions() -> None:
    assert text_column(source("0", "1", named=False), "1") == (1, "")
    assert shown_column(source("0", "1", named=False), 1) == "at position 1"
    assert shown_column(source("a", "b"), 1) == "`b`"


@pytest.mark.parametrize(
    ("taken", "positive", "expected"),
    [
        ([], "spam", ["probability_spam", "label"]),
        (["label"], "not so", ["probability_not_so", "predicted_label"]),
        (["label", "predicted_label"], "1", ["probability_1", "predicted_predicted_label"]),
        (["probability_yes"], "!", ["predicted_probability_yes", "label"]),
    ],
)
def test_added_columns_have_names_of_their_own(
    taken: list[str], positive: str, expected: list[str]
) -> None:
    names = added_names(taken, positive)
    assert names == expected
    assert len(renamed(names)) == sum(name.startswith("predicted_") for name in names)
