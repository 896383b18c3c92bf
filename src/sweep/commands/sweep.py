"""The main job: run or resume a sweep to its budget, score its winner, say what was found."""

import sys

from sweep.api.run import run_sweep
from sweep.config import Config
from sweep.records import Ending
from sweep.report.table import make_console

CODES = {Ending.complete: 0, Ending.fruitless: 3, Ending.given_up: 3, Ending.interrupted: 130}


def run(config: Config) -> int:
    """Run or resume a sweep.

    Args:
        config: all settings, composed.

    Returns:
        0 done, 3 finished but no trial completed, 130 interrupted and resumable.

    Raises:
        UserError: something given cannot work; no trial has been run.
    """
    return CODES[run_sweep(config, make_console(), sys.argv[1:])]
