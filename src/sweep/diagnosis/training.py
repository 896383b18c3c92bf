"""Symptoms of the optimizer's work: step size, gradients, what holds the network back."""

from collections.abc import Iterator
from statistics import median

from sweep.diagnosis.facts import Facts, TrialFacts
from sweep.diagnosis.moves import at_least, at_most, to
from sweep.diagnosis.signs import (
    entropy,
    learned,
    losses,
    moved,
    plain_loss,
    positive_rows,
    rate,
    seen_in,
    worthless,
)
from sweep.diagnosis.symptom import Seen, Symptom

HIGH, LOW = 30.0, 0.1
"""Multiples of the usual step size that stand for too high and too low: beyond the ranges that searches here cover."""
RESTING = 0.97
"""Share of the prior's entropy that a training loss must fall below to have learnt anything."""
SWINGS = 0.6
DROPOUT = 0.8
DROPOUTS = ("model.embedding_dropout", "model.layer_dropout", "model.dropout")
DECAY = {"adamw": 1.0, "adam": 0.01, "rmsprop": 0.01, "sgd": 0.01}
EXPLODING, VANISHING = 100.0, 1e-3


def _lost(trial: TrialFacts) -> bool:
    return trial.reason == "diverged"


def _nan(trial: TrialFacts) -> bool:
    return _lost(trial) and "not a finite number" in trial.message


def oscillates(trial: TrialFacts) -> bool:
    """Whether its training loss goes up and down by a tenth of itself or more in most epochs."""
    found = losses(trial)
    steps = [b - a for a, b in zip(found, found[1:], strict=False)]
    if len(steps) < 4:
        return False
    turns = sum(a * b < 0 for a, b in zip(steps, steps[1:], strict=False)) / (len(steps) - 1)
    return turns >= SWINGS and median(abs(s) for s in steps) > 0.1 * median(found)


def _too_high(trial: TrialFacts) -> bool:
    times = rate(trial)
    if times is None or times < HIGH:
        return False
    return _lost(trial) or not learned(trial) or oscillates(trial)


def _too_low(trial: TrialFacts) -> bool:
    times, found = rate(trial), losses(trial)
    if times is None or times > LOW or len(found) < 2:
        return False
    return trial.stopped in ("max_epochs", "no_learning") and found[-1] > 0.7 * found[0]


def _rate(facts: Facts, *, high: bool) -> Iterator[Seen]:
    usual = {"sgd": 0.1}.get(str(facts.setting("optimizer.name")), 3e-3)
    path = "optimizer.learning_rate"
    if high:
        patch = (
            at_most(facts, path, round(usual * 3, 2))
            if facts.searched(path)
            else to(facts, path, usual)
        )
        what = f"had a step size {HIGH:.0f} times the usual one or more, and diverged, swung or rested at chance"
    else:
        patch = (
            at_least(facts, path, usual / 3) if facts.searched(path) else to(facts, path, usual)
        )
        what = "had a step size a tenth of the usual one or less, and lost less than a third of their training loss"
    yield from seen_in(
        facts, _too_high if high else _too_low, what, patch=patch, confidence=0.9, number=rate
    )


def _stalled(facts: Facts) -> Iterator[Seen]:
    few, rows = positive_rows(facts)
    if not rows:
        return
    resting = entropy(few / rows)

    def sign(trial: TrialFacts) -> bool:
        found = losses(trial)
        return len(found) >= 3 and plain_loss(trial) and min(found) > RESTING * resting

    what = (
        f"never brought the training loss 3 % below {resting:.3f}, what knowing the share of positives alone is "
        "worth"
    )
    yield from seen_in(facts, sign, what, number=lambda trial: min(losses(trial)))


def _strong_dropout(trial: TrialFacts) -> bool:
    strong = max(float(trial.settings.get(path, 0.0)) for path in DROPOUTS) >= DROPOUT
    if not strong or trial.epoch is None or trial.epoch >= len(trial.history):
        return strong and not learned(trial)
    at = trial.history[trial.epoch]
    apart = at.get("train_loss", 0.0) > 1.3 * at.get("log_loss", float("inf"))
    return not learned(trial) or not moved(trial, 0.2) or (apart and plain_loss(trial))


def _dropout(facts: Facts) -> Iterator[Seen]:
    patch = tuple(word for path in DROPOUTS for word in at_most(facts, path, 0.5))
    what = f"dropped {DROPOUT:.0%} or more of some values, and could not learn under it"
    yield from seen_in(facts, _strong_dropout, what, patch=patch, confidence=0.85)


def _strong_decay(trial: TrialFacts) -> bool:
    most = DECAY.get(str(trial.settings.get("optimizer.name")), 1.0)
    strong = trial.settings.get("optimizer.weight_decay", 0.0) >= most
    return strong and (not learned(trial) or not moved(trial, 0.2))


def _gradients(facts: Facts, *, exploding: bool) -> Iterator[Seen]:
    def largest(trial: TrialFacts) -> float | None:
        layers = [e.get("layers", {}) for e in (trial.probe or {}).get("epochs", ())]
        norms = [x.get("grad_norm_p90") for e in layers for x in e.values()]
        known = [n for n in norms if n is not None]
        return max(known, default=None)

    def smallest(trial: TrialFacts) -> float | None:
        shares = []
        for epoch in (trial.probe or {}).get("epochs", ()):
            layers = epoch.get("layers", {})
            head = (layers.get("head") or {}).get("grad_norm_median")
            deep = (layers.get("rnn.0") or {}).get("grad_norm_median")
            shares += [deep / head] if head and deep is not None else []
        return max(shares, default=None)

    def explodes(trial: TrialFacts) -> bool:
        return (largest(trial) or 0.0) >= EXPLODING and (_lost(trial) or not learned(trial))

    def vanishes(trial: TrialFacts) -> bool:
        share = smallest(trial)
        return share is not None and share < VANISHING and not learned(trial)

    if exploding:
        what = f"had gradients of norm {EXPLODING:.0f} or more, and did not learn"
        patch = () if facts.setting("optimizer.clip_norm") else ("optimizer.clip_norm=1.0",)
        yield from seen_in(facts, explodes, what, patch=patch, number=largest)
    else:
        what = f"had gradients in the first recurrent layer below {VANISHING:g} of the output's in every epoch"
        yield from seen_in(facts, vanishes, what, number=smallest)


ROWS = (
    Symptom(
        key="rate_too_high",
        cause="training",
        severity="error",
        name="Learning rate too high",
        definition=(
            f"The step size is {HIGH:.0f} times the optimizer's usual one or more (Adam .001, SGD 1 with its "
            "momentum counted in), and the trial diverged, swings, or ranks no better than chance."
        ),
        remedy="Lower the learning rate, or the upper bound that it is searched to.",
        look=lambda facts: _rate(facts, high=True),
    ),
    Symptom(
        key="rate_too_low",
        cause="training",
        severity="error",
        name="Learning rate too low",
        definition=(
            f"The step size is {LOW:g} of the optimizer's usual one or less, the training ran to its end, and "
            "the training loss lost less than a third of what it began with."
        ),
        remedy="Raise the learning rate, or the lower bound that it is searched from.",
        look=lambda facts: _rate(facts, high=False),
    ),
    Symptom(
        key="dropout_too_strong",
        cause="training",
        severity="error",
        name="Dropout too strong",
        definition=(
            f"Some dropout is {DROPOUT:g} or more, and the trial ranks no better than chance, or its training loss "
            "keeps four fifths of where it began or lies 3 in 10 above its validation loss."
        ),
        remedy="Drop half of the values at most.",
        look=_dropout,
    ),
    Symptom(
        key="weight_decay_too_strong",
        cause="training",
        severity="error",
        name="Weight decay too strong",
        definition=(
            "The decay is 1 or more under AdamW, .01 or more as an L2 term, and the trial ranks no better than "
            "chance or its training loss keeps four fifths of where it began."
        ),
        remedy="Lower the weight decay a hundredfold.",
        look=lambda facts: seen_in(
            facts,
            _strong_decay,
            "decayed their weights faster than they learnt",
            patch=at_most(facts, "optimizer.weight_decay", 1e-3),
        ),
    ),
    Symptom(
        key="exploding_gradients",
        cause="training",
        severity="error",
        name="Exploding gradients",
        definition=(
            f"The 90th percentile of some layer's gradient norm reaches {EXPLODING:.0f}, and the trial diverged "
            "or ranks no better than chance (Pascanu et al., 2013). Needs probe.json."
        ),
        remedy="Clip gradients to a norm of 1, and lower the learning rate.",
        look=lambda facts: _gradients(facts, exploding=True),
    ),
    Symptom(
        key="vanishing_gradients",
        cause="training",
        severity="error",
        name="Vanishing gradients",
        definition=(
            f"The first recurrent layer's gradient stays below {VANISHING:g} of the output layer's in every "
            "epoch, and the trial ranks no better than chance. Needs probe.json."
        ),
        remedy="Take fewer layers, start recurrent weights orthogonal and the forget gate at 1.",
        patch=("model.orthogonal=true", "model.forget_bias=1.0"),
        look=lambda facts: _gradients(facts, exploding=False),
    ),
    Symptom(
        key="nan",
        cause="training",
        severity="error",
        name="Loss or output is no number",
        definition="A training loss or an output became NaN or infinite.",
        remedy=(
            "Lower the learning rate and keep clipping on; if it stays, look for texts or vectors that are no "
            "numbers."
        ),
        says_why=False,
        look=lambda facts: seen_in(
            facts, _nan, "ended because a loss or an output was no finite number", confidence=0.95
        ),
    ),
    Symptom(
        key="diverged",
        cause="training",
        severity="error",
        name="Training diverges",
        definition="The loss became no finite number, or ten times that of answering one half to every text.",
        remedy="Lower the learning rate, or its upper bound, and keep clipping on.",
        says_why=False,
        look=lambda facts: seen_in(facts, _lost, "diverged", confidence=0.95),
    ),
    Symptom(
        key="oscillating",
        cause="training",
        severity="warning",
        name="Loss swings",
        definition=(
            f"Over five epochs or more the training loss turns in {SWINGS:.0%} of them and moves by more than a "
            "tenth."
        ),
        remedy="Lower the learning rate, or take larger batches.",
        says_why=False,
        look=lambda facts: seen_in(
            facts,
            oscillates,
            "had a training loss that went up and down from epoch to epoch",
            worst="warning",
            confidence=0.6,
        ),
    ),
    Symptom(
        key="stalled",
        cause="training",
        severity="error",
        name="Stalled at the prior's entropy",
        definition=(
            f"Over three epochs or more the training loss stays above {RESTING:g} of the entropy of the share "
            "of positives (.693 with balanced classes, .325 with ten per cent): nothing is learnt from the "
            "texts."
        ),
        remedy=(
            "Look at the learning rate first, then at dropout and at what the tokens still say; a loss at .693 "
            "is chance only where the classes are balanced."
        ),
        says_why=False,
        look=lambda facts: _stalled(facts) if worthless(facts) or facts.trials else (),
    ),
)
