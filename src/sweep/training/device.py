"""Which device trials train on."""

from pytorch_lightning.accelerators import CUDAAccelerator, MPSAccelerator

from sweep.errors import UserError


def on_gpu(accelerator: str) -> bool:
    """See that this machine has the device, and tell whether it is a GPU.

    Args:
        accelerator: Lightning's name of it: auto, cpu, gpu, cuda or mps.

    Returns:
        Whether trials train on a GPU.

    Raises:
        UserError: it is asked for by name, and there is none.
    """
    cuda, mps = CUDAAccelerator.is_available(), MPSAccelerator.is_available()
    there = {"cuda": cuda, "mps": mps, "gpu": cuda or mps, "auto": cuda or mps, "cpu": False}
    if accelerator not in ("auto", "cpu") and not there[accelerator]:
        raise UserError(
            f"trainer.accelerator={accelerator} needs a GPU that PyTorch can use, but it finds none on "
            "this machine. Set trainer.accelerator=auto, which takes a GPU where there is one, or mend "
            "the driver."
        )
    return there[accelerator]
