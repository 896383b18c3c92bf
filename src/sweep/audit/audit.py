"""Everything that is measured in a corpus before anything trains."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sweep.audit.baselines import baselines
from sweep.audit.columns import columns
from sweep.audit.drift import drift
from sweep.audit.duplicates import conflicts, duplicates, near_duplicates, shared
from sweep.audit.encoding import encoding
from sweep.audit.label_errors import label_errors
from sweep.audit.rows import Rows
from sweep.audit.shortcuts import order, shortcuts
from sweep.audit.terms import Terms
from sweep.audit.writing import writing
from sweep.config import ObjectiveConfig
from sweep.data.corpus import PARTS
from sweep.scoring.threshold import choose
from sweep.seeds import derive

VERSION = 1
"""Rises when the same corpus and settings would give other facts than before."""


def audit(
    rows: Rows,
    *,
    text: Mapping[str, Any],
    objective: ObjectiveConfig,
    seed: int,
    told: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Audit a corpus.

    Takes seconds: models see 20,000 rows at most, other checks 50,000, each then a sample that keeps the classes'
    shares. Labels of the test part are counted, and otherwise not asked for.

    Args:
        rows: of the split corpus.
        text: the settings of `text`, flat.
        objective: how the baselines' threshold is chosen.
        seed: of samples, folds and models.
        told: is called with the name of each check as it begins.

    Returns:
        The facts by check, as plain JSON types: numbers, lines of the files, single words; never a text.

    Raises:
        UserError: the settings of `text` do not fit the training texts.
    """
    seed = derive(seed, "audit")
    told("words")
    terms = Terms.of(rows, seed)
    found: dict[str, Any] = {
        "version": VERSION,
        "files": list(rows.files),
        "rows": len(rows.texts),
        "dropped": rows.dropped,
        "classes": {part: _classes(rows, part) for part in PARTS},
    }
    for name, check in _checks(rows, terms, text, objective).items():
        told(name.replace("_", " "))
        found[name] = check()
    return found


def _checks(
    rows: Rows, terms: Terms, text: Mapping[str, Any], objective: ObjectiveConfig
) -> dict[str, Callable[[], dict[str, Any]]]:
    def threshold(labels: np.ndarray, answers: np.ndarray) -> float:
        return choose(
            labels,
            answers,
            rule=str(objective.threshold_for),
            target=objective.target,
            cost_miss=objective.cost_miss,
            cost_false_alarm=objective.cost_false_alarm,
        )

    return {
        "duplicates": lambda: duplicates(rows),
        "conflicts": lambda: conflicts(rows),
        "shared": lambda: shared(rows),
        "near_duplicates": lambda: near_duplicates(rows),
        "label_errors": lambda: label_errors(terms),
        "shortcuts": lambda: shortcuts(terms),
        "columns": lambda: columns(rows, terms.seed),
        "order": lambda: order(rows, terms),
        "drift": lambda: drift(terms),
        "writing": lambda: writing(rows, terms.seed),
        "encoding": lambda: encoding(rows, text, terms.seed),
        "baselines": lambda: baselines(terms, threshold),
    }


def _classes(rows: Rows, part: str) -> dict[str, int]:
    mine = rows.labels[rows.parts == part]
    return {"rows": len(mine), "positives": int(mine.sum())}
