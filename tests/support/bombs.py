"""Files that would make a folder if a reader ran what they hold."""

import io
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np


class Bomb:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.canary),)


def _array(bomb: Bomb) -> bytes:
    out = io.BytesIO()
    np.save(out, np.array([bomb], dtype=object), allow_pickle=True)
    return out.getvalue()


def _arrays(bomb: Bomb) -> bytes:
    out = io.BytesIO()
    names = ("logits", "probabilities", "labels", "truth", "rows")
    np.savez(out, **{name: np.array([bomb], dtype=object) for name in names})
    return out.getvalue()


def _archive(bomb: Bomb) -> bytes:
    import torch

    out = io.BytesIO()
    torch.save({"state_dict": bomb, "hyper_parameters": bomb}, out)
    return out.getvalue()


BOMBS: dict[str, Callable[[Bomb], bytes]] = {
    "pickle": pickle.dumps,
    "npy": _array,
    "npz": _arrays,
    "torch": _archive,
}
"""What the bomb is packed in."""


def bomb(kind: str, canary: Path) -> bytes:
    """The bytes of a file that would make the folder `canary`."""
    return BOMBS[kind](Bomb(canary))
