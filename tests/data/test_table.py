"""Values shown in messages, and rows named as a reader counts."""

import pytest

from sweep.data.table import Table, shown


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("spam", "`spam`"),
        ("x" * 50, "`" + "x" * 40 + "…`"),
        ("a\nb\x00\ud800", "`a\ufffdb\ufffd\ufffd`"),
        (3, "`3`"),
        (None, "`None`"),
    ],
    ids=["text", "long", "unprintable", "number", "none"],
)
def test_shown(value: object, expected: str) -> None:
    assert shown(value) == expected


def test_where() -> None:
    table = Table(
        file="a.csv",
        columns=["x"],
        named=True,
        column=lambda i: ["v"],
        lines=[7],
        unit="line",
        first=[],
    )
    assert table.where(0) == "a.csv, line 7"
