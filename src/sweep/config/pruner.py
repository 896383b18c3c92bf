"""Settings of when a trial is stopped."""

from dataclasses import dataclass
from enum import StrEnum


class PrunerName(StrEnum):
    """When a trial that falls behind is stopped."""

    none = "none"
    median = "median"
    successive_halving = "successive_halving"
    hyperband = "hyperband"
    patient = "patient"


@dataclass(kw_only=True, slots=True)
class PrunerConfig:
    """When a trial that falls behind is stopped; it is judged by its best score so far, at its epochs of learning."""

    name: PrunerName = PrunerName.patient
    """none, median, successive_halving, hyperband, or patient (median, after `patience` epochs without progress): a
    trial may leave chance late and then rises steeply, which no error of its score excuses (experiments/early_end)."""
    margin: float = 1.0
    """all: a trial is judged as if its score were better by so many of its standard errors, so that a difference one
    validation part cannot show prunes nothing (the one-standard-error rule of Breiman et al., 1984)."""
    startup_trials: int = 4
    """median, patient: trials of the arm that finish unpruned first."""
    warmup_epochs: int = 5
    """median, patient: epochs of learning that every trial gets; as many as `trainer.patience` waits for progress."""
    history: int = 1000
    """median, patient: latest complete trials compared with; 0: all."""
    reduction_factor: int = 3
    """successive_halving, hyperband: of so many trials one goes on."""
    min_epochs: int = 1
    """successive_halving, hyperband: epochs of learning at the first rung."""
    patience: int = 2
    """patient: epochs without progress before the trial may be pruned."""
