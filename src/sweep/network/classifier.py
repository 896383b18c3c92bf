"""The recurrent classifier: embedding, LSTM or GRU, read-out, one logit; exact whatever the padding.

Shapes: B batch, T tokens of the longest text in the batch, E embedding, H hidden, D directions.
Inside, tokens come before rows, as the recurrent kernels want them: one token's vectors of all rows
lie side by side, and nothing is copied to bring them there.
"""

import math
from typing import Any

import torch
from torch import Tensor, nn

from sweep.network.gru import run_layers

PADDING_ID = 0
CELLS = {"lstm": nn.LSTM, "gru": nn.GRU}


class Classifier(nn.Module):
    """Reads token ids and gives the logit of the positive class.

    A text's logit does not depend on the texts beside it in the batch: states are read at the
    text's own end, and the backward direction reads each row reversed within its own length. That is
    exact like `pack_padded_sequence`, and two to three times faster on a CPU.

    Args:
        vocabulary_size: number of token ids; id 0 is padding.
        cell: "lstm" or "gru".
        embedding: size of a token's vector.
        hidden: units a layer and direction.
        layers: recurrent layers.
        bidirectional: whether a second network reads from the text's end.
        read_out: "last", "mean" or "max" over the states of all tokens.
        embedding_dropout: share of embedding values dropped while training.
        layer_dropout: share dropped between recurrent layers.
        dropout: share dropped before the output.
    """

    def __init__(
        self,
        *,
        vocabulary_size: int,
        cell: str,
        embedding: int,
        hidden: int,
        layers: int,
        bidirectional: bool,
        read_out: str,
        embedding_dropout: float = 0.0,
        layer_dropout: float = 0.0,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.read_out = read_out
        self.bidirectional = bidirectional
        self.embedding = nn.Embedding(vocabulary_size, embedding, padding_idx=PADDING_ID)
        self.embedding_dropout = nn.Dropout(embedding_dropout)
        self.stack = Stack(cell, embedding, hidden, layers, bidirectional, layer_dropout)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(hidden * (2 if bidirectional else 1), 1)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Classify texts.

        Args:
            ids: token ids padded with 0, (B, T), int64.
            lengths: tokens of each text, (B,), at least 1.

        Returns:
            Logits, (B,).
        """
        return self.classify(self.embedding(ids.t()), lengths)

    def forward_mixed(
        self, ids: Tensor, partner_ids: Tensor, weights: Tensor, lengths: Tensor
    ) -> Tensor:
        """Classify points between two texts: their embeddings mixed position by position.

        Args:
            ids: token ids, (B, T), padded to the longer text of each pair.
            partner_ids: the other texts' ids, (B, T).
            weights: share of the other text, (B,), in [0, 1).
            lengths: length of the longer text of each pair, (B,).

        Returns:
            Logits, (B,).

        References:
            SMOTE (Chawla et al., 2002) applied to embeddings, as mixup for text does
            (Guo, Mao & Zhang, 2019).
        """
        share = weights[:, None]
        own, other = self.embedding(ids.t()), self.embedding(partner_ids.t())
        return self.classify((1 - share) * own + share * other, lengths)

    def classify(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """Classify embedded texts.

        Args:
            vectors: token vectors, (T, B, E).
            lengths: tokens of each text, (B,).

        Returns:
            Logits, (B,).
        """
        states = self.stack(self.embedding_dropout(vectors), lengths)  # (T, B, H * D)
        summary = read_out(states, lengths, self.read_out, self.bidirectional)  # (B, H * D)
        logits: Tensor = self.head(self.dropout(summary))  # (B, 1)
        return logits.squeeze(1)

    @torch.no_grad()
    def initialise(
        self,
        *,
        forget_bias: float,
        orthogonal: bool,
        log_odds: float | None,
        vectors: Tensor | None,
    ) -> None:
        """Set the start values that PyTorch's own defaults leave poor.

        Args:
            forget_bias: start value of the LSTM's forget gate.
            orthogonal: whether the recurrent weights of each gate start orthogonal.
            log_odds: start value of the output; None leaves it.
            vectors: token vectors to start from, (V, E); None leaves them random.

        References:
            Jozefowicz et al., 2015 (forget bias); Saxe et al., 2014 (orthogonal weights);
            Karpathy, "A recipe for training neural networks", 2019 (output bias).
        """
        for rnn in self.stack.rnns():
            for name, weight in rnn.named_parameters():
                if orthogonal and name.startswith("weight_hh"):
                    for gate in torch.split(weight, rnn.hidden_size):
                        nn.init.orthogonal_(gate)
                if isinstance(rnn, nn.LSTM) and name.startswith("bias"):
                    # PyTorch adds two biases; the second one stays at zero, so the sum is as asked.
                    forget = weight[rnn.hidden_size : 2 * rnn.hidden_size]
                    forget.fill_(forget_bias if name.startswith("bias_ih") else 0.0)
        if log_odds is not None:
            self.head.bias.fill_(log_odds)
        if vectors is not None:
            self.embedding.weight.copy_(vectors)
            self.embedding.weight[PADDING_ID] = 0.0


class Stack(nn.Module):
    """Recurrent layers in one or two directions, exact on padded batches.

    Args:
        cell: "lstm" or "gru".
        inputs: size of a token's vector.
        hidden: units a layer and direction.
        layers: number of layers.
        bidirectional: whether each layer also reads from the text's end.
        dropout: share dropped between layers.
    """

    def __init__(
        self, cell: str, inputs: int, hidden: int, layers: int, bidirectional: bool, dropout: float
    ) -> None:
        super().__init__()
        kind = CELLS[cell]
        between = dropout if layers > 1 else 0.0
        if bidirectional:
            sizes = [inputs] + [2 * hidden] * (layers - 1)
            self.ahead = nn.ModuleList(kind(size, hidden) for size in sizes)
            self.back = nn.ModuleList(kind(size, hidden) for size in sizes)
        else:
            # One call for all layers; the states at a text's own tokens never see the padding.
            whole = kind(inputs, hidden, layers, dropout=between)
            self.ahead, self.back = nn.ModuleList([whole]), nn.ModuleList()
        self.between = nn.Dropout(between)

    def rnns(self) -> list[nn.RNNBase]:
        """Every recurrent module, in order."""
        return [module for module in self.modules() if isinstance(module, nn.RNNBase)]

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Run all layers.

        Args:
            x: token vectors, (T, B, E).
            lengths: tokens of each text, (B,).

        Returns:
            States of the last layer, (T, B, H * D); those beyond a text's length mean nothing.
        """
        if not self.back:
            return run_layers(self.ahead[0], x)
        order = reversal(lengths, len(x))
        for layer, (ahead, back) in enumerate(zip(self.ahead, self.back, strict=True)):
            if layer:
                x = self.between(x)
            turned = run_layers(back, _Turned.apply(x, order))  # type: ignore[no-untyped-call]
            x = torch.cat([run_layers(ahead, x), _Turned.apply(turned, order)], dim=2)  # type: ignore[no-untyped-call]
        return x


def reversal(lengths: Tensor, longest: int) -> Tensor:
    """Places that reverse each row within its own length and leave its padding where it is.

    Args:
        lengths: tokens of each text, (B,).
        longest: T.

    Returns:
        For each token of each row, the place t * B + b of the one that takes its place, (T * B,),
        int64. Doing it twice changes nothing.

    >>> reversal(torch.tensor([2, 3]), 3).view(3, 2).tolist()
    [[2, 5], [0, 3], [4, 1]]
    """
    steps = torch.arange(longest, device=lengths.device)[:, None]
    turned = torch.where(steps < lengths, lengths - 1 - steps, steps)  # (T, B)
    rows = torch.arange(len(lengths), device=lengths.device)
    return (turned * len(lengths) + rows).flatten()


class _Turned(torch.autograd.Function):
    """Tokens in another order, (T, B, F); a reversal is its own inverse, which autograd cannot know."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, order: Tensor) -> Tensor:
        ctx.save_for_backward(order)
        return _moved(x, order)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (order,) = ctx.saved_tensors
        return _moved(gradient, order), None


def _moved(x: Tensor, order: Tensor) -> Tensor:
    return x.reshape(-1, x.shape[2]).index_select(0, order).view(x.shape)


def read_out(states: Tensor, lengths: Tensor, how: str, bidirectional: bool) -> Tensor:
    """Bring the states of all tokens into one vector a text.

    Args:
        states: of all tokens, (T, B, H * D).
        lengths: (B,).
        how: "last", "mean" or "max" over the text's own tokens.
        bidirectional: whether the second half of the states was read from the text's end; its last
            state then stands at the first token.

    Returns:
        (B, H * D).

    Raises:
        ValueError: `how` is none of the three.
    """
    if how == "last":
        final = states[lengths - 1, torch.arange(len(lengths), device=states.device)]
        if not bidirectional:
            return final
        half = states.shape[2] // 2
        return torch.cat([final[:, :half], states[0, :, half:]], dim=1)
    outside = (torch.arange(len(states), device=lengths.device)[:, None] >= lengths)[:, :, None]
    if how == "mean":
        return states.masked_fill(outside, 0.0).sum(0) / lengths[:, None]
    if how == "max":
        # Added rather than filled in: the same value, and its gradient costs nothing.
        below = torch.zeros_like(outside, dtype=states.dtype).masked_fill_(outside, -math.inf)
        return (states + below).amax(0)
    raise ValueError(f"`how` must be last, mean or max, but got {how!r}.")
