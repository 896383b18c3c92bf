"""Train the default network with and without ready-made vectors, and score each on its test part.

    python experiments/vectors/train.py --data FOLDER [--plan main small rates extras long] [--seeds 0 1 2] [--read]

FOLDER holds sms_spam/SMSSpamCollection, sst2/{train,dev,test}.tsv and imdb_subset/subset_{train_4000,test_2000}.jsonl.
Each training is one line of results/trials.jsonl, written as soon as it is done; those that stand there are not run
again. `--read` prints the tables.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MethodType
from typing import Any

import numpy as np
import torch
from pytorch_lightning.callbacks import Callback

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Config
from sweep.config.settings import replaced
from sweep.coordinator.final_scores import score_baselines
from sweep.data import Corpus, SplitCorpus
from sweep.data.load import load_split
from sweep.network.batches import EvaluationBatches
from sweep.records import EncodedTexts, Status, TrialJob, TrialKey
from sweep.scoring.decision import Decision
from sweep.text.cache import encoded, load_texts, store_corpus
from sweep.text.encoder import Encoder
from sweep.text.settings import text_settings
from sweep.text.vector_sources import sources
from sweep.text.vectors import look_up
from sweep.training import trial as training
from sweep.training.fit import logits_of
from sweep.training.learner import Learner

RESULTS = Path(__file__).parent / "results"
TRIALS, BASELINES = RESULTS / "trials.jsonl", RESULTS / "baselines.jsonl"
METRICS = ("average_precision", "roc_auc", "mcc", "accuracy")
SEEDS, CELLS = (0, 1, 2), ("lstm", "gru")
START = {"model.vectors": "glove_6b_50"}
SMOOTH = "loss.label_smoothing"

ARMS: dict[str, dict[str, Any]] = {
    "none": {"model.vectors": "none"},
    "none_50": {"model.vectors": "none", "model.embedding": 50},
    "start": START,
    "frozen": START | {"model.freeze_vectors": True},
    "rate_0.1": START | {"rate": 0.1},
    "rate_0.3": START | {"rate": 0.3},
    "rate_3": START | {"rate": 3.0},
    "averaged": START | {"average": 0.99},
    "word_dropout_0.05": START | {"word_dropout": 0.05},
    "word_dropout_0.1": START | {"word_dropout": 0.1},
    "embedding_dropout_0.3": START | {"model.embedding_dropout": 0.3},
    "embedding_dropout_0.7": START | {"model.embedding_dropout": 0.7},
    "smoothing_0.1": START | {SMOOTH: 0.1},
    "all_words": START | {"text.min_frequency": 1},
    "all_words_dropout": START | {"text.min_frequency": 1, "word_dropout": 0.05},
    "learning_rate_0.001": START | {"optimizer.learning_rate": 1e-3},
    "dropout_0.7_rate_0.3": START | {"model.embedding_dropout": 0.7, "rate": 0.3},
    "all_words_random": {"model.vectors": "none", "text.min_frequency": 1},
}
"""What each arm adds to the default configuration; a name without a dot is done here and is no setting."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One training."""

    corpus: str
    rows: int | None
    """Training rows; None: all."""
    cell: str
    seed: int
    arm: str


def plan(name: str) -> Iterator[Run]:
    """List trainings, the most decisive first."""
    arms, corpora, rows, seeds = {
        "main": (("none", "start", "frozen"), ("sms", "sst2"), None, SEEDS),
        "small": (
            ("none", "start", "frozen", "rate_0.3", "rate_0.1", "rate_3", "all_words"),
            ("sms", "sst2"), 500, SEEDS,
        ),
        "rates": (("rate_0.3", "rate_0.1", "rate_3", "none_50"), ("sms", "sst2"), None, SEEDS),
        "extras": (
            (
                "averaged", "word_dropout_0.05", "embedding_dropout_0.3", "embedding_dropout_0.7", "smoothing_0.1",
                "all_words", "all_words_dropout", "word_dropout_0.1", "all_words_random",
                "learning_rate_0.001", "dropout_0.7_rate_0.3",
            ), ("sms", "sst2"), None, SEEDS,
        ),
        "long": (("none", "start"), ("imdb",), None, SEEDS[:2]),
    }[name]  # fmt: skip
    for arm in arms if name == "extras" else ("",):
        for seed in seeds:
            for cell in CELLS:
                for corpus in corpora:
                    for each in (arm,) if arm else arms:
                        yield Run(corpus=corpus, rows=rows, cell=cell, seed=seed, arm=each)


def composed(corpus: str, data: Path, seed: int, scratch: Path) -> Config:
    """The default configuration on a corpus, with its published split."""
    if corpus == "sms":
        lines = (
            (data / "sms_spam" / "SMSSpamCollection").read_bytes().removesuffix(b"\n").split(b"\n")
        )
        (scratch / "train.tsv").write_bytes(b"\n".join(lines[:1674]) + b"\n")
        (scratch / "test.tsv").write_bytes(b"\n".join(lines[-3900:]) + b"\n")
        words = [
            "data=sms_spam",
            f"data.train={scratch}/train.tsv",
            f"data.test={scratch}/test.tsv",
        ]
    elif corpus == "sst2":
        names = {"train": "train", "validation": "dev", "test": "test"}
        words = ["data=sst2", *(f"data.{p}={data}/sst2/{f}.tsv" for p, f in names.items())]
    else:
        files = {"train": "train_4000", "test": "test_2000"}
        words = [
            "data=imdb",
            *(f"data.{p}={data}/imdb_subset/subset_{f}.jsonl" for p, f in files.items()),
        ]
    words = ["+search=lstm_vs_gru", f"seed={seed}", "trainer.accelerator=cpu", *words]
    return compose(read_flags(words))


def stored(config: Config, rows: int | None, cache: Path) -> Path:
    """Split the corpus, keep some training rows, and cache it."""
    whole = load_split(config)
    if rows is not None:
        places = np.flatnonzero(whole.parts == "train")
        kept = np.random.default_rng(config.seed).choice(places, rows, replace=False)
        index = np.sort(np.concatenate([kept, np.flatnonzero(whole.parts != "train")]))
        part = Corpus(
            name=whole.corpus.name,
            texts=[whole.corpus.texts[i] for i in index],
            labels=whole.corpus.labels[index],
            positive=whole.corpus.positive,
            negative=whole.corpus.negative,
        )
        whole = SplitCorpus(corpus=part, parts=whole.parts[index])
    return store_corpus(cache, whole)


class Averaged(Callback):
    """Validates and keeps the running mean of the weights instead of the last ones (Polyak and Juditsky, 1992)."""

    def __init__(self, decay: float) -> None:
        self.decay, self.steps = decay, 0
        self.mean: dict[str, torch.Tensor] = {}
        self.own: dict[str, torch.Tensor] = {}

    def on_train_start(self, trainer: Any, learner: Any) -> None:
        self.mean = {n: w.detach().clone() for n, w in learner.named_parameters()}
        trainer.optimizers[0].register_step_post_hook(lambda *_: self._step(learner))

    @torch.no_grad()
    def _step(self, learner: Learner) -> None:
        self.steps += 1
        decay = min(self.decay, self.steps / (9 + self.steps))
        for name, weight in learner.named_parameters():
            self.mean[name].lerp_(weight, 1 - decay)

    @torch.no_grad()
    def on_validation_start(self, trainer: Any, learner: Any) -> None:
        self.own = {n: w.detach().clone() for n, w in learner.named_parameters()}
        for name, weight in learner.named_parameters():
            weight.copy_(self.mean[name])

    # The checkpoint is written after the epoch's last call: the mean must still stand there.
    @torch.no_grad()
    def on_train_epoch_start(self, trainer: Any, learner: Any) -> None:
        for name, weight in learner.named_parameters():
            if name in self.own:
                weight.copy_(self.own[name])


def made(job: TrialJob, extra: dict[str, float]) -> training.Trial:
    """A trial with what is no setting."""
    trial = training.Trial(job, lambda told: False)
    learner = trial.learner
    if share := extra.get("word_dropout"):

        def drop(module: Any, given: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...] | None:
            if not module.training:
                return None
            ids = given[0]
            return ids.masked_fill((torch.rand(ids.shape) < share) & (ids > 0), 1), *given[1:]

        learner.network.register_forward_pre_hook(drop)
    if factor := extra.get("rate"):

        def own_rate(self: Learner) -> torch.optim.Optimizer:
            rate, words = self.optimizer["learning_rate"], self.network.embedding.weight
            rest = [p for p in self.parameters() if p is not words]
            groups = [{"params": rest}, {"params": [words], "lr": rate * factor}]
            return torch.optim.Adam(groups, lr=rate, fused=True)

        learner.configure_optimizers = MethodType(own_rate, learner)
    return trial


def run(run: Run, corpus: Path, config: Config, folder: Path) -> dict[str, Any]:
    """Train once and score on the test part."""
    arm = ARMS[run.arm]
    extra = {name: value for name, value in arm.items() if "." not in name}
    changes = {name: value for name, value in arm.items() if "." in name}
    config = replaced(config, changes | {"model.cell": run.cell})
    key = TrialKey(arm=run.cell, number=0)
    folder.mkdir(parents=True)
    job = TrialJob(key=key, config=config, seed=run.seed, corpus=corpus, folder=folder)
    began = time.monotonic()
    trial = made(job, extra)
    fit = training.fit
    if decay := extra.get("average"):
        training.fit = lambda config, learner, batches, watched, calls, folder, **more: fit(
            config, learner, batches, watched, [Averaged(decay), *calls], folder, **more
        )
    ended = trial.run()
    training.fit = fit
    seconds = time.monotonic() - began
    assert ended["status"] is Status.COMPLETE, ended
    decision = Decision.from_dict(
        json.loads((folder / "decision.json").read_text(encoding="utf-8"))
    )
    part = encoded(corpus, text_settings(config)).parts["test"]
    size = config.trainer.eval_batch_size
    logits = logits_of(trial.learner, EvaluationBatches(part, size))
    row = asdict(run) | {
        "seconds": round(seconds, 1),
        "epochs": ended["epochs"],
        "best_epoch": ended["epoch"],
    }
    row |= {"validation": ended["value"]} | picked(decision.scores(part.truth, logits))
    if "model.freeze_vectors" not in arm and config.model.vectors != "none":
        opened = open_logits(trial, corpus, config)
        row |= {f"open_{m}": v for m, v in picked(decision.scores(part.truth, opened)).items()}
    return row


def picked(scores: dict[str, float]) -> dict[str, float]:
    return {name: round(float(scores[name]), 5) for name in METRICS}


def open_logits(trial: training.Trial, corpus: Path, config: Config) -> np.ndarray:
    """Logits where words that training never numbered, but the vectors know, keep their vector."""
    encoder = Encoder.load(trial.corpus.encoder)
    texts, labels = load_texts(corpus, "test")
    units = [encoder._prepare(text) for text in texts]
    known = {token: number for number, token in enumerate(encoder.tokens)}
    new = sorted({token for unit in units for token in unit} - known.keys())
    (source,) = sources(config.model.vectors)
    vectors, found = look_up(source, ["<pad>", "<unk>", *new])
    new = [token for token, there in zip(new, found[2:], strict=True) if there]
    known |= {token: len(known) + place for place, token in enumerate(new)}
    rows = encoder._joined([[known.get(token, 1) for token in unit] for unit in units])
    own = trial.learner.network.embedding.weight
    more = torch.from_numpy(vectors[2:][found[2:]])
    trial.learner.network.embedding.weight = torch.nn.Parameter(torch.cat([own.detach(), more]))
    part = EncodedTexts(rows.ids, rows.offsets, labels)
    batches = EvaluationBatches(part, config.trainer.eval_batch_size)
    return logits_of(trial.learner, batches)


def lines(path: Path) -> list[dict[str, Any]]:
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if path.exists()
        else []
    )


def add(path: Path, row: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def show() -> None:
    """Print the mean and the standard deviation over the seeds, and the paired difference from `start`."""
    rows, base = lines(TRIALS), lines(BASELINES)
    shown = [*METRICS, *(f"open_{m}" for m in METRICS[:2])]
    for corpus, size in dict.fromkeys((r["corpus"], r["rows"]) for r in rows):
        here = [r for r in rows if (r["corpus"], r["rows"]) == (corpus, size)]
        print(
            f"\n{corpus}, {size or 'all'} rows\n| arm | cell | {' | '.join(shown)} | epochs | seconds | n |"
        )
        linear = [b for b in base if (b["corpus"], b["rows"]) == (corpus, size)]
        cells = [statistics.mean(b[m] for b in linear) for m in METRICS]
        print(
            f"| tfidf_logreg | | {' | '.join(f'{v:.4f}' for v in cells)} | | | | | {len(linear)} |"
        )
        groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for row in here:
            groups[row["arm"], row["cell"]].append(row)
            groups[row["arm"], "both"].append(row)
        for (arm, cell), group in sorted(
            groups.items(), key=lambda g: (list(ARMS).index(g[0][0]), g[0][1])
        ):
            told = []
            for metric in shown:
                values = [r[metric] for r in group if metric in r]
                spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
                told.append(f"{statistics.mean(values):.4f}{spread}" if values else "")
            means = [statistics.mean(r[name] for r in group) for name in ("epochs", "seconds")]
            print(
                f"| {arm} | {cell} | {' | '.join(told)} | {means[0]:.1f} | {means[1]:.0f} | {len(group)} |"
            )


def main() -> None:
    """Run a plan, or print what there is."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--data", type=Path)
    ask.add_argument("--plan", nargs="+", default=["main", "small", "rates", "extras", "long"])
    ask.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    ask.add_argument("--arms", nargs="+", default=list(ARMS))
    ask.add_argument("--read", action="store_true")
    given = ask.parse_args()
    if given.read:
        show()
        return
    torch.set_num_threads(1)
    done = {tuple(r[k] for k in ("corpus", "rows", "cell", "seed", "arm")) for r in lines(TRIALS)}
    scored = {(b["corpus"], b["rows"], b["seed"]) for b in lines(BASELINES)}
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        for number, each in enumerate(r for name in given.plan for r in plan(name)):
            if (
                each.seed not in given.seeds
                or each.arm not in given.arms
                or (each.corpus, each.rows, each.cell, each.seed, each.arm) in done
            ):
                continue
            config = composed(each.corpus, given.data, each.seed, place)
            corpus = stored(config, each.rows, place / "cache")
            if (each.corpus, each.rows, each.seed) not in scored:
                scored.add((each.corpus, each.rows, each.seed))
                found = score_baselines(config.objective, corpus, each.seed)["tfidf_logreg"][
                    "test"
                ]
                about = {"corpus": each.corpus, "rows": each.rows, "seed": each.seed}
                add(BASELINES, about | picked(found))
            row = run(each, corpus, config, place / f"trial-{number}")
            add(TRIALS, row)
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
