import pytest

from sweep.tracking.mlflow_limits import (
    BATCH_CHARACTERS,
    BATCH_ENTRIES,
    KEY_LENGTH,
    batches,
    key,
    texts,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("model.hidden", "model.hidden"),
        ("f1@0.5", "f1_0.5"),
        ("a//b", "a/b"),
        ("../../etc", "etc"),
        ("/a", "a"),
        ("", "_"),
        (".", "_"),
        ("größe 1:2", "größe 1:2"),
        ("x" * 300, "x" * KEY_LENGTH),
    ],
)
def test_names(name: str, expected: str) -> None:
    from mlflow.utils.validation import _validate_metric_name, _validate_param, _validate_tag

    assert key(name) == expected
    _validate_metric_name(key(name))
    _validate_param(key(name), "1")
    _validate_tag(key(name), "1")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        (1.5, "1.5"),
        (None, "null"),
        (True, "true"),
        ([1, "a"], '[1, "a"]'),
        ("a\x00b", "a\ufffdb"),
        ("x" * 11, "x" * 9 + "…"),
        ("x" * 10, "x" * 10),
    ],
    ids=["text", "number", "nothing", "yes", "list", "zero byte", "too long", "just fits"],
)
def test_values(value: object, text: str) -> None:
    assert list(texts({"name": value}, 10)) == [("name", text)]


@pytest.mark.parametrize("size", [1, 3000, 6000])
def test_requests_stay_within_the_limits_and_lose_nothing(size: int) -> None:
    pairs = [(f"p{i}", "x" * size) for i in range(250)]
    cut = list(batches(pairs))
    assert [pair for some in cut for pair in some] == pairs
    assert max(len(some) for some in cut) <= BATCH_ENTRIES
    assert max(sum(len(k) + len(v) for k, v in some) for some in cut) <= BATCH_CHARACTERS


def test_one_value_beyond_a_request_goes_alone() -> None:
    assert [len(some) for some in batches([("a", ""), ("b", "x" * 200_000), ("c", "")])] == [
        1,
        1,
        1,
    ]
