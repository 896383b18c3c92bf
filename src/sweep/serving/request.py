"""The body of a request becomes texts, or a refusal that names the rule."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sweep.data.delimited import read_delimited
from sweep.errors import SweepError, UserError
from sweep.serving.columns import text_column

MOST_TEXTS = 10_000
JSON = "application/json"
CSV = "text/csv"
_FORM = '{"texts": ["first text", "second text"]}'


class Refusal(SweepError):
    """A request that cannot be answered.

    Args:
        status: of HTTP.
        rule: what it breaks, and the way out.
    """

    def __init__(self, status: int, rule: str) -> None:
        super().__init__(rule)
        self.status, self.rule = status, rule


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked.

    Args:
        texts: N cells: texts, numbers, or missing values.
        form: content type of the answer: that of the question.
        column: the texts' column in CSV; empty for JSON.
    """

    texts: Sequence[object]
    form: str
    column: str = ""


def read_question(body: bytes, content_type: str, wanted: str | None) -> Question:
    """Read the texts of a request.

    Args:
        body: all of it.
        content_type: the header of that name.
        wanted: for CSV the column of the texts, by name or position; None for one of a usual name or the only one.

    Returns:
        The question.

    Raises:
        Refusal: the body is not of its form, or holds too much.
    """
    form = content_type.partition(";")[0].strip().lower()
    if form not in (JSON, CSV):
        raise Refusal(
            415, f"The content type must be {JSON} or {CSV}, but got {form[:100] or 'none'!r}."
        )
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(
            400,
            f"The body must be UTF-8, but byte {error.start} of it is not. Encode it as UTF-8.",
        ) from None
    question = _json(text) if form == JSON else _csv(text, wanted)
    if len(question.texts) > MOST_TEXTS:
        raise Refusal(
            413,
            f"A request holds at most {MOST_TEXTS} texts, but got {len(question.texts)}. Ask in several requests; for "
            "a file there is `python -m sweep predict`.",
        )
    return question


def _json(text: str) -> Question:
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise Refusal(400, f"The body is no JSON ({reason}). Send {_FORM}.") from None
    if isinstance(value, dict):
        names = set(value)
        if names == {"text"}:
            value = [value["text"]]
        elif names == {"texts"}:
            value = value["texts"]
        else:
            found = ", ".join(repr(name[:40]) for name in list(value)[:5]) or "nothing"
            raise Refusal(
                400,
                f"The object must hold `texts` and nothing else, but got {found}. Send {_FORM}.",
            )
    if not isinstance(value, list):
        raise Refusal(400, f"`texts` must be a list, but got {_kind(value)}. Send {_FORM}.")
    for place, cell in enumerate(value):
        if isinstance(cell, bool) or not (cell is None or isinstance(cell, str | int | float)):
            raise Refusal(
                400,
                f"Each text must be a text, a number or null, but text {place} is {_kind(cell)}.",
            )
    return Question(texts=value, form=JSON)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no JSON number")


def _kind(value: object) -> str:
    kinds: dict[type, str] = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "true or false",
    }
    return "null" if value is None else kinds.get(type(value), "a number")


def _csv(text: str, wanted: str | None) -> Question:
    try:
        table = read_delimited(text, file="body", header=True, delimiter=None, quoted=True)
        if not table.columns:
            raise UserError("body: it is empty; its first line must name the columns.")
        at, _ = text_column(table, wanted)
    except UserError as error:
        raise Refusal(400, str(error).replace("Set text=", "Add ?text=")) from None
    return Question(texts=table.column(at), form=CSV, column=table.columns[at] or "text")
