"""What a file of predictions tells of a network that was trained elsewhere: `doctor predictions=FILE`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sweep.config import DataConfig
from sweep.data.columns import USUAL
from sweep.data.labels import Choice, encode_labels, label_key
from sweep.data.read import read_table
from sweep.data.table import Table, shown
from sweep.errors import DataError, UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sweep.diagnosis.facts import Answers, Facts

PROBABILITIES = ("probability", "proba", "prob", "p", "score", "prediction", "pred", "yes")
LOGITS = ("logit", "logits", "log_odds")


@dataclass(frozen=True, slots=True)
class Predictions:
    """A file of predictions, read."""

    file: str
    answers: "Answers"
    column: str
    """Of the probability or logit."""
    logits: bool
    positive: str
    """The label value that means yes."""


def read_predictions(path: str, settings: DataConfig) -> Predictions:
    """Read labels and what a network answered.

    Args:
        path: CSV, TSV, JSON lines or Parquet with a column of labels and one of probabilities or logits.
        settings: `label`, `positive`, `negative` and how files are read.

    Returns:
        The answers; a column of numbers of which some lie outside [0, 1] holds logits.

    Raises:
        DataError: the file cannot be read, a column is missing, or a value is none; where and the way out.
    """
    import numpy as np

    from sweep.diagnosis.facts import Answers

    table = read_table(
        path,
        format=str(settings.format),
        delimiter=settings.delimiter,
        encoding=settings.encoding,
        header=settings.header,
        quoting=str(settings.quoting),
    )
    label = _label(table, settings.label)
    place = _answers(table, {label})
    written = table.column(label)
    keys = [label_key(value) for value in written]
    missing = next((row for row, key in enumerate(keys) if key is None), None)
    if missing is not None:
        raise DataError(
            f"{table.where(missing)}: the label is missing; every prediction needs one."
        )
    choice = Choice(positive=settings.positive, negative=settings.negative, drop=settings.drop)
    labels = encode_labels([key or "" for key in keys], written, choice, table.where)
    if len(labels.values) != len(written):
        raise DataError(
            "data.drop leaves rows out, and predictions have no such rows: leave them out of the file."
        )
    numbers = _numbers(table, place)
    column = table.columns[place]
    logits = column.casefold() in LOGITS or bool(((numbers < 0) | (numbers > 1)).any())
    probabilities = 1 / (1 + np.exp(-np.clip(numbers, -500, 500))) if logits else numbers
    answers = Answers(labels=labels.values.astype(np.float64), probabilities=probabilities)
    return Predictions(table.file, answers, column, logits, labels.positive)


def _label(table: Table, wanted: int | str | None) -> int:
    names = [name.casefold() for name in table.columns]
    usual = USUAL["label"] if wanted is None else (str(wanted).casefold(),)
    for name in usual:
        if names.count(name) == 1:
            return names.index(name)
    if wanted is not None and str(wanted).isdecimal() and int(wanted) < len(names):
        return int(wanted)
    raise DataError(
        f"{table.file}: which column is the label? Set data.label to one of {', '.join(table.columns)}, "
        "or to a position from 0."
    )


def _answers(table: Table, taken: set[int]) -> int:
    names = [name.casefold() for name in table.columns]
    for name in (*LOGITS, *PROBABILITIES):
        if names.count(name) == 1 and names.index(name) not in taken:
            return names.index(name)
    raise DataError(
        f"{table.file}: which column holds the answers? Name it `probability` (of yes, from 0 to 1) or `logit`; "
        f"there are {', '.join(table.columns)}."
    )


def _numbers(table: Table, place: int) -> "NDArray[np.float64]":
    import numpy as np

    found = []
    for row, value in enumerate(table.column(place)):
        try:
            number = float(str(value).strip())
        except ValueError:
            number = float("nan")
        if not np.isfinite(number):
            raise DataError(
                f"{table.where(row)}: {table.columns[place]} must be a finite number, but is {shown(value)}."
            )
        found.append(number)
    return np.array(found)


def facts_of(held: Predictions, trained: Predictions | None) -> "Facts":
    """Take predictions for what a trial said of its validation part.

    Args:
        held: about texts that the network was not trained on.
        trained: about its training texts, where they are at hand.

    Returns:
        The facts of one trial without settings and epochs.

    Raises:
        UserError: the two files disagree about which label means yes.
    """
    from sweep.diagnosis.facts import Facts, TrialFacts
    from sweep.scoring.metrics import scores

    if trained is not None and trained.positive != held.positive:
        raise UserError(
            f"{held.file} calls {shown(held.positive)} yes, {trained.file} {shown(trained.positive)}: "
            "name it for both, data.positive=LABEL."
        )
    metrics = scores(held.answers.labels, held.answers.probabilities, 0.5)
    corpus = {"validation": _counts(held)}
    if trained is not None:
        corpus["train"] = _counts(trained)
        own = scores(trained.answers.labels, trained.answers.probabilities, 0.5)
        metrics |= {f"train_{name}": own[name] for name in ("roc_auc", "log_loss")}
    trial = TrialFacts(
        name="predictions",
        arm="predictions",
        number=0,
        status="COMPLETE",
        value=metrics["average_precision"],
        metrics=metrics,
        answers=held.answers,
    )
    return Facts(trials=(trial,), corpus=corpus)


def _counts(read: Predictions) -> dict[str, int]:
    return {"rows": len(read.answers.labels), "positives": int(read.answers.labels.sum())}


def introduction(held: Predictions, facts: "Facts") -> list[str]:
    """Say what was read, and what it scores.

    Args:
        held: the predictions.
        facts: of `facts_of`.
    """
    from sweep.diagnosis.signs import best_f1

    told = facts.trials[0].metrics
    counts = facts.corpus["validation"]
    best, cut = best_f1(held.answers)
    kind = "logits" if held.logits else "probabilities"
    return [
        f"{held.file}: {counts['rows']} predictions, {counts['positives']} of them {shown(held.positive)}, {kind} "
        f"in the column {shown(held.column)}",
        f"AUC {told['roc_auc']:.3f}, average precision {told['average_precision']:.3f}, F1 {told['f1']:.3f} at .5 and "
        f"{best:.3f} at {cut:.3g}, accuracy {told['accuracy']:.3f} at .5",
    ]
