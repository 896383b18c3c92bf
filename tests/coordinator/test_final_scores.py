"""The winner's scores on the test part: computed there, and never from a changed checkpoint."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from support.trained_sweep import Trained, trained
from sweep.config import ObjectiveConfig
from sweep.coordinator.final_scores import score_baselines, score_winner
from sweep.errors import BundleError
from sweep.scoring.baselines import baselines
from sweep.scoring.decision import Decision
from sweep.text.cache import encoded, load_texts
from sweep.text.encoder import Encoder
from sweep.text.tfidf import tfidf
from sweep.training.learner import Learner
from sweep.workspace import TrialFolder


@pytest.fixture(scope="module")
def made() -> Trained:
    return trained()


@pytest.fixture(scope="module")
def corpus(made: Trained) -> Path:
    (folder,) = (p for p in (made.workdir / "cache").iterdir() if p.is_dir())
    return folder


def digest(made: Trained) -> str:
    assert made.result.sha256 is not None
    return made.result.sha256


def test_scores_are_those_of_the_test_part(made: Trained, corpus: Path) -> None:
    found = score_winner(
        made.config, corpus, made.trial, digest(made), made.result.decision_sha256
    )
    texts, labels = made.split.part("test")
    assert found["tp"] + found["fn"] == labels.sum()
    assert sum(found[name] for name in ("tp", "fp", "fn", "tn")) == len(texts)
    # Once more without any of it: each text alone, through the encoder and the network.
    encoder = Encoder.load(encoded(corpus, asdict(made.config.text)).encoder)
    learner = Learner.load_from_checkpoint(
        TrialFolder(made.trial).checkpoint, map_location="cpu", weights_only=True
    ).eval()
    with torch.inference_mode():
        logits = [float(learner(*alone(encoder, text))) for text in texts]
    decision = Decision.from_dict(
        json.loads((TrialFolder(made.trial).decision).read_text(encoding="utf-8"))
    )
    assert found == pytest.approx(decision.scores(labels, np.array(logits)), abs=1e-5)


def alone(encoder: Encoder, text: str) -> tuple[torch.Tensor, torch.Tensor]:
    ids = encoder.encode([text])[0].astype(np.int64)
    return torch.from_numpy(ids)[None], torch.tensor([len(ids)])


@pytest.mark.parametrize("place", [0, 0.1, 0.5, 0.9, -1])
def test_a_changed_checkpoint_is_not_read(
    made: Trained, corpus: Path, tmp_path: Path, place: float
) -> None:
    trial = shutil.copytree(made.trial, tmp_path / "trial")
    content = bytearray((TrialFolder(trial).checkpoint).read_bytes())
    content[-1 if place == -1 else int(place * len(content))] ^= 1
    (TrialFolder(trial).checkpoint).write_bytes(content)
    with pytest.raises(BundleError, match=f"must have the SHA-256 {digest(made)}"):
        score_winner(made.config, corpus, trial, digest(made), made.result.decision_sha256)


def test_a_changed_decision_is_not_read_where_its_digest_is_known(
    made: Trained, corpus: Path, tmp_path: Path
) -> None:
    trial = shutil.copytree(made.trial, tmp_path / "trial")
    decision = json.loads((trial / "decision.json").read_text(encoding="utf-8"))
    (trial / "decision.json").write_text(
        json.dumps(decision | {"threshold": 0.0}), encoding="utf-8"
    )
    known = made.result.decision_sha256
    with pytest.raises(BundleError, match=f"decision.json must have the SHA-256 {known}"):
        score_winner(made.config, corpus, trial, digest(made), known)
    older = score_winner(made.config, corpus, trial, digest(made), None)
    assert older["recall"] == 1.0


def test_the_baselines_keep_the_rule_of_the_threshold(made: Trained, corpus: Path) -> None:
    texts = [load_texts(corpus, part) for part in ("train", "validation", "test")]
    all_positive = baselines(
        *texts, seed=3, vectorize=tfidf, choose_threshold=lambda labels, p: 0.0
    )
    dear = ObjectiveConfig(threshold_for="cost", cost_miss=1e9)  # type: ignore[arg-type]
    found = score_baselines(dear, corpus, 3)
    assert set(found) == {"majority", "tfidf_logreg"}
    assert found["tfidf_logreg"]["validation"]["recall"] == 1.0
    same = ("average_precision", "roc_auc", "log_loss")
    for name, told in found.items():
        for part, scores in told.items():
            assert all(scores[s] == all_positive[name][part][s] for s in same)
