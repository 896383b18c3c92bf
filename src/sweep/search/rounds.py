"""Whose turn it is: arms get their trials round by round, so that none ever has more than another."""

from collections.abc import Callable, Mapping

from sweep.search.proposals import Proposal
from sweep.search.study import ArmStudy


class Rounds:
    """Hands out the trials of all arms.

    A round is one number of every arm. Under `search.minutes` the next one is granted as a whole or not at all, and a
    round that was begun is trained to its end, so that arms differ by what is running and by nothing else.

    Args:
        studies: one for each arm, in order.
    """

    def __init__(self, studies: Mapping[str, ArmStudy]) -> None:
        self._studies = list(studies.values())

    @property
    def left(self) -> int:
        """Trials that have been granted and not yet handed out."""
        return sum(study.left for study in self._studies)

    @property
    def open(self) -> bool:
        """Whether time is what decides about a further round."""
        return any(study.further != 0 for study in self._studies)

    def next(self, fits: Callable[[], bool]) -> tuple[ArmStudy, Proposal] | None:
        """Hand out the next trial.

        Args:
            fits: says whether there is time for a whole round more; not asked about the first.

        Returns:
            An arm's study and its trial, which is running from now on; None where there is none, for now.
        """
        if not self.left and self.open:
            done = max(study.budget for study in self._studies)
            if not done or fits():
                for study in self._studies:
                    study.grant(done + 1)
        # The arm with most of its budget left goes first: arms advance side by side.
        study = max(self._studies, key=lambda study: study.left)
        proposal = study.next()
        return None if proposal is None else (study, proposal)

    def close(self) -> None:
        """Note that the time is used up: the same command, given again, searches no further."""
        if self.open:
            for study in self._studies:
                study.use_up()
