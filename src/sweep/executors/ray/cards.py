"""Which of a node's cards each of its slots uses."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sweep.executors.worker import Work, training
from sweep.records import EpochReport, TrialJob, TrialResult

VISIBLE = "CUDA_VISIBLE_DEVICES"


def shares(visible: Sequence[str], slots: int, gpus: float) -> list[str]:
    """Divide cards among slots.

    Args:
        visible: names of the cards.
        slots: trials at once.
        gpus: cards, or the share of one, that a trial takes.

    Returns:
        For each slot what it sees, as the variable `CUDA_VISIBLE_DEVICES` spells it.

    >>> shares(["2", "5"], 4, 0.5)
    ['2', '2', '5', '5']
    >>> shares(["2", "5"], 1, 2)
    ['2,5']
    """
    if gpus < 1:
        together = int(1 / gpus + 1e-9)
        return [visible[slot // together] for slot in range(slots)]
    each = int(gpus)
    return [",".join(visible[slot * each : (slot + 1) * each]) for slot in range(slots)]


@dataclass(frozen=True, slots=True)
class OnCard:
    """Work that sees its own cards only, and takes no more of a shared card's memory than its share."""

    visible: str
    gpus: float
    threads: int
    work: Work | None

    def __call__(self, job: TrialJob, report: Callable[[EpochReport], bool]) -> TrialResult:
        """Do the job."""
        # This process was forked from one that has loaded torch, but has not yet asked for any card.
        os.environ[VISIBLE] = self.visible
        work = self.work or training(self.threads)
        if self.gpus < 1:
            import torch

            if torch.cuda.is_available():
                torch.cuda.set_per_process_memory_fraction(self.gpus)
        return work(job, report)
