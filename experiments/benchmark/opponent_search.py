"""The opponent as a search: random draws, a fixed number of epochs, no pruning, one trial after the other.

    python experiments/benchmark/opponent_search.py --peer plain_sweep.py --data split.csv --target 0.97 --seed 0

Uses the opponent's network, encoding and optimizers, its resampling and its logging to MLflow, with texts
padded to the longest of each batch: its stronger form. What it draws from is this program's search
`lstm_vs_gru`, as far as it has these settings. Ends when an epoch's average precision on validation
reaches the target, or after `--limit` seconds, and prints one JSON line.
"""

import argparse
import json
import logging
import random
import tempfile
import time
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import torch
from opponent import load
from sklearn.metrics import average_precision_score
from torch.utils.data import DataLoader, TensorDataset


def drawn(draw: random.Random) -> dict[str, Any]:
    """One configuration."""
    return {
        "cell": draw.choice(["lstm", "gru"]),
        "hidden": draw.choice([64, 128]),
        "layers": draw.choice([1, 2]),
        "dropout": draw.uniform(0.0, 0.5),
        "optimizer": draw.choice(["adam", "rmsprop"]),
        "lr": 5e-4 * 40 ** draw.random(),
        "batch_size": draw.choice([32, 64, 128]),
        "resampling": draw.choice(["none", "random_over", "random_under"]),
    }


class Search:
    """Trials until the target is reached.

    Args:
        peer: the opponent's module.
        rows: columns text, label and split.
        epochs: of each trial.
        target: average precision on validation.
        limit: seconds.
        folder: for MLflow.
    """

    def __init__(
        self, peer: ModuleType, rows: pd.DataFrame, epochs: int, target: float, limit: float, folder: str
    ) -> None:  # fmt: skip
        self.peer, self.rows, self.epochs = peer, rows, epochs
        self.target, self.limit, self.folder = target, limit, folder
        self.start = time.perf_counter()
        self.best, self.reached, self.trials = 0.0, False, 0

    @property
    def over(self) -> bool:
        """Whether it ends here."""
        return self.reached or time.perf_counter() - self.start > self.limit

    def classifier(self, settings: dict[str, Any]) -> Any:
        """The opponent's network, which tells this search its scores."""
        search = self

        class Watched(self.peer.Classifier):
            """Scores average precision, too."""

            def on_validation_epoch_end(self) -> None:
                """Note the score and stop at the target."""
                if self.trainer.sanity_checking:  # two batches, before any training
                    super().on_validation_epoch_end()
                    return
                p, y = (torch.cat(part).numpy() for part in zip(*self.seen, strict=True))
                search.best = max(search.best, float(average_precision_score(y, p)))
                search.reached = search.best >= search.target
                super().on_validation_epoch_end()
                self.trainer.should_stop = search.over

        return Watched(settings, True)

    def trial(self, settings: dict[str, Any]) -> None:
        """Prepare and train, as the opponent does it in each trial."""
        peer, parts = self.peer, {}
        train = self.rows[self.rows.split == "train"].text.tolist()
        for name in ("train", "validation"):
            part = self.rows[self.rows.split == name]
            parts[name] = peer.encode(train, part.text.tolist()), part.label.to_numpy()
        if settings["resampling"] in peer.SAMPLERS:
            sampler = peer.SAMPLERS[settings["resampling"]](random_state=0)
            parts["train"] = sampler.fit_resample(*parts["train"])
        sets = {
            name: TensorDataset(torch.from_numpy(x), torch.from_numpy(y.astype(np.float32)))
            for name, (x, y) in parts.items()
        }
        logger = peer.MLFlowLogger("plain", tracking_uri=f"sqlite:///{self.folder}/mlflow.db")
        logger.log_hyperparams(settings)
        trainer = peer.pl.Trainer(
            max_epochs=self.epochs, logger=logger, accelerator="cpu", default_root_dir=self.folder,
            enable_progress_bar=False, enable_model_summary=False,
        )  # fmt: skip
        size = settings["batch_size"]
        loaders = (
            DataLoader(sets["train"], size, shuffle=True),
            DataLoader(sets["validation"], size),
        )
        trainer.fit(self.classifier(settings), *loaders)
        self.trials += 1


def main() -> None:
    """Search and print what it took."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--peer", type=Path, required=True)
    ask.add_argument("--data", type=Path, required=True)
    ask.add_argument("--target", type=float, required=True)
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--epochs", type=int, default=10)
    ask.add_argument("--limit", type=float, default=600.0)
    given = ask.parse_args()
    warnings.filterwarnings("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    peer, draw = load(given.peer, 100), random.Random(given.seed)
    peer.pl.seed_everything(given.seed, verbose=False)
    rows = pd.read_csv(given.data, keep_default_na=False)
    with tempfile.TemporaryDirectory() as folder:
        search = Search(peer, rows, given.epochs, given.target, given.limit, folder)
        while not search.over:
            search.trial(drawn(draw))
    wall = time.perf_counter() - search.start
    found = {"wall_s": round(wall, 1), "reached": search.reached, "best": round(search.best, 4)}
    print(json.dumps(found | {"trials": search.trials}))


if __name__ == "__main__":
    main()
