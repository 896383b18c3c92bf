"""One's own parts, chosen and searched by name like ours: `from sweep.plugins import cell` (docs/extend.md)."""

from sweep.plugins.register import cell, loss, network, read_out

__all__ = ["cell", "loss", "network", "read_out"]
