"""Runs the opponent, a plain tutorial loop that lies beside the project, on texts of any length.

    python experiments/benchmark/opponent.py --peer plain_sweep.py --length 400 --data FILE --epochs 2

Everything after `--length` goes to the opponent. Its own program cuts texts at 100 tokens and reads the
SMS collection; here the cut can be set, and a `.jsonl` file of {"text", "label"} is read too. Nothing else
is changed.
"""

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np


def load(path: Path, length: int) -> ModuleType:
    """Load the opponent.

    Args:
        path: its one file.
        length: tokens at which it cuts texts.

    Returns:
        The module, changed as said above.
    """
    spec = importlib.util.spec_from_file_location("plain_sweep", path)
    assert spec is not None, "a path to a Python file has one"
    assert spec.loader is not None, "and a loader"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    own = module.read
    module.LENGTH = length
    module.read = lambda file: rows(file) if file.suffix == ".jsonl" else own(file)
    return module


def rows(file: Path) -> tuple[list[str], np.ndarray]:
    """Texts and 0/1 labels of a `.jsonl` file; the label that sorts last is 1, as in this program."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
    last = max(line["label"] for line in lines)
    labels = np.array([int(line["label"] == last) for line in lines])
    return [line["text"] for line in lines], labels


def main() -> None:
    """Run it."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--peer", type=Path, required=True)
    ask.add_argument("--length", type=int, default=100)
    given, rest = ask.parse_known_args()
    opponent = load(given.peer, given.length)
    sys.argv = [str(given.peer), *rest]
    opponent.main()


if __name__ == "__main__":
    main()
