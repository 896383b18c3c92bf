"""Symptoms of a network that the pre-flight saw, before a budget is spent on it."""

from collections.abc import Iterator, Mapping
from typing import Any

from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Evidence, Severity
from sweep.diagnosis.moves import at_least, at_most
from sweep.diagnosis.signs import learned, rate
from sweep.diagnosis.symptom import Seen, Symptom
from sweep.diagnosis.training import HIGH, LOW

UNMOVED = 1e-7
"""What rounding moves a logit by, at the most."""
LOST = 1.05
"""How many times its loss a network that had learnt texts by heart has without their words, at the least."""
APART = 1e-3
"""Share of the logits' spread by which an answer may move with its companions: kernels round by the batch's shape."""
START, FAR = 1.5, 10.0
TRAVEL = 10.0
"""How far a training may stay below what its rate would have to travel: rates act unevenly, and few rows are few."""
BEYOND = 3.0
LEAST_CHANCE = 0.65
"""AUC that labels which say something are taken to reach: one that lies surely below it has seen nothing."""


def _arms(facts: Facts) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    arms = facts.preflight.get("arms", {})
    for arm, told in arms.items():
        yield arm, f"{arm}: " if len(arms) > 1 else "", told


def _refuted(facts: Facts, arm: str) -> bool:
    # What a trial of the arm has done, it can do.
    return any(learned(trial) for trial in facts.complete if trial.arm == arm)


def _cannot_start(facts: Facts) -> Iterator[Seen]:
    for arm, name, told in _arms(facts):
        if "raised" not in told or any(trial.arm == arm for trial in facts.complete):
            continue
        said = str(told["raised"]).partition("\n")[0][:300]
        yield Seen(
            title=f"{name}The first trial cannot begin: {said.rstrip('.')}.",
            evidence=(Evidence(text=said),),
            confidence=0.95,
        )


def _ignores(told: Mapping[str, Any]) -> bool:
    zeroed, heart = told.get("zeroed_inputs", {}), told.get("memorises", {})
    if "moved" not in zeroed:
        return False
    by_heart = heart.get("value", 0.0) >= heart.get("expected", 1.0)
    same = {"value", "expected"} <= set(zeroed) and zeroed["value"] < LOST * zeroed["expected"]
    return bool(zeroed["moved"] <= UNMOVED or (by_heart and same))


def _ignores_input(facts: Facts) -> Iterator[Seen]:
    for _, name, told in _arms(facts):
        if _ignores(told):
            moved = told["zeroed_inputs"]["moved"]
            yield Seen(
                title=f"{name}The network does not read its texts: with each word unknown its answers move by "
                f"{moved:.2g}.",
                evidence=(Evidence(text="most that a logit moves", number=moved),),
                confidence=0.95,
            )


def _mixes_rows(facts: Facts) -> Iterator[Seen]:
    for _, name, told in _arms(facts):
        found = told.get("companions", {})
        moved = found.get("value")
        if moved is not None and moved > APART * max(1.0, found.get("spread", 0.0)):
            yield Seen(
                title=f"{name}A text's answer depends on the texts beside it in its batch, or on its padding: its "
                f"logit moves by {moved:.2g}.",
                evidence=(Evidence(text="most that a logit moves", number=moved),),
                confidence=0.95,
            )


def _cannot_memorise(facts: Facts) -> Iterator[Seen]:
    for arm, name, told in _arms(facts):
        found = told.get("memorises", {})
        reached = found.get("value")
        if reached is None or reached >= found["expected"] or _ignores(told):
            continue
        if not _refuted(facts, arm):
            yield Seen(
                title=f"{name}The network does not learn {found['rows']} texts by heart: after training on nothing "
                f"else its AUC on them is {reached:.2f}.",
                evidence=(Evidence(text="AUC on texts learnt by heart", number=reached),),
                confidence=0.9,
            )


def _loss_at_start(facts: Facts) -> Iterator[Seen]:
    for arm, name, told in _arms(facts):
        found = told.get("initial_loss", {})
        if not {"value", "expected", "half"} <= set(found) or _refuted(facts, arm):
            continue
        value, usual = found["value"], max(found["expected"], found["half"])
        if usual <= 0 or value <= START * usual:
            continue
        severity: Severity = "error" if value > FAR * usual else "warning"
        yield Seen(
            title=f"{name}The loss begins at {value:.3g}, where an answer that knows nothing has {usual:.3g}.",
            evidence=(Evidence(text="loss at the start", number=value),),
            confidence=0.7,
            severity=severity,
        )


def _told_by_trials(facts: Facts, arm: str) -> bool:
    # Rates far from the usual are told by what trials made of them, once there are some.
    times = [rate(trial) for trial in facts.trials if trial.arm == arm]
    return any(one is not None and not LOW < one < HIGH for one in times)


def _rate_outside(facts: Facts) -> Iterator[Seen]:
    path = "optimizer.learning_rate"
    searched = facts.searched(path)
    own = facts.setting(path)
    if own is None:
        return
    bounds = (own, own)
    if searched is not None:
        values = searched.choices or (searched.low, searched.high)
        bounds = (float(min(values)), float(max(values)))
    where = (
        f"of {bounds[0]:.3g}"
        if bounds[0] == bounds[1]
        else f"from {bounds[0]:.3g} to {bounds[1]:.3g}"
    )
    for arm, name, told in _arms(facts):
        found = told.get("rate_range", {})
        if "low" not in found or _refuted(facts, arm) or _told_by_trials(facts, arm):
            continue
        low, high = found["low"], found.get("high")
        # What a rate travels in the steps of a whole training is what the least one did in a few.
        least = low * min(1.0, found["steps"] / max(found["whole"], 1) / TRAVEL)
        if high is not None and bounds[0] > BEYOND * high:
            said, patch = (
                f"no rate above {high:.2g} does not lose",
                at_most(facts, path, high / BEYOND),
            )
            text, number = "largest rate that lowers the loss of few texts", high
        elif bounds[1] < least:
            said, patch = (
                f"below {least:.2g} nothing moves",
                at_least(facts, path, found["best"] / BEYOND),
            )
            text, number = "least rate that would move in a whole training", least
        else:
            continue
        yield Seen(
            title=f"{name}A learning rate {where} lies outside of what this network learns at: {said}.",
            evidence=(Evidence(text=text, number=number, interval=None),),
            confidence=0.85,
            patch=patch,
        )


def _no_better_than_shuffled(facts: Facts) -> Iterator[Seen]:
    linear = facts.audit.get("label_errors", {})
    if not linear or linear["interval"][0] > 0.5 or linear["auc"] >= LEAST_CHANCE:
        return
    for arm, name, told in _arms(facts):
        found = told.get("shuffled_labels", {})
        reached, error = found.get("labels"), found.get("error", 1.0)
        if reached is None or reached + 2 * error >= LEAST_CHANCE:
            continue
        if reached < 0.5 + 2 * error and not _refuted(facts, arm):
            yield Seen(
                title=f"{name}The labels teach no more than shuffled ones: AUC {reached:.2f} on validation after a "
                f"short training, {found['value']:.2f} with labels dealt out anew, and {linear['auc']:.2f} of a "
                "linear model.",
                evidence=(
                    Evidence(
                        text="AUC on validation after a short training",
                        number=reached,
                        interval=(max(reached - 2 * error, 0.0), min(reached + 2 * error, 1.0)),
                    ),
                ),
                confidence=0.6,
            )


ROWS = (
    Symptom(
        key="cannot_start",
        cause="architecture",
        severity="error",
        name="The first trial cannot begin",
        definition="In the pre-flight the first trial's network or settings raised an error before its first step.",
        remedy="Mend what the message names; each trial with these settings would end the same.",
        look=_cannot_start,
    ),
    Symptom(
        key="ignores_input",
        cause="architecture",
        severity="error",
        name="Texts are not read",
        definition=(
            f"In the pre-flight no logit moves by more than {UNMOVED:g} where each token becomes the unknown one, or "
            "the loss of texts learnt by heart does not rise by a twentieth (Karpathy, 2019: zeroed inputs do worse)."
        ),
        remedy="Look at the network: what it reads must reach its output, past any `detach` or constant.",
        look=_ignores_input,
    ),
    Symptom(
        key="mixes_rows",
        cause="architecture",
        severity="error",
        name="Texts of a batch are mixed",
        definition=(
            f"In the pre-flight a logit moves by more than {APART:g} of the logits' spread with the text's companions, "
            "its place in the batch or its padding."
        ),
        remedy=(
            "Look for a mean, a norm or a reshape over the rows of a batch, and for what reads beyond a text's own "
            "length; `sweep.testing.check` tries it."
        ),
        look=_mixes_rows,
    ),
    Symptom(
        key="cannot_memorise",
        cause="architecture",
        severity="error",
        name="Two batches are not learnt by heart",
        definition=(
            "In the pre-flight, trained on two batches alone by Adam at .01 or .001 without dropout, the network ranks "
            "their own rows with an AUC below .99 (Karpathy, 2019); not said once a trial has learnt."
        ),
        remedy=(
            "Look at the network and its loss before any setting: some part gets no gradient, is scaled to nothing, or "
            "the loss does not fall where answers become right."
        ),
        look=_cannot_memorise,
    ),
    Symptom(
        key="rate_outside",
        cause="training",
        severity="error",
        name="No searched rate is one that it learns at",
        definition=(
            f"In the pre-flight's range test (after Smith, 2017) the whole searched interval, or the rate itself, lies "
            f"{BEYOND:g} times above the largest that does not raise the loss of two batches in a few steps, or so far "
            f"below the least that lowers it that a whole training travels less than 1/{TRAVEL:.0f} of its way; not "
            "said once a trial has learnt."
        ),
        remedy="Move the learning rate, or the bounds that it is searched between, to where the network learns.",
        look=_rate_outside,
    ),
    Symptom(
        key="loss_at_start",
        cause="architecture",
        severity="warning",
        name="The loss begins far from chance",
        definition=(
            f"In the pre-flight the loss at the start is more than {START:g} times that of an answer that knows "
            f"nothing, an error from {FAR:g} times on (Karpathy, 2019); not said once a trial has learnt."
        ),
        remedy="Start weights smaller: answers are sure of themselves before anything is learnt.",
        look=_loss_at_start,
    ),
    Symptom(
        key="no_better_than_shuffled",
        cause="data",
        severity="warning",
        name="Labels teach no more than shuffled ones",
        definition=(
            "In the pre-flight a short training on the labels leaves validation at chance, surely below an AUC of "
            f"{LEAST_CHANCE:g}, and neither does the audit's linear model rank rows held out; not said once a trial "
            "has learnt."
        ),
        remedy=(
            "Check that labels belong to their texts (a sorted or shifted column); else only a long training on word "
            "order is left."
        ),
        look=_no_better_than_shuffled,
    ),
)
