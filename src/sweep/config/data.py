"""Settings of the corpus and its split."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sweep.errors import UserError

REST = "rest"
"""As `data.negative` or `data.drop`: every label value that is not named elsewhere."""


class DataFormat(StrEnum):
    """How a data file is written."""

    auto = "auto"
    csv = "csv"
    tsv = "tsv"
    jsonl = "jsonl"
    parquet = "parquet"


class Quoting(StrEnum):
    """Whether a quote mark encloses a field."""

    auto = "auto"
    minimal = "minimal"
    none = "none"


class Overlap(StrEnum):
    """What happens to a text that stands in two parts of an official split."""

    drop = "drop"
    keep = "keep"


@dataclass(kw_only=True, slots=True)
class DataConfig:
    """Where the texts and labels come from; with no file given, the built-in corpus."""

    name: str | None = None
    """Name of the corpus in tables and the model card; by default the file's name."""
    format: DataFormat = DataFormat.auto
    """Form of the files; `auto` takes the ending (.csv .tsv .txt .jsonl .ndjson .parquet, also with .gz)."""
    path: str | None = None
    """One file with all rows; the split is drawn from it, or read from the column `split`."""
    train: str | None = None
    """File of the official training part; give it instead of `path`."""
    validation: str | None = None
    """File of the official validation part; drawn from the training part where absent."""
    test: str | None = None
    """File of the official test part; drawn from the training part where absent."""
    text: int | str | None = None
    """Column of the text, by name or position from 0; by default a column of a usual name."""
    label: int | str | None = None
    """Column of the label, by name or position from 0; by default a column of a usual name."""
    positive: Any = None
    """The label value that means yes, or a list of them; by default inferred from 0/1, true/false or yes/no."""
    negative: Any = None
    """The label value that means no, a list, or `rest`: all that are not named; by default the one that is left."""
    drop: Any = None
    """The label value whose rows are left out, a list of them, or `rest`; by default none."""
    group: int | str | None = None
    """Column whose equal values (an author, a thread) must stay in one part."""
    split: int | str | None = None
    """Column that says train, validation or test for each row."""
    header: bool = True
    """Whether the first line of a CSV or TSV file holds the columns' names."""
    delimiter: str | None = None
    """The character between fields; by default a tab for .tsv, else the one the first line uses."""
    quoting: Quoting = Quoting.auto
    """`minimal`: quote marks enclose fields; `none`: they are text; `auto`: minimal for CSV, none for TSV."""
    encoding: str | None = None
    """Encoding of the text files; by default detected and stated."""

    def __post_init__(self) -> None:
        mistakes = []
        if self.path is not None and self.train is not None:
            mistakes.append(
                "data: give one file (`data.path`) or official parts (`data.train`, …), not both; "
                f"got data.path={self.path} and data.train={self.train}."
            )
        for part in ("validation", "test"):
            if getattr(self, part) is not None and self.train is None:
                mistakes.append(
                    f"data.{part}={getattr(self, part)}: an official part needs `data.train` beside it; "
                    "rename `data.path` to `data.train`, or leave this one out."
                )
        if self.split is not None and self.train is not None:
            mistakes.append(
                "data.split names a column of one file; it does not go with `data.train`. Drop one of them."
            )
        if self.delimiter is not None and len(self.delimiter) != 1:
            mistakes.append(
                f"data.delimiter must be one character, but got {self.delimiter!r}; a tab is written '\"\\t\"'."
            )
        mistakes += [m for role in ("positive", "negative", "drop") if (m := self._unlike(role))]
        if self.negative == self.drop == REST:
            mistakes.append(
                f"data.negative={REST} and data.drop={REST} ask for the same rows; keep one of them."
            )
        if mistakes:
            raise UserError(*mistakes)

    def _unlike(self, role: str) -> str | None:
        value = getattr(self, role)
        several = value if isinstance(value, list) else [] if value is None else [value]
        if value != [] and all(isinstance(one, str | int | float) for one in several):
            return None
        return (
            f"data.{role} takes a label value or a list of them, data.{role}=spam or data.{role}=[spam,scam], "
            f"but got {value!r}."
        )


@dataclass(kw_only=True, slots=True)
class SplitConfig:
    """How rows become parts; texts equal after normalisation, and rows of one group, stay together."""

    validation: float = 0.2
    """Share of the rows for validation, where it is drawn."""
    test: float = 0.2
    """Share of the rows for the test part, where it is drawn."""
    overlap: Overlap = Overlap.drop
    """`drop`: a training text that an official validation or test part holds too is left out, and a text of an official
    validation part that the official test part holds; `keep`: reported only."""

    def __post_init__(self) -> None:
        if not (0 < self.validation < 1 and 0 < self.test < 1 and self.validation + self.test < 1):
            raise UserError(
                "split: `0 < validation`, `0 < test` and `validation + test < 1` must hold, "
                f"but got split.validation={self.validation} split.test={self.test}."
            )
