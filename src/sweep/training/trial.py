"""One job, one result: trains a trial in this process."""

import math
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sweep.config import Config
from sweep.errors import UserError
from sweep.files import sha256, write_json
from sweep.network.batches import EvaluationBatches, TrainingBatches
from sweep.network.own import training_tokens
from sweep.plugins.load import ensure
from sweep.plugins.tables import NETWORKS
from sweep.records import Reason, Status, Stopped, TrialJob, TrialResult
from sweep.resampling.distances import cached_space
from sweep.resampling.resample import BALANCED, needs_space, resample
from sweep.resampling.resampled import Resampled
from sweep.scoring.calibration import effective_prior
from sweep.scoring.decision import Decision, Priors
from sweep.text.cache import encoded
from sweep.text.settings import text_settings
from sweep.text.vector_sources import AUTO
from sweep.text.vectors import ready_vectors
from sweep.training.epoch_log import EpochLog, Patience, Report
from sweep.training.fit import fit, logits_of, make_deterministic
from sweep.training.learner import DivergedError, Learner
from sweep.training.loss import loss_arguments, loss_of_a_half
from sweep.training.micro_batches import evaluation_tokens, tokens_at_once
from sweep.training.probe import Probe
from sweep.workspace import TrialFolder

FAR_ABOVE = 10.0
"""A trial has diverged where an epoch's mean training loss is so many times that of answering one half to every row.
Then even rows that were trained on get odds of about a thousand to one against their label, on average."""


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
    files = TrialFolder(job.folder)
    try:
        ensure(job.plugins)
        write_json(files.settings, job.settings())
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
    write_json(files.result, asdict(result))
    return result


def network_arguments(config: Config, vocabulary_size: int, embedding: int) -> dict[str, Any]:
    """Flat arguments of `sweep.network.own.make_network`.

    Args:
        config: the trial's settings.
        vocabulary_size: number of token ids.
        embedding: size of a token's vector.

    Returns:
        Plain JSON types.
    """
    settings = config.model
    arguments: dict[str, Any] = {"vocabulary_size": vocabulary_size, "embedding": embedding}
    if NETWORKS[settings.network].plugin is not None:
        names = [settings.network]
        arguments["network"] = settings.network
    else:
        names = [settings.cell, settings.read_out]
        arguments |= {
            "cell": settings.cell,
            "hidden": settings.hidden,
            "layers": settings.layers,
            "bidirectional": settings.bidirectional,
            "read_out": settings.read_out,
            "embedding_dropout": settings.embedding_dropout,
            "layer_dropout": settings.layer_dropout,
            "dropout": settings.dropout,
        }
    return arguments | own_arguments(config, names)


def own_arguments(config: Config, names: list[str]) -> dict[str, Any]:
    """The argument `settings` of what may be a plug-in's.

    Args:
        config: the trial's settings.
        names: of what is chosen.

    Returns:
        The settings of those that have some; nothing where none has.
    """
    found = {name: dict(config.plugins[name]) for name in names if name in config.plugins}
    return {"settings": found} if found else {}


class Trial:
    """The parts of one training run, made in order.

    Args:
        job: what to train.
        report: called after each validation.
    """

    def __init__(self, job: TrialJob, report: Report) -> None:
        self.job = job
        self.report = report
        self.config = job.config
        make_deterministic(job.seed)
        self.corpus = encoded(job.corpus, text_settings(self.config))
        train, validation = (self.corpus.parts[name] for name in ("train", "validation"))
        self.labels = validation.truth
        picked = self._resampled(train.truth)
        kept = train.truth[picked.rows]
        positives, negatives = float(kept.sum()), float((1 - kept).sum())
        if self._balanced:
            positives = negatives = len(kept) / 2
        arguments = loss_arguments(self.config.loss, positives=positives, negatives=negatives)
        arguments |= own_arguments(self.config, [self.config.loss.name])
        prior = effective_prior(negatives, positives, arguments["positive_weight"])
        self.priors = Priors(trained_prior=prior, true_prior=float(train.truth.mean()))
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
        self.watched = EvaluationBatches(
            validation,
            self.config.trainer.eval_batch_size,
            evaluation_tokens(self.config.trainer.accelerator),
        )
        self.learner = self._learner(arguments, math.log(prior / (1 - prior)))
        self.share = positives / (positives + negatives)
        self.learner.highest_loss = FAR_ABOVE * loss_of_a_half(self.share, arguments)

    @property
    def _balanced(self) -> bool:
        return self.config.resampling.method == BALANCED

    def _resampled(self, labels: np.ndarray) -> Resampled:
        settings = self.config.resampling
        method = settings.method
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
            **own_arguments(self.config, [method]),
        )

    def _learner(self, loss: dict[str, Any], log_odds: float) -> Learner:
        settings = self.config.model
        trainer = self.config.trainer
        vectors = None
        size = settings.embedding
        ready = ready_vectors(
            self.corpus,
            settings.vectors,
            least=settings.vectors_coverage,
            centre=settings.centre_vectors,
        )
        if ready.matrix is not None:
            vectors = torch.from_numpy(np.array(ready.matrix))
            size = ready.matrix.shape[1]
        network = network_arguments(self.config, self.corpus.vocabulary_size, size)
        learner = Learner(
            network=network,
            optimizer=asdict(self.config.optimizer)
            | {
                "name": str(self.config.optimizer.name),
                "schedule": str(self.config.optimizer.schedule),
            },
            loss=loss,
            steps=len(self.batches) * trainer.max_epochs,
            epochs=trainer.max_epochs,
            micro_batch_tokens=tokens_at_once(
                trainer.micro_batch_tokens, training_tokens(network), trainer.accelerator
            ),
        )
        embedding = learner.network.embedding
        if vectors is not None and embedding is None:
            if settings.vectors != AUTO:
                raise UserError(
                    f"model.vectors={settings.vectors} has no place in model.network={settings.network}: it has no "
                    "nn.Embedding named `embedding`. Give it one, or take model.vectors=none."
                )
            vectors = None
        learner.network.initialise(
            forget_bias=settings.forget_bias,
            orthogonal=settings.orthogonal,
            log_odds=log_odds if settings.prior_bias else None,
            vectors=vectors,
        )
        learner.ready_vectors = vectors is not None
        if vectors is not None and embedding is not None and settings.freeze_vectors:
            embedding.weight.requires_grad_(False)
        return learner

    def run(self) -> dict[str, Any]:
        """Train, then score the best epoch's weights.

        Returns:
            The fields of the `TrialResult` that tell how it ended.
        """
        probe = self.make_probe()
        log = EpochLog(self.job, self.labels, self.watched, self.priors, self.report, probe)
        early = Patience(log)
        self.learner.score = log.score
        fit(
            self.config,
            self.learner,
            self.batches,
            self.watched,
            [log, early, *([probe] if probe is not None else [])],
            self.job.folder,
            best_now=lambda: log.best_now,
        )
        if probe is not None:
            probe.write()
        files = TrialFolder(self.job.folder)
        logits = self._best_logits(files.checkpoint)
        decision = Decision.fit(self.config.objective, self.labels, logits, **self.priors)
        write_json(files.decision, decision.to_dict())
        np.savez(files.validation, logits=logits, probabilities=decision.probabilities(logits))
        return {
            "status": Status.PRUNED if early.ended_by is Stopped.pruned else Status.COMPLETE,
            "stopped": early.ended_by,
            "value": log.best,
            "epoch": log.best_epoch,
            "epochs": log.epochs,
            "threshold": decision.threshold,
            "metrics": decision.scores(self.labels, logits),
            "checkpoint": files.checkpoint.name,
            "sha256": sha256(files.checkpoint),
            "decision_sha256": sha256(files.decision),
        }

    def make_probe(self) -> Probe | None:
        """Make what records the epochs, unless the settings want none."""
        if not self.config.trainer.probe:
            return None
        files = TrialFolder(self.job.folder)
        return Probe(files, self.config.objective, self.share, self.batches)

    def _best_logits(self, checkpoint: Path) -> np.ndarray:
        state = torch.load(checkpoint, map_location=self.learner.device, weights_only=True)
        self.learner.load_state_dict(state["state_dict"])
        return logits_of(self.learner, self.watched)
