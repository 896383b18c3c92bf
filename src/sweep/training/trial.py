"""One job, one result: trains a trial in this process."""

import logging
import math
import time
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback, EarlyStopping, ModelCheckpoint

from sweep.config import Config, ResamplingMethod
from sweep.errors import UserError
from sweep.files import sha256, write_json
from sweep.network.batches import AT_ONCE, EvaluationBatches, Groups, Rows, TrainingBatches
from sweep.records import Reason, Status, Stopped, TrialJob, TrialResult
from sweep.resampling.distances import cached_space
from sweep.resampling.resample import Resampled, needs_space, resample
from sweep.scoring.calibration import effective_prior
from sweep.scoring.decision import Decision, Priors
from sweep.text.cache import EncodedPart, encoded
from sweep.text.encoder import Encoder
from sweep.text.vectors import read_vectors
from sweep.training.epoch_log import EpochLog, Report
from sweep.training.learner import DivergedError, Learner, loss_arguments
from sweep.training.micro_batches import on_cpu, tokens_at_once

CHECKPOINT = "best.ckpt"
DECISION = "decision.json"
RESULT = "result.json"
SETTINGS = "settings.json"
GROUPS = ("text", "resampling", "model", "optimizer", "loss", "trainer", "objective")
VALIDATION = "validation.npz"
# Lightning greets each trainer with hints about hardware and other products.
logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)


def train(job: TrialJob, report: Report) -> TrialResult:
    """Train one trial and leave its files in `job.folder`.

    Args:
        job: what to train.
        report: called after each validation; true means that the trial is to be pruned.

    Returns:
        How it ended; a loss that diverges and settings that cannot work are results, too.

    Raises:
        Exception: whatever else goes wrong; the executor makes a result of it.
    """
    start = time.monotonic()
    job.folder.mkdir(parents=True, exist_ok=True)
    write_json(job.folder / SETTINGS, settings_of(job))
    try:
        ended = Trial(job, report).run()
    except DivergedError as error:
        message = f"{error}; a smaller learning rate may help."
        ended = {"reason": Reason.diverged, "message": message}
        ended |= {"epoch": error.epoch, "epochs": error.epoch + 1}
    except UserError as error:
        ended = {"reason": Reason.refused, "message": str(error)}
    result = TrialResult(
        key=job.key, seconds=time.monotonic() - start, **({"status": Status.FAILED} | ended)
    )
    write_json(job.folder / RESULT, asdict(result))
    return result


def settings_of(job: TrialJob) -> dict[str, Any]:
    """The settings that decide what a trial gives.

    Args:
        job: the trial.

    Returns:
        Plain JSON types: its seed and the groups that a search may vary.
    """
    settings = asdict(job.config)
    return {"seed": job.seed} | {group: settings[group] for group in GROUPS}


class Trial:
    """The parts of one training run, made in order.

    Args:
        job: what to train.
        report: called after each validation.
    """

    def __init__(self, job: TrialJob, report: Report) -> None:
        self.job, self.report, self.config = job, report, job.config
        make_deterministic(job.seed)
        self.corpus = encoded(job.corpus, asdict(self.config.text))
        train, validation = (rows(self.corpus.parts[name]) for name in ("train", "validation"))
        self.labels = validation.labels
        picked = self._resampled(train.labels)
        kept = train.labels[picked.rows]
        positives, negatives = float(kept.sum()), float((1 - kept).sum())
        if self._balanced:
            positives = negatives = len(kept) / 2
        arguments = loss_arguments(self.config.loss, positives=positives, negatives=negatives)
        prior = effective_prior(negatives, positives, arguments["positive_weight"])
        self.priors = Priors(trained_prior=prior, true_prior=float(train.labels.mean()))
        self.batches = TrainingBatches(
            train,
            rows=picked.rows,
            partners=picked.partners,
            weights=picked.weights,
            batch_size=self.config.trainer.batch_size,
            bucketing=self.config.trainer.bucketing,
            balanced=self._balanced,
            seed=job.seed,
        )
        most = AT_ONCE if on_cpu(self.config.trainer.accelerator) else None
        self.watched = EvaluationBatches(validation, self.config.trainer.eval_batch_size, most)
        self.learner = self._learner(arguments, math.log(prior / (1 - prior)))

    @property
    def _balanced(self) -> bool:
        return self.config.resampling.method == ResamplingMethod.balanced_batches

    def _resampled(self, labels: np.ndarray) -> Resampled:
        settings = self.config.resampling
        method = str(settings.method)
        vectors = None
        if needs_space(method):
            vectors = cached_space(self.job.corpus, components=settings.components)
        return resample(
            labels,
            method=method,
            ratio=settings.ratio,
            k_neighbors=settings.k_neighbors,
            seed=self.job.seed,
            space=vectors,
        )

    def _learner(self, loss: dict[str, Any], log_odds: float) -> Learner:
        settings, trainer = self.config.model, self.config.trainer
        vectors, size = None, settings.embedding
        if settings.vectors is not None:
            tokens = Encoder.load(self.corpus.encoder).tokens
            matrix, _ = read_vectors(Path(settings.vectors), tokens)
            vectors, size = torch.from_numpy(matrix), matrix.shape[1]
        learner = Learner(
            network={
                "vocabulary_size": self.corpus.vocabulary_size,
                "cell": str(settings.cell),
                "embedding": size,
                "hidden": settings.hidden,
                "layers": settings.layers,
                "bidirectional": settings.bidirectional,
                "read_out": str(settings.read_out),
                "embedding_dropout": settings.embedding_dropout,
                "layer_dropout": settings.layer_dropout,
                "dropout": settings.dropout,
            },
            optimizer=asdict(self.config.optimizer)
            | {
                "name": str(self.config.optimizer.name),
                "schedule": str(self.config.optimizer.schedule),
            },
            loss=loss,
            steps=len(self.batches) * trainer.max_epochs,
            epochs=trainer.max_epochs,
            micro_batch_tokens=tokens_at_once(
                trainer.micro_batch_tokens, str(settings.cell), trainer.accelerator
            ),
        )
        learner.network.initialise(
            forget_bias=settings.forget_bias,
            orthogonal=settings.orthogonal,
            log_odds=log_odds if settings.prior_bias else None,
            vectors=vectors,
        )
        learner.network.embedding.weight.requires_grad_(not settings.freeze_vectors)
        return learner

    def run(self) -> dict[str, Any]:
        """Train, then score the best epoch's weights.

        Returns:
            The fields of the `TrialResult` that tell how it ended.
        """
        log = EpochLog(self.job, self.labels, self.watched, self.priors, self.report)
        early = EarlyStopping("objective", patience=self.config.trainer.patience, mode="max")
        self.learner.score = log.score
        fit(self.config, self.learner, self.batches, self.watched, [log, early], self.job.folder)
        stopped = Stopped.max_epochs
        if log.pruned:
            stopped = Stopped.pruned
        elif early.stopped_epoch:
            stopped = Stopped.early_stopping
        checkpoint = self.job.folder / CHECKPOINT
        digest = sha256(checkpoint)
        logits = self._best_logits(checkpoint)
        decision = Decision.fit(self.config.objective, self.labels, logits, **self.priors)
        write_json(self.job.folder / DECISION, decision.to_dict())
        np.savez(self.job.folder / VALIDATION, probabilities=decision.probabilities(logits))
        return {
            "status": Status.PRUNED if log.pruned else Status.COMPLETE,
            "stopped": stopped,
            "value": log.best,
            "epoch": log.best_epoch,
            "epochs": log.epochs,
            "threshold": decision.threshold,
            "metrics": decision.scores(self.labels, logits),
            "checkpoint": CHECKPOINT,
            "sha256": digest,
            "decision_sha256": sha256(self.job.folder / DECISION),
        }

    def _best_logits(self, checkpoint: Path) -> np.ndarray:
        state = torch.load(checkpoint, map_location=self.learner.device, weights_only=True)
        self.learner.load_state_dict(state["state_dict"])
        return logits_of(self.learner, self.watched)


def fit(
    config: Config,
    learner: Learner,
    batches: TrainingBatches,
    watched: EvaluationBatches,
    callbacks: list[Callback],
    folder: Path,
) -> None:
    """Run Lightning's trainer.

    Args:
        config: the trial's settings.
        learner: what is trained.
        batches: of the training part.
        watched: batches of the validation part.
        callbacks: besides the checkpoint of the best epoch.
        folder: where the checkpoint goes.
    """
    best = ModelCheckpoint(
        folder,
        "best",
        "objective",
        mode="max",
        save_weights_only=True,
        enable_version_counter=False,
    )
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


def rows(part: EncodedPart) -> Rows:
    """The encoded part as batches want it."""
    return Rows(part.ids, part.offsets, part.labels)


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
