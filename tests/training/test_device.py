"""The device: what is asked for by name must be there."""

import pytest
import torch

from sweep.errors import UserError
from sweep.training.device import on_gpu
from sweep.training.micro_batches import on_cpu

GPU = torch.cuda.is_available() or torch.backends.mps.is_available()


@pytest.mark.parametrize("accelerator", ["auto", "cpu"])
def test_what_is_always_there(accelerator: str) -> None:
    assert on_gpu(accelerator) is (accelerator == "auto" and GPU)
    assert on_gpu(accelerator) is not on_cpu(accelerator)


@pytest.mark.skipif(GPU, reason="this machine has one")
@pytest.mark.parametrize("accelerator", ["gpu", "cuda", "mps"])
def test_a_gpu_that_is_not_there_is_refused(accelerator: str) -> None:
    with pytest.raises(UserError, match=f"trainer.accelerator={accelerator} needs a GPU"):
        on_gpu(accelerator)
