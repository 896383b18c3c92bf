"""What the numbers of a trial say by themselves: how it ranks, decides and learns; shared by the rows of the table."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from sweep.diagnosis.facts import Answers, Facts, TrialFacts
from sweep.diagnosis.finding import SEVERITIES, Evidence, Severity
from sweep.diagnosis.symptom import Seen

MARGIN = 3.0
"""Standard errors that an AUC must lie off one half to be off it, as `trainer.chance_margin`."""
FEWEST = 10
"""Rows of each class below which chance itself reaches from one end to the other."""
MANY = 0.25
"""Share of all trials that makes what the best one has not worth a note."""
USUAL_RATE = {"adam": 1e-3, "adamw": 1e-3, "rmsprop": 1e-3, "sgd": 1.0}
"""Steps that work untuned, momentum counted in: Kingma & Ba, "Adam", 2015; .1 at a momentum of .9 for SGD."""


def counts(trial: TrialFacts) -> tuple[float, float]:
    """Positive and negative rows of the validation part; zeros where they are not known."""
    found = trial.metrics
    if not {"tp", "fp", "fn", "tn"} <= set(found):
        return 0.0, 0.0
    return found["tp"] + found["fn"], found["fp"] + found["tn"]


def auc_error(auc: float, positives: float, negatives: float) -> float:
    """Standard error of an AUC (Hanley & McNeil, 1982), not below that of one half.

    Args:
        auc: the area.
        positives: rows of the label 1, above 0.
        negatives: the other rows, above 0.

    Returns:
        The standard error.
    """
    area = max(auc, 1 - auc)
    both, twice = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (positives - 1) * (both - area**2)
    spread += (negatives - 1) * (twice - area**2)
    return math.sqrt(max(spread, 1e-12) / (positives * negatives))


def ranking(trial: TrialFacts) -> str | None:
    """Say whether a trial ranks `above` chance, at `chance` or `below` it; None where too few rows can tell."""
    positives, negatives = counts(trial)
    auc = trial.metrics.get("roc_auc")
    if auc is None or min(positives, negatives) < FEWEST:
        return None
    off = (auc - 0.5) / auc_error(0.5, positives, negatives)
    return "above" if off > MARGIN else "below" if off < -MARGIN else "chance"


def learned(trial: TrialFacts) -> bool:
    """Whether it ranks above chance; where that is not known, whether training took it for learning."""
    if trial.status == "FAILED" or trial.stopped == "no_learning":
        return False
    return ranking(trial) in ("above", None)


def worthless(facts: Facts) -> bool:
    """Whether not even the best trial ranks above chance."""
    return bool(facts.trials) and (facts.best is None or not learned(facts.best))


def reach(
    facts: Facts, trials: Sequence[TrialFacts], *, worst: Severity = "error"
) -> Severity | None:
    """Weigh a symptom by the trials that have it.

    Args:
        facts: of the sweep.
        trials: those that have it.
        worst: what it may be at most.

    Returns:
        error where the best trial has it and is worthless, warning where it has it, note where many others have it;
        None where that is the price of a search.
    """
    names = {trial.name for trial in trials}
    best = facts.best
    if not names:
        return None
    everywhere = best is None and len(names) >= len(facts.trials) / 2
    if everywhere or (best is not None and best.name in names):
        found: Severity = "error" if worthless(facts) else "warning"
        return max(found, worst, key=SEVERITIES.index)
    return "note" if len(names) >= max(2, MANY * len(facts.trials)) else None


def seen_in(
    facts: Facts,
    sign: Callable[[TrialFacts], bool],
    what: str,
    *,
    worst: Severity = "error",
    confidence: float = 0.8,
    patch: tuple[str, ...] | None = None,
    number: Callable[[TrialFacts], float | None] = lambda _: None,
) -> Iterator[Seen]:
    """See a symptom that single trials have.

    Args:
        facts: of the sweep.
        sign: whether a trial has it.
        what: what those trials do, to follow their number in a sentence.
        worst: what it may be at most.
        confidence: where it is seen, from 0 to 1.
        patch: words against it, where they are other than the row's.
        number: what shows it in one trial; told of the best of them.

    Yields:
        It, or nothing where too few have it.
    """
    trials = [trial for trial in facts.trials if sign(trial)]
    level = reach(facts, trials, worst=worst)
    if level is None:
        return
    best = facts.best is not None and facts.best.name in {trial.name for trial in trials}
    among = ", the best among them" if best and len(facts.trials) > 1 else ""
    said = f"{of_all(trials, facts)} {what}{among}"
    ranked = [t for t in facts.complete if t in trials] or trials
    yield Seen(
        title=f"{said[0].upper()}{said[1:]}.",
        evidence=(named(said, trials, number(ranked[0])),),
        confidence=confidence if level != "note" else confidence / 2,
        severity=level,
        patch=patch,
    )


def named(text: str, trials: Iterable[TrialFacts], number: float | None = None) -> Evidence:
    """An evidence seen in some trials."""
    return Evidence(text=text, number=number, trials=tuple(trial.name for trial in trials))


def of_all(trials: Sequence[TrialFacts], facts: Facts) -> str:
    """How many of the trials, in words."""
    return f"{len(trials)} of {len(facts.trials)} trials"


def entropy(share: float) -> float:
    """Loss of an answer that knows the share of positives and nothing of the text, in nats."""
    p = min(max(share, 1e-9), 1 - 1e-9)
    return -p * math.log(p) - (1 - p) * math.log(1 - p)


def losses(trial: TrialFacts, name: str = "train_loss") -> list[float]:
    """A loss over the epochs; empty where it was not kept."""
    found = [epoch.get(name) for epoch in trial.history]
    return [float(x) for x in found if x is not None and math.isfinite(x)]


def moved(trial: TrialFacts, share: float) -> bool:
    """Whether its training loss fell by this share of where it began."""
    found = losses(trial)
    return bool(found) and min(found) <= (1 - share) * found[0]


def plain_loss(trial: TrialFacts) -> bool:
    """Whether its training loss is the cross-entropy of rows as they are, so that it compares with an entropy."""
    s = trial.settings
    return (
        s.get("loss.name", "bce") == "bce"
        and s.get("loss.positive_weight", 1.0) == 1.0
        and not s.get("loss.label_smoothing", 0.0)
        and s.get("resampling.method", "none") == "none"
    )


def rate(trial: TrialFacts) -> float | None:
    """Its step size as a multiple of what works untuned for its optimizer; None where that is not known."""
    s = trial.settings
    usual = USUAL_RATE.get(str(s.get("optimizer.name")))
    if usual is None or s.get("optimizer.learning_rate") is None:
        return None
    step = float(s["optimizer.learning_rate"]) / usual
    if s["optimizer.name"] == "sgd":
        step *= float(s.get("optimizer.sgd_factor", 1.0))
    if s["optimizer.name"] in ("sgd", "rmsprop"):
        step /= 1 - min(float(s.get("optimizer.momentum", 0.0)), 0.999)
    return step


def positive_rows(facts: Facts, part: str = "train") -> tuple[int, int]:
    """Rows of the rarer class and all rows of a part; zeros where they are not known."""
    told = facts.corpus.get(part, {})
    rows, positives = int(told.get("rows", 0)), int(told.get("positives", 0))
    return min(positives, rows - positives), rows


def explains(facts: Facts, trial: TrialFacts) -> bool:
    """Whether it explains its training rows better than their share of positives does, by a tenth of the loss."""
    few, rows = positive_rows(facts)
    if not rows or not plain_loss(trial):
        return moved(trial, 0.3)
    return min(losses(trial), default=math.inf) < 0.9 * entropy(few / rows)


def f1(answers: Answers, threshold: float) -> float:
    """F1 of the decisions at a threshold."""
    called = answers.probabilities >= threshold
    right = float((called & (answers.labels == 1)).sum())
    wrong = float(called.sum()) - right
    missed = float(answers.labels.sum()) - right
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


def best_f1(answers: Answers) -> tuple[float, float]:
    """The highest F1 of any threshold, and that threshold."""
    cuts = sorted(set(answers.probabilities.tolist()))
    step = max(1, len(cuts) // 200)
    return max((f1(answers, cut), cut) for cut in cuts[::step])
