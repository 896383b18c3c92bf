"""Settings of the network and its training."""

from dataclasses import dataclass
from enum import StrEnum

from sweep.errors import UserError


class Cell(StrEnum):
    """The recurrent cell."""

    lstm = "lstm"
    gru = "gru"


class ReadOut(StrEnum):
    """How the states of all tokens become one vector."""

    last = "last"
    mean = "mean"
    max = "max"


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


class LossName(StrEnum):
    """The loss."""

    bce = "bce"
    focal = "focal"


@dataclass(kw_only=True, slots=True)
class ModelConfig:
    """Embedding, LSTM or GRU, read-out, one logit."""

    cell: Cell = Cell.lstm
    """The recurrent cell."""
    embedding: int = 128
    """Size of a token's vector; the file's, where `vectors` is given."""
    vectors: str | None = None
    """Text file of GloVe or word2vec vectors to start from."""
    freeze_vectors: bool = False
    """Whether the vectors of `vectors` stay as they are."""
    hidden: int = 128
    """Hidden units a layer and direction."""
    layers: int = 1
    """Recurrent layers."""
    bidirectional: bool = False
    """Whether a second network reads the text from its end."""
    read_out: ReadOut = ReadOut.max
    """last: the state at the last token; mean or max: over the states of all tokens."""
    embedding_dropout: float = 0.5
    """Share of embedding values dropped while training; small corpora are learnt by heart without it."""
    layer_dropout: float = 0.0
    """Share of values dropped between recurrent layers; needs two layers to act."""
    dropout: float = 0.2
    """Share of values dropped before the output."""
    forget_bias: float = 1.0
    """Start value of the LSTM's forget gate; 1 lets it remember from the first step (Jozefowicz et al., 2015)."""
    orthogonal: bool = True
    """Whether recurrent weights start orthogonal (Saxe et al., 2014)."""
    prior_bias: bool = True
    """Whether the output starts at the log-odds of the training part."""

    def __post_init__(self) -> None:
        mistakes = [
            f"model.{name} must be at least 1, but got {getattr(self, name)}."
            for name in ("embedding", "hidden", "layers")
            if getattr(self, name) < 1
        ]
        mistakes += [
            f"model.{name} must lie in [0, 1), but got {getattr(self, name):g}."
            for name in ("embedding_dropout", "layer_dropout", "dropout")
            if not 0 <= getattr(self, name) < 1
        ]
        if self.freeze_vectors and self.vectors is None:
            mistakes.append(
                "model.freeze_vectors=true freezes vectors from a file, but model.vectors is not given."
            )
        if mistakes:
            raise UserError(*mistakes)


@dataclass(kw_only=True, slots=True)
class OptimizerConfig:
    """How weights are updated."""

    name: OptimizerName = OptimizerName.adam
    """The optimizer."""
    learning_rate: float = 2e-3
    """Step size, at its highest where a schedule moves it."""
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
        if not 0 <= self.momentum < 1:
            mistakes.append(f"optimizer.momentum must lie in [0, 1), but got {self.momentum:g}.")
        mistakes += [
            f"optimizer.{name} must not be negative, but got {getattr(self, name):g}."
            for name in ("weight_decay", "clip_norm", "warmup_epochs", "plateau_patience")
            if getattr(self, name) < 0
        ]
        if mistakes:
            raise UserError(*mistakes)


@dataclass(kw_only=True, slots=True)
class LossConfig:
    """What training minimises."""

    name: LossName = LossName.bce
    """Binary cross-entropy, or focal loss (Lin et al., 2017)."""
    positive_weight: int | float | str = 1.0
    """Weight of a positive row against a negative one; `balanced` takes negatives / positives of the training part."""
    focal_gamma: float = 2.0
    """How strongly focal loss plays down rows that are right already."""
    label_smoothing: float = 0.0
    """Share by which the targets 0 and 1 move towards one half."""

    def __post_init__(self) -> None:
        mistakes = []
        weight = self.positive_weight
        if (
            isinstance(weight, str)
            and weight != "balanced"
            or not isinstance(weight, str)
            and not weight > 0
        ):
            mistakes.append(
                f"loss.positive_weight must be a number above 0 or `balanced`, but got {weight!r}."
            )
        if self.focal_gamma < 0:
            mistakes.append(
                f"loss.focal_gamma must not be negative, but got {self.focal_gamma:g}."
            )
        if not 0 <= self.label_smoothing < 1:
            mistakes.append(
                f"loss.label_smoothing must lie in [0, 1), but got {self.label_smoothing:g}."
            )
        if mistakes:
            raise UserError(*mistakes)


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
    """Lightning's accelerator: auto, cpu, gpu, cuda, mps; one that is not there is refused."""

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
