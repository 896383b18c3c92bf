"""Train random configurations of the default space to the end, and keep every epoch's scores on validation and on test.

    python experiments/judge/curves.py builtin --workdir runs
    python experiments/judge/curves.py sms_spam data=sms_spam data.train=train.tsv data.test=test.tsv --workdir runs

Each arm gets its configuration itself and random draws, `search.trials` of them. Each configuration is trained once
with the first and once with the second fold of the confirmation held out (and with a third of the rows, `--parts`),
under one seed, with nothing that ends it before its last epoch. One line a training goes to `results/CORPUS.jsonl`;
what stands there is not trained again.
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import optuna
from optuna.samplers import RandomSampler
from scipy.special import expit

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Config
from sweep.data import SplitCorpus
from sweep.data.load import load_split
from sweep.data.split import folds
from sweep.network.batches import EvaluationBatches
from sweep.records import TrialJob, TrialKey
from sweep.scoring.calibration import correct_prior
from sweep.scoring.metrics import scores
from sweep.search.space import Space, apply
from sweep.seeds import derive
from sweep.text.cache import encoded, store_corpus
from sweep.text.settings import text_settings
from sweep.training import trial as training
from sweep.training.epoch_log import EpochLog
from sweep.training.fit import logits_of

RESULTS = Path(__file__).parent / "results"
KEPT = ("average_precision", "roc_auc", "log_loss")
ENDLESS = {"trainer.chance_share": 1.0}
PARTS = {"fold_0": (5, 0), "fold_1": (5, 1), "third": (3, 0)}
"""What is held out: into how many folds the rows are divided, and which of them."""


def drawn(config: Config, space: Space) -> list[tuple[str, dict[str, Any]]]:
    """The configurations: of each arm its own and random draws, under the sweep's seed."""
    found = []
    for arm in space.arms:
        found.append((f"{arm}-0", space.defaults(arm, config)))
        sampler = RandomSampler(seed=derive(config.seed, "judge", arm))
        study = optuna.create_study(sampler=sampler)
        for number in range(1, config.search.trials):
            found.append((f"{arm}-{number}", space.suggest(study.ask(), arm)))
    return found


def held_out(config: Config, split: SplitCorpus, part: str) -> SplitCorpus:
    """The corpus with a part held out for validation."""
    count, which = PARTS[part]
    return folds(split, count=count, repeats=1, keep_validation=False, seed=config.seed)[which]


def curve(job: TrialJob) -> list[dict[str, Any]]:
    """Train one trial to the end; for each epoch the history's line and the scores on the test part."""
    part = encoded(job.corpus, text_settings(job.config)).parts["test"]
    tested = EvaluationBatches(part, job.config.trainer.eval_batch_size)
    epochs: list[dict[str, Any]] = []

    class Watching(EpochLog):
        def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
            super().on_validation_end(trainer, pl_module)
            raw = expit(logits_of(pl_module, tested))
            priors = {name.removesuffix("_prior"): value for name, value in self.priors.items()}
            probabilities = correct_prior(raw, **priors)
            found = scores(part.truth, probabilities, threshold=0.5)
            test = {name: round(float(found[name]), 5) for name in KEPT}
            own = {
                name: round(float(self.metrics[name]), 5)
                for name in (*KEPT, "standard_error", "train_loss")
            }
            epochs.append({"learned": self.learned, "validation": own, "test": test})

    training.EpochLog, before = Watching, training.EpochLog
    try:
        training.train(job, lambda told: False)
    finally:
        training.EpochLog = before
    return epochs


def main() -> None:
    """Train what is missing."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("corpus", help="what its file of results is called")
    ask.add_argument("settings", nargs="*", help="NAME=VALUE: data.path=FILE")
    ask.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    ask.add_argument("--parts", nargs="+", choices=list(PARTS), default=["fold_0", "fold_1"])
    ask.add_argument("--workdir", type=Path, required=True)
    given = ask.parse_intermixed_args()
    path = RESULTS / f"{given.corpus}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    known = {tuple(json.loads(line)[key] for key in ("seed", "part", "trial")) for line in lines}
    for seed in given.seeds:
        words = ["+search=lstm_vs_gru", f"seed={seed}", "trainer.accelerator=cpu", *given.settings]
        config = compose(read_flags(words))
        split = load_split(config)
        space = Space.of(config)
        for part in given.parts:
            corpus = store_corpus(given.workdir / "cache", held_out(config, split, part))
            for name, values in drawn(config, space):
                if (seed, part, name) in known:
                    continue
                own = apply(config, values)
                own = apply(own, {"trainer.patience": own.trainer.max_epochs} | ENDLESS)
                folder = given.workdir / "judge" / f"{given.corpus}-{seed}-{part}-{name}"
                job = TrialJob(
                    key=TrialKey(arm=name.rpartition("-")[0], number=int(name.rpartition("-")[2])),
                    config=own, seed=derive(seed, "trial", name), corpus=corpus, folder=folder,
                )  # fmt: skip
                row = {
                    "seed": seed,
                    "part": part,
                    "trial": name,
                    "values": values,
                    "epochs": curve(job),
                }
                shutil.rmtree(folder)
                with path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")
                print(
                    part,
                    name,
                    max(e["validation"]["average_precision"] for e in row["epochs"]),
                    flush=True,
                )


if __name__ == "__main__":
    main()
