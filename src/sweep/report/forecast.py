"""How long the rest of a sweep takes, by what its trainings have taken so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sweep.config import Config
from sweep.records import Reason, Status
from sweep.search.proposals import TrialRecord
from sweep.search.study import ArmStudy

MINUTE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Seconds of the sweep's time (`TrialRecord.wall_s`), spent and to come; nothing is known before a trial has ended.

    Trials to come are taken to last as long as those so far. Members are taken to last as long as the trials that would
    be confirmed now, times the rows that they train on more; nobody is taken to drop out. Where several workers train
    side by side, search and confirmation each end with some of them idle, half a training on average.
    """

    studies: Mapping[str, ArmStudy]
    """One for each arm."""
    slots: int = 1
    """Trainings at the same time."""
    top: int = 0
    """Best trials an arm that are confirmed besides its first one; 0: none is."""
    members: int = 0
    """Trainings of each of them."""
    longer: float = 1.0
    """Rows that a member trains on, by those of a trial."""
    maximize: bool = True
    minutes: float | None = None
    """`search.minutes`."""
    confirmed_s: float = 0.0
    """What earlier commands have spent on members."""

    @classmethod
    def of(
        cls, config: Config, studies: Mapping[str, ArmStudy], *, slots: int, **confirmation: Any
    ) -> "Forecast":
        """Make the forecast of a sweep by its settings; `confirmation` are the fields that they do not tell."""
        return cls(
            studies=studies,
            slots=slots,
            top=config.confirm.top,
            maximize=config.objective.metric.maximize,
            minutes=config.search.minutes,
            **confirmation,
        )

    def trial_s(self) -> float | None:
        """Mean of the trials that have ended."""
        known = [record.wall_s for record in self._ended()]
        return sum(known) / len(known) if known else None

    def spent_s(self) -> float:
        """What has been spent, on trials that ended and on members."""
        return sum(record.wall_s for record in self._ended()) + self.confirmed_s

    def trainings(self) -> tuple[int | None, int]:
        """Trials to come, None where time alone decides, and members at most."""
        finalists = sum(self._finalists(study) for study in self.studies.values())
        further = [study.further for study in self.studies.values()]
        known = [more for more in further if more is not None]
        left = sum(study.left for study in self.studies.values())
        trials = left + sum(known) if len(known) == len(further) else None
        return trials, finalists * self.members

    def confirmation_s(self) -> float | None:
        """What the confirmation of the whole search will take at most."""
        usual = self._mean([r for r in self._ended() if r.status is Status.COMPLETE])
        usual = self.trial_s() if usual is None else usual
        if usual is None or not self.top:
            return usual if usual is None else 0.0
        found = 0.0
        for study in self.studies.values():
            mean = self._mean(self._best(study))
            each = self.longer * (usual if mean is None else mean)
            found += self._finalists(study) * self.members * each
        return found + self._idle_s(usual * self.longer)

    def member_s(self) -> float | None:
        """What one member of the confirmation will take on average."""
        whole = self.confirmation_s()
        _, members = self.trainings()
        return whole / members if whole and members else None

    def left_s(self) -> float | None:
        """What all that comes will take, the confirmation among it."""
        trial, confirmation = self.trial_s(), self.confirmation_s()
        most = None if self.minutes is None else self.minutes * MINUTE_S - self.spent_s()
        if trial is None or confirmation is None:
            return None
        left, _ = self.trainings()
        begun = sum(study.left + study.counts()["running"] for study in self.studies.values())
        least = begun * trial + confirmation
        if left is None:
            return max(most or 0.0, least)
        running = sum(study.counts()["running"] for study in self.studies.values())
        needed = (left + running) * trial + self._idle_s(trial) + confirmation
        # What was begun is brought to its end, whether it fits or not.
        return needed if most is None else min(needed, max(most, least))

    def fits(self, running: int) -> bool:
        """Say whether a further round of the arms can be trained, and all be confirmed, within `minutes`.

        Args:
            running: trials that are being trained; each is counted whole.

        Returns:
            True also while nothing is known.
        """
        trial, confirmation = self.trial_s(), self.confirmation_s()
        if trial is None or confirmation is None or self.minutes is None:
            return True
        search = (running + len(self.studies)) * trial + self._idle_s(trial)
        return self.spent_s() + search + confirmation <= self.minutes * MINUTE_S

    def _idle_s(self, training: float) -> float:
        # `training` is by the number of workers already: the last to end leaves the others half of it idle.
        return (self.slots - 1) * training / 2

    def _finalists(self, study: ArmStudy) -> int:
        if not self.top:
            return 0
        most = self.top + 1
        return most if study.further is None else min(most, study.budget + study.further)

    def _best(self, study: ArmStudy) -> list[TrialRecord]:
        sign = -1 if self.maximize else 1
        complete = [r for r in study.records() if r.status is Status.COMPLETE]
        ranked = sorted(complete, key=lambda r: (sign * (r.value or 0.0), r.number))
        first = [r for r in complete if r.number == 0 and r not in ranked[: self.top]]
        return ranked[: self.top] + first

    def _ended(self) -> list[TrialRecord]:
        records = [record for study in self.studies.values() for record in study.records()]
        return [r for r in records if r.status is not None and r.reason is not Reason.interrupted]

    @staticmethod
    def _mean(records: list[TrialRecord]) -> float | None:
        return sum(r.wall_s for r in records) / len(records) if records else None


def written(seconds: float) -> str:
    """Write a span of time as a person would.

    >>> [written(seconds) for seconds in (7, 400, 6000)]
    ['7 s', '7 min', '1 h 40 min']
    """
    if seconds < 90:
        return f"{max(seconds, 0):.0f} s"
    minutes = round(seconds / MINUTE_S)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
