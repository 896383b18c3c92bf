"""Who is confirmed, who drops out on the way, and who wins: decided from scores alone, the same in every process."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sweep.config.settings import Plain
from sweep.records import Status
from sweep.search.proposals import TrialRecord

if TYPE_CHECKING:  # a command that is refused need not wait for NumPy
    import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Finalist:
    """A configuration that is trained again on every fold."""

    arm: str
    number: int
    """Of the trial that the search found it in."""
    values: Mapping[str, Plain]
    """The searched settings, under their dotted names."""
    value: float
    """Its score in the search."""
    chosen: bool = True
    """Whether the search chose it; false for an arm's first trial, where that is none of its best."""

    @property
    def name(self) -> str:
        """Name of the trial."""
        return f"{self.arm}-{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What is known of a member that has ended."""

    score: float | None
    """On the fold held out; None where it failed."""
    size: int = 0
    """Bytes of its checkpoint, which its weights make up."""
    why: str = ""
    """Why it failed."""


Answers = Mapping[tuple[str, int], Answered]
"""By the finalist's name and the fold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """How a finalist left the race."""

    folds: int
    """Folds that it had been trained on by then."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the race stands."""

    running: tuple[Finalist, ...]
    """Who has not dropped out."""
    dropped: Mapping[str, Dropped]
    """The others, by name."""
    fold: int
    """The first fold that one of the running has no answer on; the number of folds when the race is over."""


def finalists(
    records: Mapping[str, Iterable[TrialRecord]], top: int, maximize: bool
) -> list[Finalist]:
    """Choose the best completed trials of each arm, and its first one: the user's own configuration.

    Args:
        records: the trials of each arm, in order.
        top: how many of the best; 0 chooses none at all.
        maximize: whether more is better.

    Returns:
        Of each arm the best first; settings that were drawn twice count once. A first trial that failed is left out.
    """
    if top < 1:
        return []
    found: list[Finalist] = []
    for arm, trials in records.items():
        known = [r for r in trials if r.value is not None and r.status is not Status.FAILED]
        complete = [r for r in known if r.status is Status.COMPLETE]
        ranked = sorted(complete, key=lambda r: (_sign(maximize) * _value(r), r.number))
        different: dict[str, TrialRecord] = {}
        for record in ranked:
            different.setdefault(_text(record.values), record)
        chosen = dict(list(different.items())[:top])
        if chosen and known[0].number == 0:
            chosen.setdefault(_text(known[0].values), known[0])
        found += [
            Finalist(arm=arm, number=r.number, values=r.values, value=_value(r), chosen=rank < top)
            for rank, r in enumerate(chosen.values())
        ]
    return found


def stand(entered: Sequence[Finalist], answers: Answers, folds: int, maximize: bool) -> Standing:
    """Run the race as far as there are answers, fold by fold.

    After each fold that all who run have answered, those drop out whose member has failed, and those that are so
    far behind their arm's best that the folds left cannot make it up (`sweep.statistics.race`). What is known of
    later folds changes nothing, so that it does not matter who trained first.

    Args:
        entered: the finalists.
        answers: of the members that have ended.
        folds: folds of all repetitions.
        maximize: whether more is better.

    Returns:
        The standing.
    """
    from sweep.statistics.race import race

    running = list(entered)
    dropped: dict[str, Dropped] = {}
    for fold in range(folds):
        if not all((f.name, fold) in answers for f in running):
            return Standing(running=tuple(running), dropped=dropped, fold=fold)
        failed = {f.name: a.why for f in running if (a := answers[f.name, fold]).score is None}
        running = [finalist for finalist in running if finalist.name not in failed]
        for name, why in failed.items():
            dropped[name] = Dropped(folds=fold + 1, why=f"fold {fold + 1} failed: {why}")
        if not running:
            break
        on = race(
            scores(running, answers, folds, until=fold + 1),
            [finalist.arm for finalist in running],
            maximize=maximize,
        )
        behind = [f.name for f, goes_on in zip(running, on, strict=True) if not goes_on]
        running = [finalist for finalist in running if finalist.name not in behind]
        for name in behind:
            dropped[name] = Dropped(folds=fold + 1, why="out of reach of its arm's best")
    return Standing(running=tuple(running), dropped=dropped, fold=folds)


def scores(
    of: Sequence[Finalist], answers: Answers, folds: int, *, until: int | None = None
) -> "np.ndarray":
    """Tabulate the scores of finalists.

    Args:
        of: the finalists, f of them.
        answers: of their members.
        folds: n, folds of all repetitions.
        until: folds from here on are left out.

    Returns:
        (f, n); NaN where there is none.
    """
    import numpy as np

    table = np.full((len(of), folds), np.nan)
    for row, finalist in enumerate(of):
        for fold in range(folds if until is None else until):
            answered = answers.get((finalist.name, fold))
            if answered is not None and answered.score is not None:
                table[row, fold] = answered.score
    return table


def win(
    running: Sequence[Finalist], answers: Answers, *, folds: int, repeats: int, maximize: bool
) -> Finalist:
    """Choose the winner: the best mean over all folds, or a smaller network that is as good.

    As good is who is behind the best by less than one standard error of the mean paired difference, corrected for
    the rows that the members share (Nadeau & Bengio, 2003), and ahead of it on most folds where they differ. The rule
    of one standard error alone (Breiman et al., "Classification and regression trees", 1984) is too wide at five folds:
    it took networks that lost every fold, and up to .015 of average precision on test (experiments/confirm).
    Smaller is whose checkpoint has fewer bytes, to a hundredth.

    Args:
        running: who has an answer on every fold; at least one.
        answers: of their members.
        folds: of one repetition.
        repeats: repetitions.
        maximize: whether more is better.

    Returns:
        The winner.
    """
    from sweep.statistics.fold_means import FoldMean

    table = -_sign(maximize) * scores(running, answers, folds * repeats)
    means = table.mean(axis=1).tolist()
    best = max(range(len(means)), key=means.__getitem__)
    as_good = [best]
    for row in range(len(means)):
        lost = table[best] - table[row]
        behind = FoldMean.of(lost, folds=folds)
        if behind.value < behind.error and (lost < 0).sum() > (lost > 0).sum():
            as_good.append(row)
    sizes = [answers[finalist.name, 0].size for finalist in running]
    least = min(sizes[row] for row in as_good)
    small = [row for row in as_good if sizes[row] <= 1.01 * least]
    return running[max(small, key=means.__getitem__)]


def _sign(maximize: bool) -> int:
    return -1 if maximize else 1


def _value(record: TrialRecord) -> float:
    assert record.value is not None
    return record.value


def _text(values: Mapping[str, Plain]) -> str:
    return json.dumps(values, sort_keys=True)
