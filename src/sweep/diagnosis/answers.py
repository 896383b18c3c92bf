"""Symptoms in what a network answers: nothing learnt, one class, labels turned round, a threshold that does not fit."""

from collections.abc import Iterator

from sweep.diagnosis.facts import Facts, TrialFacts
from sweep.diagnosis.finding import Cause, Evidence, Severity
from sweep.diagnosis.signs import (
    MARGIN,
    auc_error,
    best_f1,
    counts,
    entropy,
    explains,
    f1,
    learned,
    losses,
    named,
    plain_loss,
    positive_rows,
    ranking,
    worthless,
)
from sweep.diagnosis.symptom import Seen, Symptom

RARE = 0.05
"""Share of the rarer class below which a network that says no to everything has hardly met the other."""
FEW = 50
"""Training rows of the rarer class below which neither network nor baseline can show a signal."""
ONE_SIDE = 0.005
FAULT = 0.5
BASELINE = "tfidf_logreg"
ASK = "Ask first whether the texts hold a signal: `python -m sweep doctor data.path=FILE` scores linear models on them."


def _first(facts: Facts) -> TrialFacts | None:
    """The trial to look at: the best one, or where none is complete the one that got furthest."""
    return facts.best or max(facts.trials, key=lambda t: t.value or 0.0, default=None)


def _baseline(facts: Facts) -> tuple[float, float] | None:
    """The linear baseline's AUC on validation and its standard error there."""
    told = facts.summary.get("baselines", {}).get(BASELINE, {}).get("validation", {})
    auc = told.get("roc_auc") if isinstance(told, dict) else None
    few, rows = positive_rows(facts, "validation")
    return None if auc is None or not few else (auc, auc_error(0.5, few, rows - few))


def _at_chance(facts: Facts) -> TrialFacts | None:
    trial = _first(facts)
    if trial is None or ranking(trial) != "chance" or not worthless(facts):
        return None
    return trial


def _auc(trial: TrialFacts) -> str:
    return f"ROC AUC {trial.metrics['roc_auc']:.3f} on {sum(counts(trial)):.0f} validation rows"


def _collapse(facts: Facts) -> Iterator[Seen]:
    trial = _at_chance(facts)
    if trial is None or trial.answers is None:
        return
    share = float((trial.answers.probabilities >= 0.5).mean())
    if ONE_SIDE < share < 1 - ONE_SIDE:
        return
    few, rows = positive_rows(facts, "validation")
    rare = bool(rows) and few / rows < RARE
    cause: Cause = "imbalance" if rare else "training"
    said = "no" if share < 0.5 else "yes"
    n = len(trial.answers.labels)
    evidence = named(
        f"{trial.name} says {said} to {max(share, 1 - share):.1%} of {n} texts", [trial], share
    )
    base = _baseline(facts)
    nothing = base is not None and base[0] - 0.5 <= MARGIN * base[1]
    yield Seen(
        title=(
            f"Even the best network says {said} to {max(share, 1 - share):.1%} of {n} validation texts, and does "
            f"not rank them either ({_auc(trial)})."
        ),
        evidence=(evidence,),
        confidence=0.35
        if nothing
        else 0.6,  # where a linear model finds nothing either, that goes before
        cause=cause,
    )


def _no_learning(facts: Facts) -> Iterator[Seen]:
    resting = [t for t in facts.trials if ranking(t) is not None and not learned(t)]
    if not worthless(facts) and len(resting) >= max(3, len(facts.trials) / 2):
        text = (
            f"{len(resting)} of {len(facts.trials)} trials rested at chance, though others learnt"
        )
        yield Seen(
            title=f"{text}.", evidence=(named(text, resting),), confidence=0.5, severity="note"
        )
    trial = _at_chance(facts)
    base = _baseline(facts)
    if trial is None or (base is not None and base[0] - 0.5 <= MARGIN * base[1]):
        return
    beside = f", where the linear baseline reaches {base[0]:.3f}" if base else ""
    found = [t for t in facts.trials if not learned(t)]
    yield Seen(
        title=f"Nothing ranks better than chance: the best has {_auc(trial)}{beside}.",
        evidence=(named(_auc(trial), found, trial.metrics["roc_auc"]),),
        confidence=0.7,
        remedy=None if base else ASK,
    )


def _no_signal(facts: Facts) -> Iterator[Seen]:
    trial, base = _at_chance(facts), _baseline(facts)
    if trial is None or base is None or base[0] - 0.5 > MARGIN * base[1]:
        return
    few, rows = positive_rows(facts)
    if 0 < few < FEW:  # whether there is a signal, nobody can tell from so few
        return
    known = [t for t in facts.trials if plain_loss(t) and losses(t)]
    lowest = min((min(losses(t)) for t in known), default=None)
    heart = lowest is not None and rows > 0 and lowest < 0.7 * entropy(few / rows)
    more = f", though the training loss fell to {lowest:.3f}" if heart else ""
    yield Seen(
        title=(
            f"Neither the network ({_auc(trial)}) nor the linear baseline ({base[0]:.3f}) ranks better than "
            f"chance{more}."
        ),
        evidence=(
            named(_auc(trial), facts.trials, trial.metrics["roc_auc"]),
            Evidence(text=f"linear baseline {base[0]:.3f}", number=base[0]),
        ),
        confidence=0.85 if heart else 0.4,
    )


def _flipped(facts: Facts) -> Iterator[Seen]:
    known = [t for t in facts.trials if ranking(t)]
    below = [t for t in known if ranking(t) == "below"]
    if not below or len(below) < max(1, len(known) / 2) or not worthless(facts):
        return
    # A network that has learnt nothing ranks by chance traits, such as length, and may rank the wrong way.
    if any(t.history for t in below) and not any(explains(facts, t) for t in below):
        return
    worst = min(below, key=lambda t: t.metrics["roc_auc"])
    yield Seen(
        title=(
            f"{len(below)} of {len(known)} trials rank the validation rows the wrong way round, down to "
            f"{_auc(worst)}."
        ),
        evidence=(named(_auc(worst), below, worst.metrics["roc_auc"]),),
        confidence=0.9,
    )


def _below_baseline(facts: Facts) -> Iterator[Seen]:
    gate = facts.summary.get("gate")
    best = facts.best
    if worthless(facts) or best is None:
        return
    if gate is not None and gate.get("decision") == "worse":
        low, high = gate["interval"]
        text = f"{gate['metric']} {gate['network']:.3f} against {gate['baseline']:.3f}"
        evidence = Evidence(
            text=text, number=gate["difference"], interval=(low, high), trials=(best.name,)
        )
        yield Seen(
            title=(
                f"The winner is worse than TF-IDF with logistic regression: {text}, difference "
                f"{gate['difference']:+.3f} [{low:+.3f}, {high:+.3f}]."
            ),
            evidence=(evidence,),
            confidence=0.95,
        )
    base = _baseline(facts)
    if gate is None and base is not None:
        positives, negatives = counts(best)
        behind = base[0] - best.metrics.get("roc_auc", base[0])
        if positives and negatives and behind > 2 * auc_error(base[0], positives, negatives):
            text = f"{_auc(best)} against {base[0]:.3f}"
            yield Seen(
                title=f"The best trial is worse than TF-IDF with logistic regression: {text}.",
                evidence=(named(text, [best], behind),),
                confidence=0.8,
            )


def _threshold(facts: Facts) -> Iterator[Seen]:
    trial = facts.best
    if (
        trial is None
        or trial.answers is None
        or not learned(trial)
        or trial.metrics["roc_auc"] < 0.7
    ):
        return
    half = f1(trial.answers, 0.5)
    best, cut = best_f1(trial.answers)
    if half >= FAULT * best:
        return
    severity: Severity = "error" if trial.threshold is None else "note"
    yield Seen(
        title=(
            f"The network ranks well ({_auc(trial)}), but at the threshold .5 its F1 is {half:.2f}; at "
            f"{cut:.3f} it is {best:.2f}."
        ),
        evidence=(named(f"F1 {half:.2f} at .5, {best:.2f} at {cut:.3f}", [trial], half),),
        confidence=0.95,
        severity=severity,
    )


ROWS = (
    Symptom(
        key="flipped_labels",
        cause="data",
        severity="error",
        name="Labels turned round",
        definition=(
            f"No trial ranks above chance, and half of them or more lie {MARGIN:.0f} standard errors or more "
            "below an AUC of .5 (Hanley & McNeil, 1982), though the training loss of one lies below .9 of the "
            "prior's entropy: what is learnt holds, with yes and no exchanged between training and validation."
        ),
        remedy="Look at how yes and no are written in each file; `data.positive` names the label that counts as yes.",
        look=_flipped,
    ),
    Symptom(
        key="collapse",
        cause="imbalance",
        severity="error",
        name="Collapse to one class",
        definition=(
            f"The best trial ranks no better than chance, and says the same to all but {ONE_SIDE:.1%} of the "
            f"texts at .5. Cause imbalance where the rarer class is below {RARE:.0%}, else training."
        ),
        remedy=(
            "First make it learn anything: a usual learning rate, 20 epochs, gradients clipped; the threshold "
            "comes after."
        ),
        says_why=False,
        look=_collapse,
    ),
    Symptom(
        key="at_chance",
        cause="training",
        severity="error",
        name="Nothing learnt (ranking fault)",
        definition=(
            f"The best trial's AUC lies within {MARGIN:.0f} standard errors of .5, and the linear baseline's "
            "above."
        ),
        remedy=(
            "The texts hold a signal that training does not find: usual learning rate, dropout of .5 at most, "
            "20 epochs."
        ),
        says_why=False,
        look=_no_learning,
    ),
    Symptom(
        key="no_signal",
        cause="data",
        severity="error",
        name="No signal",
        definition=(
            f"The best trial's AUC and the linear baseline's lie within {MARGIN:.0f} standard errors of .5. "
            "Sure where the training loss fell below .7 of the prior's entropy: rows are learnt by heart, and "
            "nothing holds for others."
        ),
        remedy="Look at twenty rows of each label: do the texts belong to their labels, and could a person tell?",
        says_why=False,
        look=_no_signal,
    ),
    Symptom(
        key="threshold_fault",
        cause="evaluation",
        severity="error",
        name="Threshold fault",
        definition=(
            f"AUC .7 or more, and F1 at .5 below {FAULT:g} of what the best threshold gives. A note where the "
            "threshold was chosen on validation, as every sweep does."
        ),
        remedy="Decide at the threshold that was chosen on rows held out, not at .5.",
        look=_threshold,
    ),
    Symptom(
        key="below_baseline",
        cause="architecture",
        severity="warning",
        name="Below the linear baseline",
        definition=(
            "The interval of the winner's difference from TF-IDF with logistic regression lies below 0; "
            "without a confirmation, its AUC two standard errors below."
        ),
        remedy="Take the linear model, or give the network ready-made vectors, more rows or a longer search.",
        says_why=False,
        look=_below_baseline,
    ),
)
