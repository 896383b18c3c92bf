"""Settings of the network."""

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
