"""Proof from the sweep itself: what its trials with a value of a setting scored, or failed, beside the others."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sweep.diagnosis.facts import Facts, Searched, TrialFacts
from sweep.diagnosis.finding import Cause, Evidence
from sweep.diagnosis.moves import at_least, at_most, without
from sweep.diagnosis.signs import learned, ranking
from sweep.diagnosis.symptom import Seen

if TYPE_CHECKING:  # NumPy and SciPy load late
    from sweep.statistics.counterfactual import Contrast
    from sweep.statistics.failure_shares import Share

CAUSES: dict[str, Cause] = {
    "text": "data",
    "resampling": "imbalance",
    "loss": "imbalance",
    "model": "architecture",
    "objective": "evaluation",
}
"""Of the setting's group; training where it is none of these."""
DECADES = 2.0
LEAST_ILL = 3


class Wrong(NamedTuple):
    """A value of a setting."""

    path: str
    value: Any


def cause_of(path: str) -> Cause:
    """The cause that a setting belongs to."""
    if "dropout" in path:  # of the group `model`, but it acts while training alone
        return "training"
    return CAUSES.get(path.partition(".")[0], "training")


def place(searched: Searched, value: Any) -> float:
    """Lay a value out between its bounds, in [0, 1], or as the index of a choice."""
    if not searched.number:
        return float(searched.choices.index(value))
    scale = math.log if searched.log else float
    low, high = scale(searched.low or 0), scale(searched.high or 0)
    return min(max((scale(value) - low) / (high - low), 0.0), 1.0) if high > low else 0.0


def at_place(searched: Searched, where: float) -> float:
    """The number that lies at a place between the bounds."""
    low, high = float(searched.low or 0), float(searched.high or 0)
    if searched.log:
        return float(math.exp(math.log(low) + where * (math.log(high) - math.log(low))))
    return low + where * (high - low)


def _known(searched: Searched, trial: TrialFacts) -> bool:
    if searched.path not in trial.values:
        return False
    return searched.number or trial.values[searched.path] in searched.choices


@lru_cache(maxsize=4)
def sweeps_contrasts(facts: Facts) -> tuple["Contrast", ...]:
    """The contrasts of all searched settings over the trials that ended with a score, the told ones alone."""
    import numpy as np

    from sweep.statistics.counterfactual import contrasts
    from sweep.statistics.importance import Column

    scored = [t for t in facts.trials if t.value is not None and math.isfinite(t.value)]
    columns: list[Column] = []
    for one in facts.space:
        values = np.array(
            [place(one, t.values[one.path]) if _known(one, t) else np.nan for t in scored]
        )
        columns.append(Column(name=one.path, values=values, choices=len(one.choices)))
    found = contrasts(columns, [t.value or 0.0 for t in scored], skip=[facts.compare or ""])
    return tuple(one for one in found if one.told)


@lru_cache(maxsize=4)
def sweeps_failures(facts: Facts) -> tuple["Share", ...]:
    """The values with which trials fail or rest at chance more often than with others, the told ones alone."""
    from sweep.statistics.failure_shares import failure_shares

    ill = [_ill(trial) for trial in facts.trials]
    if sum(ill) < LEAST_ILL or len(ill) - sum(ill) < LEAST_ILL:
        return ()
    columns = {one.path: [_range(one, t) for t in facts.trials] for one in facts.space}
    return tuple(one for one in failure_shares(columns, ill) if one.told)


def _ill(trial: TrialFacts) -> bool:
    return trial.status == "FAILED" or (ranking(trial) is not None and not learned(trial))


def _range(searched: Searched, trial: TrialFacts) -> str | None:
    if not _known(searched, trial):
        return None
    value = trial.values[searched.path]
    if not searched.number:
        return str(value)
    if searched.log and math.log10((searched.high or 1) / (searched.low or 1)) >= DECADES:
        decade = math.floor(math.log10(value) + 1e-9)
        return f"{10.0**decade:g} to {10.0 ** (decade + 1):g}"
    middle = at_place(searched, 0.5)
    low, high = f"{searched.low:g}", f"{searched.high:g}"
    return f"{middle:.3g} to {high}" if value > middle else f"{low} to {middle:.3g}"


def costs(facts: Facts, wanted: Sequence[Wrong] | Callable[[str, Any], bool]) -> Iterator[Seen]:
    """See the values of settings that cost score, by the sweep's own trials.

    Args:
        facts: of the sweep.
        wanted: which values are looked for; a number's are the texts `low` and `high`.

    Yields:
        One for each such value that a told contrast shows to be worse.
    """
    for one in sweeps_contrasts(facts):
        searched = facts.searched(one.name)
        assert searched is not None
        worse_with = (one.difference < 0) == facts.maximize
        for value, with_it in _sides(searched, one):
            if callable(wanted):
                match = wanted(one.name, value)
            else:
                match = Wrong(one.name, value) in wanted
            if match and with_it == worse_with:
                yield _seen(facts, searched, one, value, with_it)


def _sides(searched: Searched, one: "Contrast") -> Iterator[tuple[Any, bool]]:
    if one.choice is None:
        yield from (("high", True), ("low", False))
    else:
        yield searched.choices[one.choice], True
        if len(searched.choices) == 2:
            yield searched.choices[1 - one.choice], False


def _seen(facts: Facts, searched: Searched, one: "Contrast", value: Any, with_it: bool) -> Seen:
    n, others = one.trials if with_it else one.trials[::-1]
    size = abs(one.difference)
    low, high = sorted(abs(end) for end in one.interval)
    if one.interval[0] < 0 < one.interval[1]:
        low = 0.0
    if one.choice is None:
        cut = at_place(searched, one.cut)
        words = f"{one.name} {'above' if with_it else 'at most'} {cut:.3g}"
        patch = at_most(facts, one.name, cut) if with_it else at_least(facts, one.name, cut)
    else:
        words, patch = f"{one.name}={value}", without(facts, one.name, value)
    text = (
        f"trials with {words} scored {size:.3f} {facts.metric} worse [{low:.3f}, {high:.3f}] than the others, "
        f"all else equal, n = {n} against {others}"
    )
    evidence = Evidence(
        text=text, number=size, interval=(low, high), trials=_having(facts, searched, one, value)
    )
    return Seen(
        title=f"T{text[1:]}.",
        evidence=(evidence,),
        confidence=1 - min(1.0, one.p * 10),
        cause=cause_of(one.name),
        remedy=f"Search without {words}." if patch else None,
        patch=patch,
        proof="observed",
    )


def _having(facts: Facts, searched: Searched, one: "Contrast", value: Any) -> tuple[str, ...]:
    def has(trial: TrialFacts) -> bool:
        if not _known(searched, trial):
            return False
        if one.choice is None:
            above = place(searched, trial.values[one.name]) > one.cut
            return bool(above == (value == "high"))
        return bool(trial.values[one.name] == value)

    return tuple(t.name for t in facts.trials if has(t))


def failing(facts: Facts) -> Iterator[Seen]:
    """See the regions of the space in which trials fail or rest at chance."""
    for one in sweeps_failures(facts):
        low, high = one.interval
        text = (
            f"{one.failed} of {one.trials} trials with {one.setting} {one.value} failed or rested at chance "
            f"({one.share:.0%} [{low:.0%}, {high:.0%}]), {one.failed_elsewhere} of {one.trials_elsewhere} of "
            "the others"
        )
        searched = facts.searched(one.setting)
        assert searched is not None
        inside = [t for t in facts.trials if _range(searched, t) == one.value]
        evidence = Evidence(
            text=text,
            number=one.share,
            interval=one.interval,
            trials=tuple(t.name for t in inside),
        )
        yield Seen(
            title=f"{text}.",
            evidence=(evidence,),
            confidence=1 - min(1.0, one.p * 10),
            cause=cause_of(one.setting),
            patch=_away(facts, searched, inside),
            proof="observed",
        )


def _away(facts: Facts, searched: Searched, inside: Sequence[TrialFacts]) -> tuple[str, ...]:
    values = [t.values[searched.path] for t in inside]
    if not searched.number:
        return without(facts, searched.path, values[0])
    outside = [
        t.values[searched.path] for t in facts.trials if t not in inside and _known(searched, t)
    ]
    if min(values) > max(outside):
        return at_most(facts, searched.path, max(outside))
    return at_least(facts, searched.path, min(outside)) if max(values) < min(outside) else ()
