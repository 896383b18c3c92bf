"""Symptoms of how a result is measured, and of the space and budget that it comes from."""

import math
from collections.abc import Iterator

from sweep.diagnosis.facts import Facts, Searched, TrialFacts
from sweep.diagnosis.finding import Evidence, Severity
from sweep.diagnosis.moves import SPACE, word
from sweep.diagnosis.proof import costs, failing, place
from sweep.diagnosis.signs import learned, named, positive_rows, ranking
from sweep.diagnosis.symptom import Seen, Symptom

FEW, TOO_FEW = 30, 10
"""Validation rows of the rarer class: below ten, one row moves recall by a tenth or more."""
EDGE = 0.1
"""Outermost share of a range."""
ALPHA = 0.01
UNSURE = 0.1
SPECIAL = {
    "resampling.method",
    "loss.positive_weight",
    "text.reduction",
    "text.lowercase",
    "text.stop_words",
}
"""Settings whose costs have rows of their own."""


def _validation(facts: Facts) -> Iterator[Seen]:
    few, rows = positive_rows(facts, "validation")
    if not rows or few >= FEW:
        return
    severity: Severity = "error" if few < TOO_FEW else "warning"
    best = facts.best
    error = best.history[-1].get("standard_error") if best is not None and best.history else None
    more = f"; a score there is known to {error:.3f} either way" if error else ""
    text = f"{few} of {rows} validation rows belong to the rarer class{more}"
    share = facts.setting("split.validation")
    patch = (word("split.validation", 0.3),) if isinstance(share, float) and share < 0.3 else ()
    yield Seen(
        title=f"{text}.",
        evidence=(Evidence(text=text, number=few),),
        confidence=0.9,
        severity=severity,
        patch=patch,
    )


def _accuracy(facts: Facts) -> Iterator[Seen]:
    best = facts.best
    few, rows = positive_rows(facts, "validation")
    accuracy = None if best is None else best.metrics.get("accuracy")
    if best is None or accuracy is None or not rows or few / rows >= 0.2:
        return
    plain = 1 - few / rows
    if accuracy > plain + 2 * math.sqrt(plain * (1 - plain) / rows):
        return
    text = f"accuracy {accuracy:.3f}, and {plain:.3f} by saying the commoner class to all {rows} texts"
    yield Seen(
        title=f"Accuracy misleads: {text}.",
        evidence=(named(text, [best], accuracy),),
        confidence=0.9,
    )


def _calibration(facts: Facts) -> Iterator[Seen]:
    best = facts.best
    if best is None or not learned(best) or best.metrics.get("ece", 0.0) <= UNSURE:
        return
    text = f"probabilities lie {best.metrics['ece']:.2f} off the shares found (ECE, 15 bins)"
    yield Seen(
        title=f"The best trial's {text}.",
        evidence=(named(text, [best], best.metrics["ece"]),),
        confidence=0.8,
    )


def _optimism(facts: Facts) -> Iterator[Seen]:
    best = facts.summary.get("best", {})
    trial = facts.best
    told = best.get("optimism")
    if not isinstance(told, int | float) or trial is None or not trial.history:
        return
    error = trial.history[-1].get("standard_error", math.inf)
    if abs(told) <= 2 * error:
        return
    text = f"the search scored the winner {best.get('value', 0):.3f}, the folds {best.get('confirmed', 0):.3f}"
    yield Seen(
        title=f"Optimism of selection: {text}.",
        evidence=(named(text, [trial], told),),
        confidence=0.8,
    )


def _boundary(facts: Facts) -> Iterator[Seen]:
    top = facts.complete[: max(4, len(facts.complete) // 4)]
    if len(facts.complete) < 10:
        return
    for one in facts.space:
        inside = [t for t in top if one.path in t.values]
        if (
            not one.number
            or len(inside) < len(top)
            or one.path == facts.compare
            or not (one.log or one.kind == "int")
        ):
            continue
        places = [place(one, t.values[one.path]) for t in inside]
        high = min(places) >= 1 - EDGE
        if not high and max(places) > EDGE:
            continue
        wider = _wider(one, high)
        if not wider:
            continue
        end = "upper" if high else "lower"
        text = f"the best {len(top)} trials lie at the {end} end of {one.path} ({one.low:g} to {one.high:g})"
        yield Seen(
            title=f"T{text[1:]}: better values may lie outside.",
            evidence=(named(text, inside),),
            confidence=0.5,
            patch=wider,
        )


def _wider(one: Searched, high: bool) -> tuple[str, ...]:
    low, top = float(one.low or 0), float(one.high or 0)
    if high:
        value = top * 3 if one.log else top + max(1.0, top - low)
    else:
        value = low / 3 if one.log else low - max(1.0, top - low)
    if one.kind == "int":
        value = round(value)
        if value < 1:
            return ()
    number = int(value) if one.kind == "int" else value
    return (word(f"{SPACE}{one.path}.{'high' if high else 'low'}", number),)


def _budget(facts: Facts) -> Iterator[Seen]:
    best = facts.best
    if best is None or not best.history or not learned(best):
        return
    error = best.history[-1].get("standard_error", math.inf)
    for arm, told in facts.summary.get("arms", {}).items():
        curve = told.get("expected_best", {}).get("trials", [])
        n = len(curve)
        if n < 4:
            continue
        rise = abs(curve[-1] - curve[n // 2 - 1])
        if rise > error:
            text = (
                f"half of the {n} trials of {arm} are expected to reach {curve[n // 2 - 1]:.3f}, all of them "
                f"{curve[-1]:.3f}"
            )
            yield Seen(
                title=f"The budget is small: {text}.",
                evidence=(Evidence(text=text, number=rise),),
                confidence=0.5,
                patch=(word("search.trials", 2 * max(facts.budget, n)),),
            )


def _unlucky(facts: Facts) -> Iterator[Seen]:
    from sweep.statistics.failure_shares import failure_shares

    def ill(trial: TrialFacts) -> bool:
        return trial.status == "FAILED" or (ranking(trial) is not None and not learned(trial))

    arms = [t.arm for t in facts.trials]
    for one in failure_shares({"arm": arms}, [ill(t) for t in facts.trials], level=ALPHA):
        if one.told:
            text = (
                f"{one.failed} of {one.trials} trials of {one.value} failed or rested at chance, "
                f"{one.failed_elsewhere} of {one.trials_elsewhere} of the others"
            )
            trials = [t for t in facts.trials if t.arm == one.value and ill(t)]
            yield Seen(
                title=f"One arm had it harder: {text}.",
                evidence=(named(text, trials, one.share),),
                confidence=0.7,
                proof="observed",
            )


ROWS = (
    Symptom(
        key="validation_too_small",
        cause="evaluation",
        severity="warning",
        name="Validation too small to tell differences",
        definition=f"Fewer than {FEW} validation rows of the rarer class; an error below {TOO_FEW}.",
        remedy="Give validation a larger share, or more rows; the confirmation on folds uses all of them.",
        look=_validation,
    ),
    Symptom(
        key="accuracy_misleading",
        cause="evaluation",
        severity="note",
        name="Accuracy misleads",
        definition=(
            "The rarer class is below 20 %, and the accuracy lies within two standard errors of what the "
            "commoner class alone gives: with ten per cent positives an accuracy of .9 is worthless."
        ),
        remedy="Judge by average precision, MCC or F1 at a chosen threshold.",
        says_why=False,
        look=_accuracy,
    ),
    Symptom(
        key="uncalibrated",
        cause="evaluation",
        severity="note",
        name="Probabilities off",
        definition=f"The best trial's expected calibration error is above {UNSURE:g} (Naeini et al., 2015).",
        remedy="Fit a calibration on validation.",
        patch=("objective.calibration=temperature",),
        says_why=False,
        look=_calibration,
    ),
    Symptom(
        key="optimism",
        cause="evaluation",
        severity="note",
        name="Optimism of selection",
        definition=(
            "The winner's score in the search lies more than two of its standard errors from its mean over the "
            "folds (Cawley & Talbot, 2010)."
        ),
        remedy="Report the folds' mean, not the search's best.",
        says_why=False,
        look=_optimism,
    ),
    Symptom(
        key="bad_region",
        cause="evaluation",
        severity="note",
        name="A region of the space fails",
        definition=(
            "With a value of a setting, or in a decade of it, trials fail or rest at chance more often than "
            "with others: Fisher's exact test, Holm over all values at .05. The cause is that of the setting."
        ),
        remedy="Leave that region out of the space.",
        look=failing,
    ),
    Symptom(
        key="setting_costs",
        cause="evaluation",
        severity="note",
        name="A setting costs score",
        definition=(
            "The sweep's own trials with a value scored worse than the others, all else equal: surrogate and "
            "permutation test of `statistics/counterfactual.py`, Holm over all contrasts at .05. The cause is "
            "that of the setting."
        ),
        remedy="Leave that value out of the space.",
        look=lambda facts: costs(facts, lambda path, _: path not in SPECIAL),
    ),
    Symptom(
        key="boundary",
        cause="evaluation",
        severity="note",
        name="The space's boundary reached",
        definition=(
            f"Of ten complete trials or more, the best four (or quarter) all lie in the outermost {EDGE:.0%} at "
            "one end of a range."
        ),
        remedy="Move that bound outwards.",
        says_why=False,
        look=_boundary,
    ),
    Symptom(
        key="budget_too_small",
        cause="evaluation",
        severity="note",
        name="Budget too small",
        definition=(
            "Twice as many trials were expected to gain more than a standard error of the score (Dodge et al., "
            "2019; Tang et al., 2020)."
        ),
        remedy="Run more trials: the same command with a larger `search.trials` goes on.",
        says_why=False,
        look=_budget,
    ),
    Symptom(
        key="unlucky_arm",
        cause="evaluation",
        severity="note",
        name="One arm unlucky",
        definition=(
            "One arm's trials fail or rest at chance more often than the others' (Fisher's exact test at "
            f"{ALPHA:g}): its best comes from fewer useful trials."
        ),
        remedy="Compare the arms after its failing region has left the space.",
        says_why=False,
        look=_unlucky,
    ),
)
