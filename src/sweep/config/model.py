"""Settings of the network."""

from dataclasses import dataclass

from sweep.errors import UserError
from sweep.plugins.tables import CELLS, NETWORKS, READ_OUTS


@dataclass(kw_only=True, slots=True)
class ModelConfig:
    """Embedding, LSTM or GRU, read-out, one logit."""

    network: str = NETWORKS.field("recurrent")
    """recurrent: embedding, layers of a cell, read-out, one logit; or a plug-in's whole network, which takes of these
    settings `embedding`, `vectors`, `freeze_vectors` and `prior_bias` alone."""
    cell: str = CELLS.field("lstm")
    """The recurrent cell: lstm, gru, or a plug-in's."""
    embedding: int = 128
    """Size of a token's vector; that of the ready-made ones, where such are taken."""
    vectors: str = "auto"
    """Ready-made word vectors to start from: a name (`glove_6b_50`), a file, none; auto takes an installed package's
    where text.level=word and they know the texts' language."""
    vectors_coverage: float = 0.9
    """Share of the training texts' words, by occurrence, that auto's vectors must know. English texts: .96 to 1 of
    GloVe's words; texts in other languages: at most .85 (experiments/vectors)."""
    centre_vectors: bool = False
    """Whether the mean of the ready-made vectors is taken off them: what all words share says nothing, and a network
    that must tell words apart rests the shorter without it, but SMS lost .003 (experiments/default_search)."""
    freeze_vectors: bool = False
    """Whether ready-made vectors stay as they are; without effect where none are taken."""
    hidden: int = 128
    """Hidden units a layer and direction."""
    layers: int = 1
    """Recurrent layers."""
    bidirectional: bool = False
    """Whether a second network reads the text from its end."""
    read_out: str = READ_OUTS.field("max")
    """last: the state at the last token; mean or max: over the states of all tokens; or a plug-in's."""
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
        mistakes = NETWORKS.refusal(self.network) + CELLS.refusal(self.cell)
        mistakes += READ_OUTS.refusal(self.read_out)
        mistakes += [
            f"model.{name} must be at least 1, but got {getattr(self, name)}."
            for name in ("embedding", "hidden", "layers")
            if getattr(self, name) < 1
        ]
        mistakes += [
            f"model.{name} must lie in [0, 1), but got {getattr(self, name):g}."
            for name in ("embedding_dropout", "layer_dropout", "dropout")
            if not 0 <= getattr(self, name) < 1
        ]
        if not self.vectors:
            mistakes.append(
                "model.vectors must be auto, none, a name or a file, but got an empty text."
            )
        if not 0 <= self.vectors_coverage <= 1:
            mistakes.append(
                f"model.vectors_coverage must lie in [0, 1], but got {self.vectors_coverage:g}."
            )
        if mistakes:
            raise UserError(*mistakes)
