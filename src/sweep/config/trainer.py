"""Settings of how long and in which batches a trial trains."""

from dataclasses import dataclass

from sweep.errors import UserError


@dataclass(kw_only=True, slots=True)
class TrainerConfig:
    """How long and in which batches a trial trains."""

    max_epochs: int = 20
    """Passes over the training part, at most."""
    patience: int = 5
    """Early stopping: validations without progress before training ends."""
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
    """Lightning's accelerator: auto, cpu, gpu, mps."""

    def __post_init__(self) -> None:
        mistakes = [
            f"trainer.{name} must be at least 1, but got {getattr(self, name)}."
            for name in ("max_epochs", "patience", "batch_size", "eval_batch_size")
            if getattr(self, name) < 1
        ]
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
