"""A network by its arguments: ours, or a plug-in's in the same form."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from sweep.errors import UserError
from sweep.network.batches import AT_ONCE
from sweep.network.cells import Settings, find_cell
from sweep.network.classifier import PADDING_ID, Classifier
from sweep.plugins.tables import NETWORKS


def make_network(arguments: Mapping[str, Any]) -> "Classifier | OwnNetwork":
    """Make a network.

    Args:
        arguments: those of `Classifier`; or `network`, its name in `NETWORKS`, beside those of `OwnNetwork`.

    Returns:
        The network, its weights as its own code starts them.
    """
    rest = dict(arguments)
    name = rest.pop("network", "recurrent")
    return Classifier(**rest) if NETWORKS[name].plugin is None else OwnNetwork(name, **rest)


def training_tokens(arguments: Mapping[str, Any]) -> int:
    """Tokens that training takes through a network at once on a CPU.

    Args:
        arguments: as of `make_network`.
    """
    return find_cell(arguments["cell"]).at_once if "cell" in arguments else AT_ONCE


class OwnNetwork(nn.Module):
    """A plug-in's network.

    Args:
        name: in `NETWORKS`.
        vocabulary_size: number of token ids; id 0 is padding.
        embedding: size of a token's vector.
        settings: of plug-ins, by their names.

    Raises:
        UserError: what the plug-in makes is no module.
    """

    def __init__(
        self, name: str, *, vocabulary_size: int, embedding: int, settings: Settings = None
    ) -> None:
        super().__init__()
        self.name = name
        self.body = NETWORKS[name].call(settings, vocabulary_size, embedding)
        if not isinstance(self.body, nn.Module):
            raise UserError(
                f"model.network={name} must make an nn.Module, but made {type(self.body).__name__}."
            )

    @property
    def embedding(self) -> nn.Embedding | None:
        """Where word vectors go; None where the network has no `embedding`."""
        found = getattr(self.body, "embedding", None)
        return found if isinstance(found, nn.Embedding) else None

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Classify texts; see `Classifier.forward`.

        Raises:
            UserError: the plug-in gives no logit a text.
        """
        return self._logits(self.body(ids, lengths), ids)

    def forward_mixed(
        self, ids: Tensor, partner_ids: Tensor, weights: Tensor, lengths: Tensor
    ) -> Tensor:
        """Classify points between two texts; see `Classifier.forward_mixed`.

        Raises:
            UserError: the plug-in cannot, or gives no logit a text.
        """
        mixed = getattr(self.body, "forward_mixed", None)
        if mixed is None:
            raise UserError(
                f"model.network={self.name} cannot train on rows mixed of two texts, as the chosen resampling.method "
                "makes them: give it forward_mixed(ids, partner_ids, weights, lengths), or take a method that mixes "
                "none, such as random_over."
            )
        return self._logits(mixed(ids, partner_ids, weights, lengths), ids)

    def _logits(self, given: Any, ids: Tensor) -> Tensor:
        if not isinstance(given, Tensor) or given.shape != ids.shape[:1]:
            got = tuple(given.shape) if isinstance(given, Tensor) else type(given).__name__
            raise UserError(
                f"model.network={self.name} must give logits of the shape (rows,) = ({len(ids)},), but gave {got}."
            )
        return given

    @torch.no_grad()
    def initialise(
        self,
        *,
        forget_bias: float,
        orthogonal: bool,
        log_odds: float | None,
        vectors: Tensor | None,
    ) -> None:
        """Set the start values that only the training part knows; the rest is the plug-in's own.

        Args:
            forget_bias: without effect.
            orthogonal: without effect.
            log_odds: start value of the bias of `head`, where there is one; None leaves it.
            vectors: token vectors to start from, (V, E); None leaves them random.
        """
        head = getattr(self.body, "head", None)
        if log_odds is not None and isinstance(head, nn.Linear) and head.bias is not None:
            head.bias.fill_(log_odds)
        if vectors is not None and self.embedding is not None:
            self.embedding.weight.copy_(vectors)
            self.embedding.weight[PADDING_ID] = 0.0
