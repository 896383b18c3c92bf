"""MLflow's limits: texts, names and requests in the sizes and signs that it takes."""

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# From mlflow/utils/validation.py; a tag had 5000 characters in older servers.
KEY_LENGTH = 250
TAG_LENGTH = 5000
PARAM_LENGTH = 6000
BATCH_ENTRIES = 100
BATCH_CHARACTERS = (
    100_000  # a request may have 1 MB, and JSON writes some characters as six or twelve
)


def key(name: str) -> str:
    """Make a name that MLflow takes.

    Args:
        name: any text.

    >>> key("f1@0.5 (test)")
    'f1_0.5 _test_'
    """
    allowed = re.sub(r"[^\w\-. :/]", "_", name)
    return posixpath.normpath(allowed).lstrip("./")[:KEY_LENGTH] or "_"


def texts(values: Mapping[str, Any], length: int) -> Iterable[tuple[str, str]]:
    """Write values as MLflow's params and tags want them: short texts.

    Args:
        values: plain types by name.
        length: characters a text may have; longer ones end in `…`.
    """
    for name, value in values.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        text = text.replace("\x00", "\ufffd")  # PostgreSQL has no such character
        yield key(name), text if len(text) <= length else text[: length - 1] + "…"


def batches(pairs: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Cut names with texts into requests that MLflow takes.

    Args:
        pairs: names with texts.
    """
    some: list[tuple[str, str]] = []
    room = BATCH_CHARACTERS
    for pair in pairs:
        size = len(pair[0]) + len(pair[1])
        if some and (size > room or len(some) == BATCH_ENTRIES):
            yield some
            some = []
            room = BATCH_CHARACTERS
        some.append(pair)
        room -= size
    if some:
        yield some
