"""One's own parts, chosen and searched by name like ours: `from sweep.plugins import cell` (docs/extend.md)."""

from sweep.plugins.register import cell, cleaning, loss, network, read_out, resampler

__all__ = ["cell", "cleaning", "loss", "network", "read_out", "resampler"]
