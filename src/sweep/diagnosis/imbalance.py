"""Symptoms of unequal classes: too few rows of one, and weights or samples that overdo it."""

from collections.abc import Iterator

from sweep.diagnosis.facts import Facts, TrialFacts
from sweep.diagnosis.finding import Evidence, Severity
from sweep.diagnosis.moves import to
from sweep.diagnosis.proof import Wrong, costs
from sweep.diagnosis.signs import learned, positive_rows, seen_in, worthless
from sweep.diagnosis.symptom import Seen, Symptom

FEW, TOO_FEW = 50, 20
"""Training rows of the rarer class below which a network has hardly anything to learn from."""
OVER = 0.8
"""Share of the loss that the rarer class carries where it is over-weighted."""
UNDER = 0.2
"""Share of its own share that is left of a class that is weighed down."""
UNSURE = 0.2
BALANCING = ("loss.positive_weight", "resampling.method")


def loss_share(trial: TrialFacts, share: float) -> float:
    """Share of the loss that positive rows carry, by weight and resampling.

    Args:
        trial: with its settings.
        share: of positives in the training part.

    Returns:
        It; `share` itself where nothing is balanced.
    """
    s = trial.settings
    odds = share / (1 - share) if share < 1 else 1e9
    method = str(s.get("resampling.method", "none"))
    if method not in ("none", "tomek_links", "edited_nearest_neighbours"):
        ratio = 1.0 if method == "balanced_batches" else float(s.get("resampling.ratio", 1.0))
        odds = max(odds, ratio) if share < 0.5 else min(odds, 1 / ratio)
    weight = s.get("loss.positive_weight", 1.0)
    odds *= 1 / odds if weight == "balanced" else float(weight)
    return odds / (1 + odds)


def _weights(facts: Facts, *, over: bool) -> Iterator[Seen]:
    told = facts.corpus.get("train", {})
    rows, positives = int(told.get("rows", 0)), int(told.get("positives", 0))
    if not 0 < positives < rows:
        return
    share = positives / rows
    rare = share < 0.5

    def carried(trial: TrialFacts) -> float:
        found = loss_share(trial, share)
        return found if rare else 1 - found

    def suffers(trial: TrialFacts) -> bool:
        rough = trial.metrics.get("ece_uncorrected", trial.metrics.get("ece", 0.0))
        return not learned(trial) or rough > UNSURE

    few = min(share, 1 - share)

    def beyond(trial: TrialFacts) -> bool:
        found = carried(trial)
        return found > OVER if over else found < UNDER * few

    def sign(trial: TrialFacts) -> bool:
        return suffers(trial) and beyond(trial)

    what = (
        f"let the rarer class, {few:.0%} of the rows, carry more than {OVER:.0%} of the loss"
        if over
        else f"let the rarer class, {few:.0%} of the rows, carry less than a fifth of that share of the loss"
    )
    patch = to(facts, "loss.positive_weight", 1.0)
    seen = list(seen_in(facts, sign, what, patch=patch, number=carried, confidence=0.8))
    yield from seen or seen_in(facts, beyond, what, worst="note", patch=patch, number=carried)


def _too_few(facts: Facts) -> Iterator[Seen]:
    few, rows = positive_rows(facts)
    if not rows or few >= FEW:
        return
    ill = few < TOO_FEW or worthless(facts)
    severity: Severity = "error" if ill else "warning"
    text = f"{few} of {rows} training rows belong to the rarer class"
    yield Seen(
        title=f"{text}: too few to learn it from.",
        evidence=(Evidence(text=text, number=few),),
        confidence=0.95,
        severity=severity,
    )


def _untreated(facts: Facts) -> Iterator[Seen]:
    plain = (Wrong("resampling.method", "none"), Wrong("loss.positive_weight", 1.0))
    yield from costs(facts, plain)


def _over_treated(facts: Facts) -> Iterator[Seen]:
    def balanced(path: str, value: object) -> bool:
        return path in BALANCING and value not in ("none", 1, 1.0)

    yield from costs(facts, balanced)


ROWS = (
    Symptom(
        key="imbalance_over_treated",
        cause="imbalance",
        severity="error",
        name="Imbalance over-treated",
        definition=(
            f"By weights and resampling the rarer class carries more than {OVER:.0%} of the loss, and the trial "
            f"ranks no better than chance or its probabilities lie {UNSURE:g} off before correction (ECE); "
            "a note where neither is so."
        ),
        remedy="Let rows weigh what they are, and choose the threshold on validation instead.",
        look=lambda facts: _weights(facts, over=True),
    ),
    Symptom(
        key="rare_class_weighed_down",
        cause="imbalance",
        severity="error",
        name="Rarer class weighed down",
        definition=(
            f"By weights and resampling the rarer class carries less than {UNDER:.0%} of its own share of the "
            f"loss, and the trial ranks no better than chance or its probabilities lie {UNSURE:g} off before "
            "correction (ECE); a note where neither is so."
        ),
        remedy="Let rows weigh what they are.",
        look=lambda facts: _weights(facts, over=False),
    ),
    Symptom(
        key="minority_too_few",
        cause="imbalance",
        severity="warning",
        name="Too few rows of the rarer class",
        definition=(
            f"Fewer than {FEW} training rows of the rarer class; an error below {TOO_FEW}, or where nothing is learnt."
        ),
        remedy="Label more rows of that class before tuning anything, or take a linear model.",
        look=_too_few,
    ),
    Symptom(
        key="imbalance_untreated",
        cause="imbalance",
        severity="note",
        name="Imbalance untreated",
        definition=(
            "The sweep's own trials without resampling, or with equal weights, scored worse than the others, "
            "all else equal (`statistics/counterfactual.py`)."
        ),
        remedy="Keep what balances the classes.",
        look=_untreated,
    ),
    Symptom(
        key="balancing_costs",
        cause="imbalance",
        severity="note",
        name="Balancing costs score",
        definition=(
            "The sweep's own trials with a resampling method or weight scored worse than the others, all else "
            "equal (`statistics/counterfactual.py`)."
        ),
        remedy="Leave it out: the threshold is chosen on validation anyway (Elor & Averbuch-Elor, 2022).",
        look=_over_treated,
    ),
)
