"""Symptoms of a corpus: its rows, its labels, its split, and what tells the label without being read."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Evidence, Severity
from sweep.diagnosis.symptom import Seen, Symptom
from sweep.statistics.failure_shares import wilson

DROPPED = 0.05
CONFLICTS, MANY_CONFLICTS = 0.01, 0.1
DUPLICATES = 0.05
"""Share from which repeated rows, and test texts seen in training, are told (deepchecks: TextDuplicates and
TrainTestSamplesMix, .05)."""
COPIES, COPIES_RATIO = 0.3, 4.0
"""Share of a class's rows that repeat another of it, and how many times the other class's share: twice the SMS
collection's .14 and 2.2 times."""
NOISE, MUCH_NOISE = 0.033, 0.15
"""Share of wrong labels among rows of which a linear model is sure: 3.3 % is what Northcutt, Athalye & Mueller, 2021,
found on average in the test parts of ten known corpora."""
ENOUGH = 5
"""Contradicted rows without which it stays a note: 3 of 25 come by chance in one healthy corpus of twenty."""
RANKS = 0.75
"""AUC of the linear model from which its contradictions say something about the labels."""
ROWS_TOLD = 10


def lines(found: Mapping[str, Iterable[int]], what: str = "") -> tuple[Evidence, ...]:
    """Make evidence of rows.

    Args:
        found: lines by file, as the audit tells them.
        what: said before the file's name.
    """
    return tuple(
        Evidence(text=f"{what}{file}", rows=tuple(rows)[:ROWS_TOLD])
        for file, rows in found.items()
    )


def _dropped(facts: Facts) -> Iterator[Seen]:
    rows = facts.audit.get("rows", 0)
    for why, told in facts.audit.get("dropped", {}).items():
        share = told["rows"] / max(rows + told["rows"], 1)
        if share >= DROPPED:
            yield Seen(
                title=f"{told['rows']} rows ({share:.0%}) have {why} and were left out.",
                evidence=(Evidence(text=why, number=share), *lines(told["lines"])),
                confidence=0.9,
            )


def _conflicts(facts: Facts) -> Iterator[Seen]:
    told = facts.audit.get("conflicts", {})
    if not told.get("texts"):
        return
    share = told["share"]
    severity: Severity = (
        "error" if share >= MANY_CONFLICTS else "warning" if share >= CONFLICTS else "note"
    )
    yield Seen(
        title=(
            f"{told['texts']} {'text has' if told['texts'] == 1 else 'texts have'} both labels: {told['wrong']} of "
            f"{facts.audit['rows']} rows cannot be right, whatever the model."
        ),
        evidence=(Evidence(text="share of rows", number=share), *lines(told["lines"])),
        confidence=0.95,
        severity=severity,
    )


def _duplicates(facts: Facts) -> Iterator[Seen]:
    told = facts.audit.get("duplicates", {})
    if told.get("share", 0.0) < DUPLICATES or any(_copies(facts)):
        return
    yield Seen(
        title=(
            f"{told['rows']} rows ({told['share']:.0%}) repeat the text of another; the commonest stands "
            f"{told['most_often']} times."
        ),
        evidence=(Evidence(text="share of rows", number=told["share"]), *lines(told["lines"])),
        confidence=0.9,
    )


def _copies(facts: Facts) -> Iterator[Seen]:
    told = facts.audit.get("duplicates", {}).get("by_class", {})
    if not told:
        return
    name, most = max(told.items(), key=lambda one: one[1])
    least = min(told.values())
    if most < COPIES or most < COPIES_RATIO * least:
        return
    yield Seen(
        title=(
            f"{most:.0%} of the {name} rows repeat another, of the others {least:.0%}: one class was copied "
            "before the split."
        ),
        evidence=(
            Evidence(text=f"share of {name} rows that repeat another", number=most),
            *lines(facts.audit["duplicates"]["lines"]),
        ),
        confidence=0.85,
    )


def _leak(facts: Facts) -> Iterator[Seen]:
    for part, told in facts.audit.get("shared", {}).items():
        before = told.get("official", told)
        settled = not told["rows"] and before["rows"] > 0
        worst = before if settled else told
        if worst["share"] < DUPLICATES and (settled or not worst["rows"]):
            continue
        much = worst["share"] >= DUPLICATES
        severity: Severity = "error" if much and not settled else "warning" if much else "note"
        after = " (left out of training here)" if settled else ""
        yield Seen(
            title=(
                f"{worst['rows']} {part} texts ({worst['share']:.0%}) are training texts, too{after}; "
                f"{worst['same_label']:.0%} of them with the same label."
            ),
            evidence=(
                Evidence(text=f"share of {part}", number=worst["share"]),
                *lines(worst["lines"]),
            ),
            confidence=0.95,
            severity=severity,
            remedy=(
                "Scores that others report on this split are too good; those of this program are not."
                if settled
                else None
            ),
            patch=() if settled else None,
        )


def _near_leak(facts: Facts) -> Iterator[Seen]:
    near = facts.audit.get("near_duplicates", {})
    for part in ("validation", "test"):
        told = near.get(part, {})
        share, same = told.get("share", 0.0), told.get("same_label", 0.0)
        # Twins that mean the opposite are no leak: the label must follow, and by more than the classes' shares.
        if share < DUPLICATES or 1 - same > (1 - told["by_chance"]) / 2:
            continue
        yield Seen(
            title=(
                f"{told['rows']} {part} texts ({share:.0%}) are nearly equal to a training text, {same:.0%} of them "
                "with the same label."
            ),
            evidence=(Evidence(text=f"share of {part}", number=share), *lines(told["lines"])),
            confidence=0.8,
        )


def lower_bound(hits: int, of: int) -> float:
    """The share that hits of so many show at least, 97.5 times in 100 (Wilson, 1927)."""
    return wilson(hits, of)[0] if of else 0.0


def _label_noise(facts: Facts) -> Iterator[Seen]:
    told: Mapping[str, Any] = facts.audit.get("label_errors", {})
    if told.get("auc", 0.0) < RANKS:
        return
    worst = max(
        told["sure"].items(), key=lambda one: lower_bound(one[1]["otherwise"], one[1]["named"])
    )
    name, counted = worst
    least = lower_bound(counted["otherwise"], counted["named"])
    contradicted = sum(one["otherwise"] for one in told["sure"].values())
    if contradicted < 3:
        return
    enough = counted["otherwise"] >= ENOUGH
    severity: Severity = (
        "note" if least < NOISE or not enough else "error" if least >= MUCH_NOISE else "warning"
    )
    share = counted["otherwise"] / counted["named"] if counted["named"] else 0.0
    sure = (
        f"Of {counted['named']} rows that a linear model is sure are {name}, {counted['otherwise']} ({share:.0%}) are "
        "labelled otherwise."
    )
    few = f"A linear model, sure of itself, contradicts {contradicted} labels of {told['rows']}."
    yield Seen(
        title=few if severity == "note" else sure,
        evidence=(
            Evidence(text="share labelled otherwise", number=share, interval=(least, 1.0)),
            Evidence(
                text="AUC of the linear model",
                number=told["auc"],
                interval=tuple(told["interval"]),
            ),
            *lines(told["lines"]),
        ),
        confidence=0.5 if severity == "note" else 0.8,
        severity=severity,
    )


ROWS = (
    Symptom(
        key="rows_dropped",
        cause="data",
        severity="warning",
        name="Rows without a text or a label",
        definition=f"{DROPPED:.0%} of the rows or more lack a text, or a label.",
        remedy="Look whether the file was exported whole, and whether `data.text` and `data.label` are the "
        "right columns.",
        look=_dropped,
    ),
    Symptom(
        key="conflicting_labels",
        cause="data",
        severity="warning",
        name="Texts with both labels",
        definition=(
            f"A text occurs with both labels; a warning from {CONFLICTS:.0%} of the rows on, an error from "
            f"{MANY_CONFLICTS:.0%} (deepchecks' ConflictingLabels allows none)."
        ),
        remedy="Decide which label is right, or leave these rows out.",
        look=_conflicts,
    ),
    Symptom(
        key="resampled_before_split",
        cause="imbalance",
        severity="warning",
        name="Resampled before the split",
        definition=(
            f"{COPIES:.0%} of the rows of one class or more repeat another of it, {COPIES_RATIO:g} times the other "
            "class's share: the mark of over-sampling in the file."
        ),
        remedy="Take the file before it was balanced and let `resampling` do it in training alone.",
        patch=("resampling.method=random_over",),
        look=_copies,
    ),
    Symptom(
        key="duplicates",
        cause="data",
        severity="note",
        name="Repeated texts",
        definition=f"{DUPLICATES:.0%} of the rows or more repeat another (deepchecks' TextDuplicates: .05).",
        remedy="Nothing, if they occur so often in use, too; the split keeps equal texts together.",
        look=_duplicates,
    ),
    Symptom(
        key="leak_across_parts",
        cause="data",
        severity="error",
        name="Test texts seen in training",
        definition=(
            f"A text of validation or test is a training text, too; an error from {DUPLICATES:.0%} of the part on "
            "(deepchecks' TrainTestSamplesMix: .05)."
        ),
        remedy="Let training texts that stand in another part be left out.",
        patch=("split.overlap=drop",),
        look=_leak,
    ),
    Symptom(
        key="near_leak",
        cause="data",
        severity="warning",
        name="Test texts nearly seen in training",
        definition=(
            f"{DUPLICATES:.0%} of validation or test or more are nearly equal to a training text (Jaccard .8 of words "
            "and pairs, Lee et al., 2022) and have its label more often than by chance."
        ),
        remedy="Name the column that ties such rows together (author, thread, template) so that they stay "
        "in one part: data.group.",
        look=_near_leak,
    ),
    Symptom(
        key="label_noise",
        cause="data",
        severity="warning",
        name="Wrong labels",
        definition=(
            f"A linear model that has not seen the rows ranks them (AUC {RANKS} or more) and of those that "
            f"it is .9 sure "
            f"of, significantly more than {NOISE:.1%} are labelled otherwise (the mean of ten known test "
            f"parts: Northcutt, "
            f"Athalye & Mueller, 2021); an error from {MUCH_NOISE:.0%}, a note for the rows below that."
        ),
        remedy="Read these rows and mend what is wrong before any tuning.",
        look=_label_noise,
    ),
)
