"""Symptoms of a training that does not work: rate, gradients, epochs, dropout."""

from collections.abc import Iterator

from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Evidence
from sweep.diagnosis.symptom import Seen, Symptom

DIVERGED_SHARE = 0.2
"""Share of an arm's trials above which diverging is more than the price of a wide search."""


def _diverged(facts: Facts) -> Iterator[Seen]:
    lost = [t for t in facts.trials if t.reason == "diverged"]
    if not facts.trials or len(lost) < 2 or len(lost) < DIVERGED_SHARE * len(facts.trials):
        return
    share = len(lost) / len(facts.trials)
    said = f"{len(lost)} of {len(facts.trials)} trials diverged"
    evidence = Evidence(text=said, number=share, trials=tuple(t.name for t in lost))
    yield Seen(title=f"{said}: their loss became no number.", evidence=(evidence,), confidence=0.9)


ROWS = (
    Symptom(
        key="diverged",
        cause="training",
        severity="warning",
        name="Training diverges",
        definition=f"At least two trials, and {DIVERGED_SHARE:.0%} of all, ended because loss or score became NaN.",
        remedy="Lower the learning rate's upper bound, and keep clipping on.",
        patch=("optimizer.clip_norm=1.0",),
        look=_diverged,
    ),
)
