"""Label values and what they become."""

import pytest

from sweep.data.labels import Labels, encode_labels, label_key
from sweep.errors import DataError


def encode(values: list[object], positive: object = None) -> Labels:
    keys = [label_key(value) or "" for value in values]
    return encode_labels(keys, values, positive, lambda row: f"line {row + 2}")


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (1, "1"),
        (1.0, "1"),
        ("1.0", "1"),
        ("+01", "1"),
        (0.5, "0.5"),
        (True, "true"),
        ("FALSE", "false"),
        ("Yes", "yes"),
        (" Spam ", "Spam"),
        ("none", "none"),
        ("9" * 5000, "9" * 5000),
        (float("inf"), "inf"),
        (None, None),
        ("  ", None),
        ("NaN", None),
        (float("nan"), None),
    ],
    ids=lambda value: str(value)[:8],
)
def test_label_key(value: object, key: str | None) -> None:
    assert label_key(value) == key


def test_a_list_is_no_label() -> None:
    with pytest.raises(TypeError, match="list"):
        label_key([1])


@pytest.mark.parametrize(
    ("values", "positive", "expected", "names"),
    [
        (["0", "1", "0"], None, [0, 1, 0], ("1", "0")),
        ([1.0, 0.0, "1"], None, [1, 0, 1], ("1.0", "0.0")),
        ([True, False], None, [1, 0], ("True", "False")),
        (["no", "Yes", "YES"], None, [0, 1, 1], ("Yes", "no")),
        (["ham", "spam", "ham"], "spam", [0, 1, 0], ("spam", "ham")),
        (["0", "1"], 0, [1, 0], ("0", "1")),
        (["2", "1"], 2.0, [1, 0], ("2", "1")),
        (["true", "false"], False, [0, 1], ("false", "true")),
    ],
)
def test_encodes(
    values: list[object], positive: object, expected: list[int], names: tuple[str, str]
) -> None:
    labels = encode(values, positive)
    assert labels.values.tolist() == expected
    assert labels.values.dtype == "int8"
    assert (labels.positive, labels.negative) == names


@pytest.mark.parametrize(
    ("values", "positive", "expected"),
    [
        (
            ["ham", "spam", "ham"],
            None,
            ["`ham` (2 rows)", "`spam` (1 rows)", "data.positive=spam"],
        ),
        (["-1", "1"], None, ["data.positive"]),
        (["ham", "spam"], "spma", ["data.positive=spma", "`spam`", "`ham` (1 rows)"]),
        (["a", "b", "a", "c", "d"], "a", ["line 5", "`c`", "third", "Seen 4"]),
        (["a", "a"], "a", ["one label", "`a` (2 rows)"]),
        ([str(i) for i in range(30)], None, ["line 4", "and 20 more"]),
    ],
    ids=["asked for", "minus one", "unknown", "third", "one class", "many"],
)
def test_refuses(values: list[object], positive: object, expected: list[str]) -> None:
    with pytest.raises(DataError) as error:
        encode(values, positive)
    assert [word for word in expected if word not in str(error.value)] == []
