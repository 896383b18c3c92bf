"""Which device trials train on."""

import torch

from sweep.errors import UserError


def on_cpu(accelerator: str) -> bool:
    """Whether Lightning will train on the processor.

    Args:
        accelerator: Lightning's name of it.
    """
    return accelerator == "cpu" or (accelerator == "auto" and not any(_gpus().values()))


def on_gpu(accelerator: str) -> bool:
    """See that this machine has the device, and tell whether it is a GPU.

    Args:
        accelerator: Lightning's name of it: auto, cpu, gpu, cuda or mps.

    Returns:
        Whether trials train on a GPU.

    Raises:
        UserError: it is asked for by name, and there is none.
    """
    there = _gpus()
    missing = not there.get(accelerator, any(there.values()))
    if missing and accelerator not in ("auto", "cpu"):
        raise UserError(
            f"trainer.accelerator={accelerator} needs a GPU that PyTorch can use, but it finds none on "
            "this machine. Set trainer.accelerator=auto, which takes a GPU where there is one, or mend "
            "the driver."
        )
    return not on_cpu(accelerator)


def _gpus() -> dict[str, bool]:
    return {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
