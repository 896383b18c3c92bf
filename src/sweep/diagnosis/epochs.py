"""Symptoms of how long a network was trained, and of how it fits."""

import math
from collections.abc import Iterator

from sweep.diagnosis.facts import Facts, TrialFacts
from sweep.diagnosis.moves import to
from sweep.diagnosis.signs import (
    MARGIN,
    auc_error,
    counts,
    entropy,
    learned,
    losses,
    plain_loss,
    positive_rows,
    seen_in,
)
from sweep.diagnosis.symptom import Seen, Symptom

UNDER = 0.8
"""Share of the prior's entropy above which a training loss has explained little."""
GAP = 0.1
"""Difference of two AUCs that matters."""
EPOCHS = 3
"""Epochs below which nothing can be seen to rise or rest."""
SHORT = 2
"""Validations without progress that are too few to tell progress from noise."""


def _scores(facts: Facts, trial: TrialFacts) -> list[float]:
    sign = 1 if facts.maximize else -1
    found = [epoch.get(facts.metric) for epoch in trial.history]
    return [sign * float(x) for x in found if x is not None]


def _cap(trial: TrialFacts, facts: Facts) -> int:
    return int(trial.settings.get("trainer.max_epochs", facts.setting("trainer.max_epochs") or 0))


def gain_at_cap(facts: Facts, trial: TrialFacts) -> float | None:
    """Standard errors by which the last quarter of its epochs raised its best score; None where it ended before."""
    found = _scores(facts, trial)
    most = _cap(trial, facts)
    if trial.stopped != "max_epochs" or len(found) < max(2, most):
        return None
    quarter = max(1, len(found) // 4)
    if max(found) > max(found[-quarter:]):
        return None
    error = trial.history[-1].get("standard_error", math.inf)
    return (max(found) - max(found[:-quarter])) / error if error else None


def _improving(facts: Facts) -> Iterator[Seen]:
    def sign(trial: TrialFacts) -> bool:
        gain = gain_at_cap(facts, trial)
        return gain is not None and gain > 1.0

    most = int(facts.setting("trainer.max_epochs") or 0)
    yield from seen_in(
        facts,
        sign,
        f"still rose by more than a standard error in the last quarter of their {most} epochs",
        worst="warning",
        patch=to(facts, "trainer.max_epochs", max(2 * most, 10)),
        number=lambda trial: gain_at_cap(facts, trial),
    )


def _few(facts: Facts) -> Iterator[Seen]:
    most = int(facts.setting("trainer.max_epochs") or 0)

    def sign(trial: TrialFacts) -> bool:
        return _cap(trial, facts) < EPOCHS and trial.stopped in ("max_epochs", "no_learning")

    what = f"ended after {most or 1} epoch{'s' * (most > 1)}, before a score can be seen to rest"
    yield from seen_in(
        facts, sign, what, patch=to(facts, "trainer.max_epochs", 20), confidence=0.75
    )


def _stopped_early(trial: TrialFacts) -> bool:
    short = trial.settings.get("trainer.patience", math.inf) <= SHORT
    found = losses(trial)
    falling = len(found) >= 2 and found[-1] < 0.98 * found[-2]
    return trial.stopped == "early_stopping" and short and falling


def _under(facts: Facts) -> Iterator[Seen]:
    few, rows = positive_rows(facts)
    if not rows:
        return

    def share(trial: TrialFacts) -> float | None:
        at = trial.epoch
        if (
            not at  # the first epoch's loss is mostly that of a network that has seen nothing
            or at >= len(trial.history)
            or not plain_loss(trial)
            or len(trial.history) < 3
        ):
            return None
        loss = trial.history[at].get("train_loss")
        return None if loss is None else loss / entropy(few / rows)

    def sign(trial: TrialFacts) -> bool:
        left = share(trial)
        return learned(trial) and left is not None and left > UNDER

    what = f"left more than {UNDER:.0%} of the labels' entropy unexplained on the rows they were trained on"
    yield from seen_in(facts, sign, what, worst="warning", number=share)


def _over(facts: Facts) -> Iterator[Seen]:
    def times(trial: TrialFacts) -> float | None:
        held, trained = losses(trial, "log_loss"), losses(trial)
        if len(held) < 3 or not trained or not plain_loss(trial) or trained[-1] > 0.5 * held[-1]:
            return None
        return held[-1] / max(min(held), 1e-9)

    def sign(trial: TrialFacts) -> bool:
        rise = times(trial)
        return rise is not None and rise > 1.3 and learned(trial)

    gate = facts.summary.get("gate", {}).get("decision", "better")
    yield from seen_in(
        facts,
        sign,
        "learnt their training rows by heart: the loss on validation rose by 3 in 10 while that on training fell on",
        worst="warning" if gate == "worse" else "note",
        number=times,
        confidence=0.7,
    )


def _by_heart(trial: TrialFacts) -> bool:
    positives, negatives = counts(trial)
    gap = trial.metrics.get("train_roc_auc", 0.0) - trial.metrics.get("roc_auc", 1.0)
    if gap <= GAP or not positives or not negatives:
        return False
    return gap > MARGIN * auc_error(trial.metrics["roc_auc"], positives, negatives)


def _first(trial: TrialFacts) -> bool:
    return trial.epoch == 0 and trial.epochs >= 4 and learned(trial)


ROWS = (
    Symptom(
        key="rows_by_heart",
        cause="training",
        severity="error",
        name="Training rows learnt by heart",
        definition=(
            f"The AUC on the training rows lies more than {GAP:g}, and more than {MARGIN:.0f} standard errors, above "
            "that on others. Needs predictions for both (`doctor predictions=FILE train_predictions=FILE`)."
        ),
        remedy="More dropout, a smaller network, or more rows; and look for texts that stand in both parts.",
        look=lambda facts: seen_in(
            facts,
            _by_heart,
            f"ranked the training rows better by more than {GAP:g} AUC than others",
            confidence=0.85,
            number=lambda t: t.metrics["train_roc_auc"] - t.metrics["roc_auc"],
        ),
    ),
    Symptom(
        key="too_few_epochs",
        cause="training",
        severity="error",
        name="Too few epochs",
        definition=f"`trainer.max_epochs` is below {EPOCHS}, and the training used them up.",
        remedy="Train for twenty epochs, and let early stopping end it.",
        look=_few,
    ),
    Symptom(
        key="improving_at_cap",
        cause="training",
        severity="warning",
        name="Still improving at the cap",
        definition=(
            "The training ended at `trainer.max_epochs`, its best score lies in the last quarter of the epochs "
            "and more than a standard error above the best before."
        ),
        remedy="Train for more epochs.",
        look=_improving,
    ),
    Symptom(
        key="stopped_too_early",
        cause="training",
        severity="error",
        name="Stopped too early",
        definition=(
            f"Early stopping with a patience of {SHORT} or less ended it while the training loss still fell by "
            "2 in 100 an epoch (Prechelt, 1998)."
        ),
        remedy="Give early stopping more patience.",
        look=lambda facts: seen_in(
            facts,
            _stopped_early,
            "were stopped while their training loss still fell",
            patch=to(facts, "trainer.patience", 5),
            confidence=0.75,
        ),
    ),
    Symptom(
        key="over_fitting",
        cause="training",
        severity="warning",
        name="Over-fitting",
        definition=(
            "At the end the training loss is less than half of the validation loss, which has risen by 3 in 10 "
            "from its lowest. A note where the winner beats the linear baseline: the best epoch's weights are "
            "kept."
        ),
        remedy="More dropout, a smaller network, or more rows.",
        says_why=False,
        look=_over,
    ),
    Symptom(
        key="under_fitting",
        cause="training",
        severity="warning",
        name="Under-fitting",
        definition=(
            f"It ranks better than chance, but its training loss in the best epoch is more than {UNDER:g} of "
            "the entropy of the share of positives."
        ),
        remedy="Train longer or at a higher rate, with less dropout or a larger network.",
        says_why=False,
        look=_under,
    ),
    Symptom(
        key="best_at_first_epoch",
        cause="training",
        severity="warning",
        name="Best at the first epoch",
        definition="The first of four epochs or more scored best: what came after made it worse.",
        remedy="Lower the learning rate, or regularise more.",
        says_why=False,
        look=lambda facts: seen_in(
            facts,
            _first,
            "scored best after their first epoch",
            worst="warning",
            confidence=0.6,
        ),
    ),
)
