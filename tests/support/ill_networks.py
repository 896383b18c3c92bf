"""Networks with one fault each, as a plug-in that workers load, too."""

from pathlib import Path

ILL_NETWORKS = '''
import torch
from torch import nn

from sweep.plugins import loss, network


class Bag(nn.Module):
    def __init__(self, vocabulary_size, embedding):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding, padding_idx=0)
        self.head = nn.Linear(embedding, 1)

    def mean(self, ids, lengths):
        return self.embedding(ids).sum(1) / lengths[:, None]

    def forward(self, ids, lengths):
        return self.head(self.mean(ids, lengths)).squeeze(1)


@network("sound")
class Sound(Bag):
    """Nothing is wrong with it."""


@network("mixing")
class Mixing(Bag):
    """Subtracts the batch's mean."""

    def forward(self, ids, lengths):
        mean = self.mean(ids, lengths)
        return self.head(mean - mean.mean(0)).squeeze(1)


@network("padded")
class Padded(Bag):
    """Divides by the batch's longest text."""

    def mean(self, ids, lengths):
        return self.embedding(ids).sum(1) / ids.shape[1]


@network("blind")
class Blind(Bag):
    """Knows how long a text is, and nothing of its words."""

    def forward(self, ids, lengths):
        return self.head(lengths[:, None] / 100.0 + torch.zeros(1, self.head.in_features)).squeeze(1)


@network("stuck")
class Stuck(Bag):
    """What it reads is scaled to next to nothing."""

    def forward(self, ids, lengths):
        return self.head(1e-4 * self.mean(ids, lengths).detach()).squeeze(1)


@network("loud")
class Loud(Bag):
    """Is sure of itself before it has learnt anything."""

    def __init__(self, vocabulary_size, embedding):
        super().__init__(vocabulary_size, embedding)
        nn.init.normal_(self.embedding.weight, std=30.0)


@network("broken")
class Broken(Bag):
    """Raises at its first text."""

    def forward(self, ids, lengths):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied (3x4 and 5x6)")


@loss("backwards")
def backwards(logits, targets):
    """Rewards wrong answers."""
    return nn.functional.binary_cross_entropy_with_logits(logits, 1 - targets, reduction="none")
'''


def write_ill_networks(folder: Path) -> Path:
    """Write the plug-in."""
    path = folder / "ill_networks.py"
    path.write_text(ILL_NETWORKS, encoding="utf-8")
    return path
