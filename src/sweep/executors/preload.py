"""Loaded first in the server process that workers are forked from, before the libraries.

Loading them makes millions of objects and no garbage: looking for some takes a fifth of the time. Each worker
turns the collector on again (`sweep.executors.worker.prepare`).
"""

import gc

from sweep.executors import worker  # noqa: F401 - what a worker runs, so that none has to load it

gc.disable()
