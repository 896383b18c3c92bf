"""Optuna's storage in memory, which can show a sampler a part of a long history."""

from bisect import insort
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from heapq import merge

from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, TrialState


class Memory(InMemoryStorage):
    """Holds one study.

    Args:
        maximize: whether a larger objective is better.
    """

    def __init__(self, maximize: bool) -> None:
        super().__init__()
        self._maximize = maximize
        self._ranked: list[tuple[float, int]] = []  # of complete trials, best first, and number
        self._complete: list[int] = []  # numbers, sorted
        self._judged: list[int] = []  # of those that are complete or pruned, sorted
        self._running: set[int] = set()
        self._shown: list[FrozenTrial] | None = None

    @contextmanager
    def showing(self, history: int, *, best: int = 0, pruned: bool = True) -> Iterator[None]:
        """For a while, show the best trials, the latest ones and those that run; none that failed.

        Args:
            history: finished trials to show; 0, or no more than these, shows all there are.
            best: how many of them are the best ones, however old.
            pruned: whether pruned trials are among the latest.
        """
        numbers = self._judged if pruned else self._complete
        if history and len(numbers) > history:
            self._shown = self._recalled(numbers, history, best)
        try:
            yield
        finally:
            self._shown = None

    def _recalled(self, numbers: list[int], history: int, best: int) -> list[FrozenTrial]:
        (study,) = self.get_all_studies()
        trials = super().get_all_trials(study._study_id, deepcopy=False)
        chosen = {number for _, number in self._ranked[:best]}
        for number in reversed(numbers):
            if len(chosen) >= history:
                break
            chosen.add(number)
        return [trials[number] for number in merge(sorted(chosen), sorted(self._running))]

    def get_all_trials(
        self,
        study_id: int,
        deepcopy: bool = True,
        states: Container[TrialState] | None = None,
    ) -> list[FrozenTrial]:
        """List the trials that are shown; see Optuna's own method."""
        if self._shown is None or deepcopy or states == (TrialState.WAITING,):
            return super().get_all_trials(study_id, deepcopy, states)
        return [t for t in self._shown if states is None or t.state in states]

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        """Add a trial; see Optuna's own method."""
        trial_id = super().create_new_trial(study_id, template_trial)
        self._note(trial_id)
        return trial_id

    def set_trial_state_values(
        self, trial_id: int, state: TrialState, values: Sequence[float] | None = None
    ) -> bool:
        """Change a trial's state; see Optuna's own method."""
        changed = super().set_trial_state_values(trial_id, state, values)
        self._note(trial_id)
        return changed

    def _note(self, trial_id: int) -> None:
        trial = self.get_trial(trial_id)
        if not trial.state.is_finished():
            self._running.add(trial.number)
            return
        self._running.discard(trial.number)
        if trial.state is not TrialState.FAIL:
            insort(self._judged, trial.number)
        if trial.state is TrialState.COMPLETE and trial.value is not None:
            insort(self._complete, trial.number)
            insort(self._ranked, (-trial.value if self._maximize else trial.value, trial.number))
