"""Bodies: what is read, and the rule that a refusal names."""

import contextlib
import random

import pytest

from sweep.serving import request
from sweep.serving.request import CSV, JSON, Refusal, read_question


@pytest.mark.parametrize(
    ("body", "form", "texts"),
    [
        (b'{"texts": ["a", null, 1.5]}', JSON, ["a", None, 1.5]),
        (b'{"text": "a"}', JSON, ["a"]),
        (b'["a", "b"]', "Application/JSON; charset=utf-8", ["a", "b"]),
        (b'\xef\xbb\xbf{"texts": []}', JSON, []),
        (b'["\\ud800"]', JSON, ["\ud800"]),
        (b"text\na\nb\n", CSV, ["a", "b"]),
        (b'id;message\r\n1;"a;\r\nb"\r\n', CSV, ["a;\r\nb"]),
        (b"anything\na\n", CSV, ["a"]),
    ],
)
def test_texts_are_read(body: bytes, form: str, texts: list[object]) -> None:
    assert list(read_question(body, form, None).texts) == texts


def test_the_column_of_csv_can_be_named() -> None:
    question = read_question(b"a,b\n1,2\n", CSV, "b")
    assert (list(question.texts), question.column) == (["2"], "b")


@pytest.mark.parametrize(
    ("body", "form", "status", "told"),
    [
        (b"{}", "text/html", 415, "'text/html'"),
        (b"{}", "", 415, "'none'"),
        (b"\xff", JSON, 400, "byte 0"),
        (b"", JSON, 400, "is no JSON"),
        (b"[" * 100_000, JSON, 400, "nested too deeply"),
        (b"[NaN]", JSON, 400, "NaN is no JSON number"),
        (b"[" + b"9" * 9999 + b"]", JSON, 400, "is no JSON"),
        (b"{}", JSON, 400, "must hold `texts`"),
        (b'{"texts": [], "x": 1}', JSON, 400, "but got 'texts', 'x'"),
        (b'{"texts": "a"}', JSON, 400, "must be a list, but got a text"),
        (b"3", JSON, 400, "must be a list, but got a number"),
        (b'["a", {"text": "b"}]', JSON, 400, "text 1 is an object"),
        (b"[true]", JSON, 400, "text 0 is true or false"),
        (b"", CSV, 400, "its first line must name the columns"),
        (b"a,b\n1,2\n", CSV, 400, "Add ?text=NAME"),
        (b"text,id\nx\n", CSV, 400, "1 field, but the first line has 2"),
        (b'text\n"x\n', CSV, 400, "quote marks do not match"),
    ],
)
def test_a_refusal_names_the_rule(body: bytes, form: str, status: int, told: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_question(body, form, None)
    assert refused.value.status == status
    assert told in refused.value.rule


def test_too_many_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "MOST_TEXTS", 2)
    with pytest.raises(Refusal, match="at most 2 texts, but got 3"):
        read_question(b"[1,2,3]", JSON, None)


def test_no_bytes_raise_anything_else() -> None:
    draw = random.Random(0)
    signs = [
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"text",
        b"s",
        b":",
        b",",
        b"\n",
        b"\\u",
        b"\xff",
        b"1",
        b"\0",
    ]
    for _ in range(3000):
        body = b"".join(draw.choices(signs, k=draw.randint(0, 12)))
        with contextlib.suppress(Refusal):
            read_question(body, draw.choice([JSON, CSV]), None)
