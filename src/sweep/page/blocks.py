"""What a section is made of: sentences, tables, pictures, words to copy."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

Cell = Any
"""A number, a text, None for nothing, or a `Link`."""
LONGEST = 300
"""Characters of a text that a cell shows."""


def shown(text: str, longest: int | None = None) -> str:
    r"""Make what a stranger wrote fit to be shown: signs that hide or turn others are spelt out.

    Args:
        text: anything; a text of the corpus, a message, a label.
        longest: characters that are kept.

    Returns:
        The text, its control and direction signs as `⟨U+202E⟩`, line ends as spaces.

    >>> shown("a\u202eb\nc")
    'a⟨U+202E⟩b c'
    """
    cut = text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"
    return "".join(_visible(sign) for sign in cut)


def _visible(sign: str) -> str:
    if sign in "\n\r\t":
        return " "
    hidden = unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    # Joiners shape letters of some scripts and emoji; they turn nothing round.
    return f"⟨U+{ord(sign):04X}⟩" if hidden and sign not in "\u200c\u200d" else sign


@dataclass(frozen=True, slots=True)
class Link:
    """A place of the page, as a trial's line in the last table."""

    text: str
    anchor: str


def trial_link(name: str) -> Link:
    """Point at a trial's line.

    Args:
        name: the trial's, `<arm>-<number>`.
    """
    return Link(name, anchor_of(name))


def anchor_of(name: str) -> str:
    """Write a trial's name as the name of a place in the page."""
    return "trial-" + "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}" for c in name)


class Column(NamedTuple):
    """A column of a table."""

    name: str
    form: str = ""
    """How its numbers are written, as in `format`."""
    words: bool = False
    """Whether its cells are sentences, which may break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Numbers in rows."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    sortable: bool = False
    anchors: Sequence[str] = ()
    """A place of the page for each row."""
    open: bool = True
    """Whether it is shown at once, or when it is asked for."""

    def text(self, column: Column, cell: Cell) -> str:
        """Write a cell.

        Args:
            column: where it stands.
            cell: what stands there.

        Returns:
            Plain text.
        """
        if cell is None:
            return ""
        if isinstance(cell, Link):
            return shown(cell.text)
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            return shown(str(cell), LONGEST)
        return format(cell, column.form) if column.form else f"{cell:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture in plotly's terms. A colour written `@0` to `@5`, `@ink`, `@muted` or `@none` follows the theme."""

    kind: ClassVar[str] = "figure"
    key: str
    title: str
    """What the picture shows, with the number in it."""
    said: str
    """How to read it, for those who see it and those who do not."""
    data: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]
    table: Table
    """The same numbers."""
    height: int = 340


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A sentence or two."""

    kind: ClassVar[str] = "words"
    text: str
    tone: str = ""
    """`lead`, `good`, `warning`, `bad`, or plain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Words to paste somewhere."""

    kind: ClassVar[str] = "copy"
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Something that a reader moves; `page.js` draws it from the data."""

    kind: ClassVar[str] = "live"
    key: str
    """`threshold` or `parallel`."""
    title: str
    said: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A title within a section."""

    kind: ClassVar[str] = "heading"
    text: str
    tag: str = ""


Block = Table | Figure | Words | Copy | Live | Heading


@dataclass(slots=True)
class Section:
    """One question of a reader and its answer."""

    key: str
    title: str
    blocks: list[Block] = field(default_factory=list)


COLOURS = 6
"""Colours that a picture may name; the page has them for light and dark."""
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""Never colour alone tells two series apart."""


def axis(title: str, **more: Any) -> dict[str, Any]:
    """Describe an axis.

    Args:
        title: what it shows, with its unit.
        **more: what plotly calls it.
    """
    return {"title": {"text": title}, "automargin": True} | more


def decades(low: float, high: float) -> list[float]:
    """Choose the marks of a logarithmic axis.

    Args:
        low: least value, above 0.
        high: greatest value.

    Returns:
        Powers of ten, with 2 and 5 between them where fewer than four powers are passed.

    >>> decades(0.003, 0.2)
    [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = (1, 2, 5) if last - first < 4 else (1,)
    marks = [float(f"{step}e{power}") for power in range(first, last + 1) for step in steps]
    return [mark for mark in marks if low / 2 <= mark <= high * 2]


def escaped(text: str) -> str:
    """Write a text for a picture, where plotly reads some tags."""
    safe = shown(text, 60)
    return safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def ranged(value: float, ends: Sequence[float], form: str = ".3f") -> str:
    """Write a number with its interval."""
    low, high = (format(end, form) for end in ends)
    return f"{format(value, form)} ({low} to {high})"
