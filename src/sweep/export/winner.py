"""What is exported of a sweep: the winner's networks, each with its encoder, and the decision over their mean."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweep.files import check_unchanged, sha256
from sweep.typed import start_over
from sweep.workspace import EncoderFolder, FinalistFolder, TrialFolder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Network:
    """A trained network."""

    checkpoint: Path
    encoder: Path
    """Folder of its encoder."""
    shift: float = 0.0
    """Added to its logits before the mean is taken."""


@dataclass(frozen=True, kw_only=True)
class Winner:
    """The networks that predict together."""

    networks: tuple[Network, ...]
    decision: Mapping[str, Any]
    """From the mean of their log-odds to a yes or no, `Decision.to_dict`."""
    test: Mapping[str, float]
    """Scores of what is exported on the test part."""
    intervals: Mapping[str, Mapping[str, Sequence[float]]] = field(default_factory=dict)
    """By part, `validation` and `test`, where scores lie on other rows; an early version told none."""
    reliability: Mapping[str, Any] | None = None
    """What it says on the test part beside what is found there, `sweep.scoring.reliability`; None where not known."""

    def encoders(self) -> list[str]:
        """The digests of the encoders that differ, in the order in which networks first use them."""
        return list(dict.fromkeys(encoder_digest(network.encoder) for network in self.networks))


def encoder_digest(folder: Path) -> str:
    """Tell encoders apart by what they do.

    Args:
        folder: of a fitted encoder.

    Returns:
        SHA-256 of its files.
    """
    files = EncoderFolder(folder)
    return sha256(files.facts) + sha256(files.tokenizer)


def single(best: Mapping[str, Any], trial: TrialFolder, encoder: Path) -> Winner:
    """Take the winner of a sweep that was not confirmed.

    Args:
        best: of the summary.
        trial: the winner's folder.
        encoder: folder of its encoder.

    Returns:
        One network with its own decision.

    Raises:
        BundleError: checkpoint or decision are not those of the training.
    """
    again = start_over(trial.root.parents[1])
    check_unchanged(trial.checkpoint, best["sha256"], again)
    check_unchanged(trial.decision, best.get("decision_sha256"), again)
    return Winner(
        networks=(Network(checkpoint=trial.checkpoint, encoder=encoder),),
        decision=json.loads(trial.decision.read_bytes()),
        test=best["test"],
        intervals=best.get("intervals", {}),
        reliability=best.get("reliability"),
    )


def bag(best: Mapping[str, Any], finalist: FinalistFolder, encoders: Sequence[Path]) -> Winner:
    """Take the members of a confirmed winner.

    Args:
        best: of the summary.
        finalist: the winner's folder.
        encoders: folder of each member's encoder.

    Returns:
        All networks with the decision over their mean.

    Raises:
        BundleError: a checkpoint or a decision is not that of the training.
    """
    from sweep.scoring.decision import Decision

    again = start_over(finalist.root.parents[1])
    check_unchanged(finalist.decision, best["decision_sha256"], again)
    networks = []
    for told, encoder in zip(best["members"], encoders, strict=True):
        files = finalist.member(told["fold"])
        check_unchanged(files.checkpoint, told["sha256"], again)
        check_unchanged(files.decision, told["decision_sha256"], again)
        own = Decision.from_dict(json.loads(files.decision.read_bytes()))
        networks.append(Network(checkpoint=files.checkpoint, encoder=encoder, shift=own.shift))
    decision = json.loads(finalist.decision.read_bytes())
    return Winner(
        networks=tuple(networks),
        decision=decision,
        test=best["test"],
        intervals=best.get("intervals", {}),
        reliability=best.get("reliability"),
    )


def nearest(
    whole: Winner, best: Mapping[str, Any], finalist: FinalistFolder, texts: Sequence[str]
) -> Winner:
    """Take the one member whose answers are nearest the bag's.

    Args:
        whole: the bag.
        best: of the summary.
        finalist: the winner's folder.
        texts: what the members are asked about, none of it from the test part.

    Returns:
        One network; calibration and threshold are the bag's, which come from answers of single members.
    """
    import numpy as np

    from sweep.scoring.decision import Decision

    answers = np.stack([_log_odds(network, texts) for network in whole.networks])
    distances = ((answers - answers.mean(axis=0)) ** 2).mean(axis=1)
    number = int(np.argmin(distances))
    files = finalist.member(best["members"][number]["fold"])
    own = Decision.from_dict(json.loads(files.decision.read_bytes()))
    decision = Decision.from_dict(dict(whole.decision))
    alone = best.get("alone_intervals")
    return Winner(
        networks=(replace(whole.networks[number], shift=0.0),),
        decision=replace(
            decision, trained_prior=own.trained_prior, true_prior=own.true_prior
        ).to_dict(),
        test=best["alone"][number],
        intervals=dict(whole.intervals) | {"test": alone[number]} if alone else {},
    )


def _log_odds(network: Network, texts: Sequence[str]) -> "NDArray[np.float64]":
    import torch

    from sweep.export.bundle import BATCH
    from sweep.network.batches import EvaluationBatches
    from sweep.text.encoder import Encoder
    from sweep.training.fit import logits_of
    from sweep.training.learner import Learner

    learner = Learner.load_from_checkpoint(
        network.checkpoint, map_location="cpu", weights_only=True
    )
    batches = EvaluationBatches(Encoder.load(network.encoder).encode(list(texts)), BATCH)
    with torch.inference_mode():
        found: NDArray[np.float64] = logits_of(learner, batches) + network.shift
    return found
