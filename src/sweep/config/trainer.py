"""Settings of how long and in which batches a trial trains."""

from dataclasses import dataclass

from sweep.errors import UserError


@dataclass(kw_only=True, slots=True)
class TrainerConfig:
    """How long and in which batches a trial trains."""

    max_epochs: int = 20
    """Passes over the training part, at most."""
    patience: int = 5
    """Early stopping: validations without progress, counted from the first epoch of learning, before training ends."""
    min_progress: float = 0.1
    """Early stopping: smallest rise of the objective that is progress, in standard errors of the score (a smallest
    rise keeps noise from putting off the end: Prechelt, "Early stopping - but when?", 1998)."""
    chance_margin: float = 3.0
    """A trial learns from the epoch on whose score lies so many standard errors above what a constant answer scores
    (`sweep.scoring.chance` has the formulas and their sources); until then it is neither pruned nor stopped."""
    chance_share: float = 0.75
    """Share of `max_epochs` that a trial gets to begin learning; one that has not is ended as `no_learning`. A score
    rises for some eight epochs, so that one which begins later misses the best (experiments/default_search)."""
    batch_size: int = 32
    """Rows a step."""
    eval_batch_size: int = 256
    """Rows a batch where no gradient is needed; changes speed only."""
    micro_batch_tokens: int | str = "auto"
    """Tokens, padding included, that training takes through the network at once; a larger batch is cut into parts
    whose gradients are added: the same step but for rounding and for what dropout draws, in less memory and, on a CPU,
    less time. `auto` is 4096 for an LSTM and 16384 for a GRU on a CPU, and no limit elsewhere; 0 never cuts."""
    bucketing: bool = True
    """Whether a batch holds texts of similar length, which saves padding."""
    accelerator: str = "auto"
    """Lightning's accelerator: auto, cpu, gpu, cuda, mps; one that is not there is refused."""
    probe: bool = True
    """Whether each trial of the search records losses, gradients and gates of its epochs in `probe.json`, for the
    diagnosis; changes no weight, and costs a few hundredths of the training's time, more of small networks
    (experiments/benchmark/probe.py)."""

    def __post_init__(self) -> None:
        mistakes = [
            f"trainer.{name} must be at least 1, but got {getattr(self, name)}."
            for name in ("max_epochs", "patience", "batch_size", "eval_batch_size")
            if getattr(self, name) < 1
        ]
        mistakes += [
            f"trainer.{name} must not be negative, but got {getattr(self, name):g}."
            for name in ("min_progress", "chance_margin")
            if not getattr(self, name) >= 0
        ]
        if not 0 <= self.chance_share <= 1:
            mistakes.append(
                f"trainer.chance_share must lie in [0, 1], but got {self.chance_share:g}."
            )
        tokens = self.micro_batch_tokens
        if tokens != "auto" and not (isinstance(tokens, int) and tokens >= 0):
            mistakes.append(
                f"trainer.micro_batch_tokens must be `auto` or at least 0, but got {tokens!r}."
            )
        known = ("auto", "cpu", "gpu", "cuda", "mps")
        if self.accelerator not in known:
            mistakes.append(
                f"trainer.accelerator must be one of {', '.join(known)}, but got {self.accelerator!r}."
            )
        if mistakes:
            raise UserError(*mistakes)
