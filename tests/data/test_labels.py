"""Label values and what they become."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from sweep.data.labels import Choice, Labels, encode_labels, label_key
from sweep.errors import ChoiceError, DataError


def encode(values: list[object], positive: object = None, **choice: object) -> Labels:
    keys = [label_key(value) or "" for value in values]
    chosen = Choice(positive=positive, **choice)
    return encode_labels(keys, values, chosen, lambda row: f"line {row + 2}", ["data.path=a.csv"])


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
        (["a", "b", "a", "c", "d"], None, ["line 5", "`c`", "third", "Seen 4"]),
        (
            ["a", "b", "a", "c"],
            "a",
            ["what becomes of `b` (1 rows), `c` (1 rows)", "data.negative"],
        ),
        (["a", "a"], "a", ["one label", "`a` (2 rows)"]),
        (["a", "b", "c"], ["a", "b", "c"], ["mean the same", "`c` (1 rows)"]),
        ([str(i) for i in range(30)], None, ["line 4", "and 20 more"]),
    ],
    ids=["asked for", "minus one", "unknown", "third", "unsaid", "one class", "all yes", "many"],
)
def test_refuses(values: list[object], positive: object, expected: list[str]) -> None:
    with pytest.raises(DataError) as error:
        encode(values, positive)
    assert [word for word in expected if word not in str(error.value)] == []


TONES: list[object] = ["good", "so-so", "bad", "bad", "so-so", "odd"]


@pytest.mark.parametrize(
    ("choice", "expected", "names"),
    [
        (
            {"positive": "bad", "negative": "rest"},
            [0, 0, 1, 1, 0, 0],
            ("bad", "not bad"),
        ),
        (
            {"positive": ["good", "so-so"], "negative": "bad", "drop": "odd"},
            [1, 1, 0, 0, 1, None],
            ("good or so-so", "bad"),
        ),
        (
            {"positive": "bad", "negative": ["good", "odd"], "drop": ["so-so"]},
            [0, None, 1, 1, None, 0],
            ("bad", "good or odd"),
        ),
        (
            {"positive": "bad", "drop": ["so-so", "odd"]},
            [0, None, 1, 1, None, None],
            ("bad", "good"),
        ),
        (
            {"negative": "good", "drop": ["so-so", "odd"]},
            [0, None, 1, 1, None, None],
            ("bad", "good"),
        ),
        (
            {"positive": "bad", "negative": "good", "drop": "rest"},
            [0, None, 1, 1, None, None],
            ("bad", "good"),
        ),
        (
            {"positive": ["bad", "odd"], "negative": "rest"},
            [0, 0, 1, 1, 0, 1],
            ("bad or odd", "other"),
        ),
        (
            {"negative": ["good", "so-so", "odd"]},
            [0, 0, 1, 1, 0, 0],
            ("bad", "good or so-so or odd"),
        ),
        (
            {"positive": "bad", "drop": ["so-so", "odd"], "negative": "rest"},
            [0, None, 1, 1, None, None],
            ("bad", "good"),
        ),
    ],
    ids=str,
)
def test_several_values_make_a_class_and_others_are_left_out(
    choice: dict[str, object], expected: list[int | None], names: tuple[str, str]
) -> None:
    labels = encode(TONES, **choice)
    assert labels.kept.tolist() == [value is not None for value in expected]
    assert labels.values.tolist() == [value for value in expected if value is not None]
    assert (labels.positive, labels.negative) == names
    (note,) = labels.notes
    assert [
        word for word in ("`bad` (2 rows)", "`good` (1 rows)", "yes: ", "no: ") if word not in note
    ] == []
    assert ("left out: " in note) == (None in expected)


def test_without_a_third_value_yes_and_no_need_no_note() -> None:
    assert encode(["a", "b"], "a").notes == ()
    assert encode(["0", "1", "2"], drop=2).values.tolist() == [0, 1]


def test_the_word_rest_in_a_list_is_a_value() -> None:
    labels = encode(["rest", "a", "b"], "a", negative=["rest"], drop="b")
    assert labels.negative == "rest"
    assert labels.kept.tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (
            {"positive": "bad", "negative": ["bad", "good"]},
            ["negative and data.positive", "`bad`"],
        ),
        ({"positive": "bad", "drop": "bda"}, ["data.drop=bda", "Did you mean `bad`"]),
        ({"negative": "rest"}, ["data.negative=rest", "data.positive must be given"]),
        ({"positive": "bad", "drop": "rest"}, ["data.drop=rest", "data.negative must be given"]),
        ({"positive": "bad", "negative": "good", "drop": ["odd"]}, ["`so-so` (2 rows)"]),
        ({"positive": ["x", "y"]}, ["data.positive=x", "data.positive=y"]),
        ({"drop": ["bad", "good", "odd"]}, ["one label: `so-so` (2 rows)", "Left out", "`odd`"]),
    ],
    ids=str,
)
def test_a_choice_that_cannot_be(choice: dict[str, object], expected: list[str]) -> None:
    with pytest.raises(DataError) as error:
        encode(TONES, **choice)
    assert [word for word in expected if word not in str(error.value)] == []


@pytest.mark.parametrize(
    "counts",
    [
        {"positive": 40, "neutral": 30, "negative": 90},
        {"1": 20, "0": 50, "-1": 20},
        {"not so, bad's": 20, "${x}": 30, "true": 25},
        {"a": 12, "b": 11, "c": 90, "d": 2, "rest": 14},
        {str(n): 10 + n for n in range(30)},
    ],
    ids=["tones", "signs", "odd", "five", "thirty"],
)
def test_every_way_that_a_refusal_shows_is_taken(counts: dict[str, int]) -> None:
    values = [value for value, count in counts.items() for _ in range(count)]
    with pytest.raises(ChoiceError) as refused:
        encode(list(values))
    assert len(refused.value.ways) == 3
    for _, words in refused.value.ways:
        overrides = OverridesParser.create().parse_overrides(words)
        assert words[0] == "data.path=a.csv"
        choice = OmegaConf.create()
        for override in overrides[1:]:
            OmegaConf.update(choice, override.key_or_group.removeprefix("data."), override.value())
        labels = encode(list(values), **OmegaConf.to_container(choice))
        assert 10 <= labels.values.sum() < len(values)


def test_values_of_too_few_rows_are_not_proposed() -> None:
    with pytest.raises(ChoiceError) as refused:
        encode(["a", "b", "c"])
    assert refused.value.ways == []
    assert str(refused.value).endswith("choose.")
