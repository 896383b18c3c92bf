"""Settings of how weights are updated."""

from dataclasses import dataclass
from enum import StrEnum

from sweep.errors import UserError


class OptimizerName(StrEnum):
    """The optimizer."""

    adam = "adam"
    adamw = "adamw"
    sgd = "sgd"
    rmsprop = "rmsprop"


class Schedule(StrEnum):
    """How the learning rate moves."""

    none = "none"
    cosine = "cosine"
    plateau = "plateau"
    warmup = "warmup"


@dataclass(kw_only=True, slots=True)
class OptimizerConfig:
    """How weights are updated."""

    name: OptimizerName = OptimizerName.adam
    """The optimizer."""
    learning_rate: float = 2e-3
    """Step size, at its highest where a schedule moves it."""
    sgd_factor: float = 1.0
    """sgd: multiplies `learning_rate`, so that a search may give one range of rates to all optimizers: recurrent
    networks need steps under SGD some thirty to a hundred times those of Adam."""
    vectors_rate: float = 1.0
    """Step size of ready-made word vectors as a share of `learning_rate`; without effect where none are taken. At .3
    SST-2 gained .005 and SMS lost .003 (experiments/vectors), and the validation part told which."""
    weight_decay: float = 0.0
    """Decay of weights a step; decoupled under adamw, an L2 term elsewhere."""
    momentum: float = 0.9
    """Momentum of sgd and rmsprop."""
    clip_norm: float = 1.0
    """Largest norm of a step's gradient; 0 leaves gradients as they are."""
    schedule: Schedule = Schedule.none
    """none; cosine to zero over `trainer.max_epochs`; plateau: halve when progress rests; warmup: rise, then stay."""
    warmup_epochs: float = 1.0
    """Epochs of linear rise under warmup and cosine."""
    plateau_patience: int = 1
    """Epochs without progress before plateau halves the rate."""

    def __post_init__(self) -> None:
        mistakes = []
        if not self.learning_rate > 0:
            mistakes.append(
                f"optimizer.learning_rate must be above 0, but got {self.learning_rate:g}."
            )
        if not self.sgd_factor > 0:
            mistakes.append(f"optimizer.sgd_factor must be above 0, but got {self.sgd_factor:g}.")
        if not self.vectors_rate > 0:
            mistakes.append(
                f"optimizer.vectors_rate must be above 0, but got {self.vectors_rate:g}; "
                "model.freeze_vectors=true keeps the vectors as they are."
            )
        if not 0 <= self.momentum < 1:
            mistakes.append(f"optimizer.momentum must lie in [0, 1), but got {self.momentum:g}.")
        mistakes += [
            f"optimizer.{name} must not be negative, but got {getattr(self, name):g}."
            for name in ("weight_decay", "clip_norm", "warmup_epochs", "plateau_patience")
            if getattr(self, name) < 0
        ]
        if mistakes:
            raise UserError(*mistakes)
