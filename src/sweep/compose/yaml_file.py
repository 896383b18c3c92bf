"""A file of YAML, read within bounds: what is small to write and large to hold is refused before it is built."""

import re
from pathlib import Path
from typing import Any

import yaml

MOST_BYTES = 64 << 10
"""Size of a file that a person writes."""
MOST_NODES = 5_000
"""Values that it may stand for, those that an alias repeats counted each time."""
DEEPEST = 40
_RESOLVER = re.compile(r"(?<!\\)(?:\\\\)*\$\{.*:", re.DOTALL)


class BoundsError(ValueError):
    """A text of YAML breaks a bound; the message says which, as the end of a sentence."""


def read_yaml(file: Path, most: int = MOST_BYTES) -> Any:
    """Read a file of YAML as plain values.

    Args:
        file: the file.
        most: bytes that it may have.

    Returns:
        What it holds.

    Raises:
        BoundsError: it is too large, too deep, names a type, or its aliases stand for too much.
        yaml.YAMLError: it is no YAML.
        OSError: it cannot be read.
        UnicodeDecodeError: it is not UTF-8.
    """
    if (size := file.stat().st_size) > most:
        raise BoundsError(f"may have {most >> 10} KiB, but has {size >> 10} KiB")
    text = file.read_text(encoding="utf-8")
    _check(text, most)
    try:
        return yaml.safe_load(text)
    except ValueError as wrong:  # a number of thousands of digits, a date in month 13
        raise BoundsError(f"holds a value that is none: {str(wrong).splitlines()[0]}") from wrong


def _check(text: str, most: int) -> None:
    # By events: nothing is built, and nothing calls itself, however deep the text is.
    opened: list[tuple[str | None, int]] = []  # anchor, and values counted when it began
    sizes: dict[str, int] = {}
    count, bound = 0, MOST_NODES * max(1, most // MOST_BYTES)
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if (kind := getattr(event, "tag", None)) not in (None, "!"):
            raise BoundsError(f"may name no type, but has `{kind}`")
        if isinstance(event, yaml.AliasEvent):
            if event.anchor in {anchor for anchor, _ in opened}:
                raise BoundsError(f"holds `*{event.anchor}` within itself")
            count += sizes.get(event.anchor or "", 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            opened.append((event.anchor, count))
            count += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = opened.pop()
            if anchor is not None:
                sizes[anchor] = count - before
        elif isinstance(event, yaml.ScalarEvent):
            count += 1
        if len(opened) > DEEPEST:
            raise BoundsError(f"may be {DEEPEST} levels deep, but is deeper")
        if count > bound:
            raise BoundsError(f"may stand for {bound} values, but its aliases make more of them")


def resolves(value: object) -> bool:
    """Tell whether a value asks OmegaConf to compute something, such as `${oc.env:HOME}`.

    `${seed}`, which repeats another setting, computes nothing.

    Args:
        value: of a setting, not yet resolved.
    """
    return isinstance(value, str) and bool(_RESOLVER.search(value))
