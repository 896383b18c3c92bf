"""One run of Lightning's trainer, and the logits of what it trained."""

import logging
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback, ModelCheckpoint

from sweep.config import Config
from sweep.network.batches import EvaluationBatches, Groups, TrainingBatches
from sweep.training.learner import Learner
from sweep.workspace import TrialFolder

# Lightning greets each trainer with hints about hardware and other products.
logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)


class _BestEpoch(ModelCheckpoint):
    best_now: Callable[[], bool] | None = None

    def check_monitor_top_k(
        self, trainer: pl.Trainer, current: torch.Tensor | None = None
    ) -> bool:
        # Lightning knows the objective alone; of equal epochs it would keep the first.
        if self.best_now is None:
            return super().check_monitor_top_k(trainer, current)
        return self.best_now()


def fit(
    config: Config,
    learner: Learner,
    batches: TrainingBatches,
    watched: EvaluationBatches,
    callbacks: list[Callback],
    folder: Path,
    *,
    best_now: Callable[[], bool] | None = None,
) -> None:
    """Run Lightning's trainer.

    Args:
        config: the trial's settings.
        learner: what is trained.
        batches: of the training part.
        watched: batches of the validation part.
        callbacks: besides the checkpoint of the best epoch.
        folder: of the trial, where the checkpoint goes.
        best_now: says whether the epoch that has just been scored is the best so far; by default a higher
            objective is.
    """
    checkpoint = TrialFolder(folder).checkpoint
    best = _BestEpoch(
        checkpoint.parent,
        checkpoint.stem,
        "objective",
        mode="max",
        save_weights_only=True,
        enable_version_counter=False,
    )
    best.best_now = best_now
    with warnings.catch_warnings():
        # A retried trial finds its folder; batches are lists here, so loader workers mean nothing.
        warnings.filterwarnings("ignore", ".*exists and is not empty.*")
        warnings.filterwarnings("ignore", ".*does not have many workers.*")
        # Lightning 2.6 asks torch in a way that torch 2.13 deprecates; it is theirs to mend.
        warnings.filterwarnings("ignore", ".*isinstance.treespec, LeafSpec.*")
        trainer = pl.Trainer(
            accelerator=config.trainer.accelerator,
            devices=1,
            max_epochs=config.trainer.max_epochs,
            callbacks=[*callbacks, best],
            default_root_dir=folder,
            deterministic=True,
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
        )
        trainer.fit(learner, Groups(batches), watched)


@torch.inference_mode()
def logits_of(learner: Learner, batches: EvaluationBatches) -> np.ndarray:
    """Logits of a whole part.

    Args:
        learner: the network; left in evaluation mode.
        batches: of the part.

    Returns:
        (N,), float64, in the part's order.
    """
    device = learner.eval().device
    parts = [learner(b.ids.to(device), b.lengths.to(device)) for b in batches]
    return batches.in_order(torch.cat(parts).double().cpu().numpy())


def make_deterministic(seed: int) -> None:
    """Seed every generator and allow deterministic kernels only.

    Args:
        seed: of the trial.
    """
    pl.seed_everything(seed, workers=False, verbose=False)
    torch.use_deterministic_algorithms(True)
    # That mode fills every fresh tensor with NaN first, for those who read what nobody wrote; a tenth
    # to a quarter of a step. Nothing here does, and a run of equal bits is tested.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
