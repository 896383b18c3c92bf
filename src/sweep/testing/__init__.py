"""The contract of plug-ins as a test: `sweep.testing.check("my_net.py")` in a test file of yours."""

from sweep.testing.contract import check

__all__ = ["check"]
