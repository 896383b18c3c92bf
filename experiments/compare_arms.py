"""Train every arm of an experiment on the same splits and seeds, and compare each with the reference arm.

    python experiments/compare_arms.py experiments/imbalance data=sms_spam data.path=SMSSpamCollection

The folder's `arms.yaml` holds the settings of all arms, what each arm adds, and which arm is the reference. Leaves
`trials.csv` and `summary.json` in the folder and prints the tables. A repetition is a fresh split with a fresh seed,
shared by all arms; nothing is searched, and the test part is scored once a trial.
"""

import argparse
import csv
import json
import math
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import yaml

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Calibration, Config
from sweep.data import load, split
from sweep.executors.local import LocalExecutor
from sweep.files import write_json
from sweep.records import EpochReport, Status, TrialJob, TrialKey, TrialResult
from sweep.seeds import derive
from sweep.text.cache import store_corpus
from sweep.text.settings import text_settings

Row = dict[str, str | int | float]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What `arms.yaml` says."""

    settings: list[str]
    reference: str
    arms: dict[str, list[str]]
    columns: list[str]
    """Scores that arms are compared by."""
    facts: list[str] = field(default_factory=list)
    """What is told of an arm beside its scores."""


def train_and_score(job: TrialJob, report: Callable[[EpochReport], bool]) -> TrialResult:
    """Train one trial, then score the test part; runs in a worker."""
    from sweep.training.trial import train

    result = train(job, report)
    return replace(result, metrics=scored(job)) if result.status is Status.COMPLETE else result


def scored(job: TrialJob) -> dict[str, float]:
    """Test scores of a trained trial, its calibration error under every calibration, and what its encoder made."""
    from sweep.network.batches import EvaluationBatches
    from sweep.scoring.decision import Decision
    from sweep.text.cache import encoded
    from sweep.training.fit import logits_of
    from sweep.training.learner import Learner
    from sweep.workspace import TrialFolder

    files = TrialFolder(job.folder)
    learner = Learner.load_from_checkpoint(files.checkpoint, map_location="cpu", weights_only=True)
    corpus = encoded(job.corpus, text_settings(job.config))
    labels, logits = {}, {}
    for name in ("validation", "test"):
        part = corpus.parts[name]
        labels[name] = part.truth
        logits[name] = logits_of(
            learner, EvaluationBatches(part, job.config.trainer.eval_batch_size)
        )
    stored = json.loads(files.decision.read_text(encoding="utf-8"))
    found = Decision.from_dict(stored).scores(labels["test"], logits["test"])
    for kind in (Calibration.temperature, Calibration.isotonic):
        calibrated = Decision.fit(
            replace(job.config.objective, calibration=kind),
            labels["validation"],
            logits["validation"],
            trained_prior=stored["trained_prior"],
            true_prior=stored["true_prior"],
        )
        scores = calibrated.scores(labels["test"], logits["test"])
        found |= {f"{name}_{kind}": scores[name] for name in ("ece", "log_loss")}
    statistics = corpus.statistics["test"]
    return found | {
        "vocabulary": corpus.vocabulary_size,
        "tokens": len(corpus.parts["test"].ids) / len(labels["test"]),
        "unknown": statistics["unknown"],
    }


def jobs(plan: Plan, configs: dict[str, Config], seeds: int, workdir: Path) -> Iterator[TrialJob]:
    """Every trial, repetition by repetition, so that a run cut short still compares all arms."""
    base = configs[plan.reference]
    corpus = load(base.data, seed=0)
    for seed in range(seeds):
        cached = store_corpus(workdir / "cache", split(corpus, **asdict(base.split), seed=seed))
        for arm, config in configs.items():
            key = TrialKey(arm=arm, number=seed)
            folder = workdir / key.trial
            yield TrialJob(key=key, config=config, seed=derive(seed), corpus=cached, folder=folder)


def run(todo: Iterator[TrialJob], workers: int) -> Iterator[TrialResult]:
    """Work through the trials, a few at a time."""
    executor = LocalExecutor(workers=workers, work=train_and_score)
    executor.start()
    more = True
    try:
        while more or executor.running:
            while more and len(executor.running) < workers:
                job = next(todo, None)
                more = job is not None
                if job is not None:
                    executor.submit(job)
            for event in executor.wait(1.0):
                if isinstance(event, TrialResult):
                    yield event
                else:
                    executor.answer(event.key, prune=False)
    finally:
        executor.close()


def row(result: TrialResult) -> Row:
    """One line of `trials.csv`."""
    told = f"{result.status} {result.reason}: {result.message}" if result.reason else "COMPLETE"
    print(
        f"{result.key.trial}: {told}, {result.epochs} epochs, {result.seconds:.1f} s", flush=True
    )
    numbers = {name: round(value, 6) for name, value in result.metrics.items()}
    facts = {"arm": result.key.arm, "seed": result.key.number, "status": str(result.status)}
    cost = {"epochs": result.epochs, "seconds": round(result.seconds, 1)}
    return facts | cost | {"validation_objective": round(result.value or math.nan, 6)} | numbers


def summarise(plan: Plan, rows: list[Row], share: float) -> dict[str, dict[str, dict[str, float]]]:
    """Mean, standard deviation and paired difference from the reference, for each arm and metric.

    The splits overlap, so that the repetitions are not independent; the variance of a difference is
    therefore raised by `share`, the test part's size over the training part's.

    References:
        Nadeau and Bengio, "Inference for the generalization error", 2003.
    """
    import numpy as np
    from scipy import stats

    done = [r for r in rows if r["status"] == Status.COMPLETE]
    found: dict[str, dict[str, dict[str, float]]] = {}
    for arm in plan.arms:
        found[arm] = {}
        for metric in dict.fromkeys([*plan.columns, *plan.facts]):
            own = {r["seed"]: float(r[metric]) for r in done if r["arm"] == arm}
            other = {r["seed"]: float(r[metric]) for r in done if r["arm"] == plan.reference}
            if len(own) < 2:
                continue
            values = np.array(list(own.values()))
            numbers = {"n": len(own), "mean": values.mean(), "sd": values.std(ddof=1)}
            pairs = np.array([own[seed] - other[seed] for seed in own if seed in other])
            if arm != plan.reference and metric in plan.columns and len(pairs) > 1:
                error = pairs.std(ddof=1) * math.sqrt(1 / len(pairs) + share)
                half = float(stats.t.ppf(0.975, len(pairs) - 1)) * error
                mean = pairs.mean()
                numbers |= {"difference": mean, "low": mean - half, "high": mean + half}
            found[arm][metric] = {k: round(float(v), 6) for k, v in numbers.items()}
    return found


def table(plan: Plan, found: dict[str, dict[str, dict[str, float]]], paired: bool) -> str:
    """Markdown: mean ± standard deviation, or difference from the reference with its interval."""
    names = plan.columns if paired else [*plan.columns, *plan.facts]
    lines = [f"| arm | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for arm, metrics in found.items():
        cells = []
        for metric in names:
            told = metrics.get(metric, {})
            digits = 1 if told.get("mean", 0) >= 2 else 4
            if paired and "difference" in told:
                apart = " *" if told["low"] > 0 or told["high"] < 0 else ""
                numbers = (f"{told[n]:+.{digits}f}" for n in ("difference", "low", "high"))
                cells.append("{} [{}, {}]".format(*numbers) + apart)
            else:
                cells.append(
                    f"{told['mean']:.{digits}f} ± {told['sd']:.{digits}f}" if told else "failed"
                )
        if not (paired and arm == plan.reference):
            lines.append(f"| {arm} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write_csv(path: Path, rows: list[Row]) -> None:
    """All trials, one a line."""
    fields = list(dict.fromkeys(name for line in rows for name in line))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda line: (str(line["arm"]), line["seed"])))


def read_csv(path: Path) -> list[Row]:
    """What `write_csv` wrote, numbers as text."""
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="holds arms.yaml, gets the results")
    parser.add_argument("settings", nargs="*", help="NAME=VALUE, for every arm: data.path=FILE")
    parser.add_argument("--seeds", type=int, default=5, help="repetitions")
    parser.add_argument("--workers", type=int, default=2, help="processes of one thread")
    parser.add_argument("--only", nargs="+", metavar="ARM", help="arms to run; by default all")
    parser.add_argument("--reference", metavar="ARM", help="instead of the one in arms.yaml")
    parser.add_argument("--out", type=Path, help="where the results go instead of the folder")
    parser.add_argument(
        "--read", action="store_true", help="train nothing: tables of the trials.csv there"
    )
    given = parser.parse_intermixed_args()
    if given.seeds < 2:
        parser.error("--seeds must be at least 2: one repetition shows no spread")
    return given


def planned(given: argparse.Namespace) -> Plan:
    """The folder's plan, as the command line narrows it."""
    plan = Plan(**yaml.safe_load((given.folder / "arms.yaml").read_text(encoding="utf-8")))
    reference = given.reference or plan.reference
    arms = dict.fromkeys([reference, *(given.only or plan.arms)])
    return replace(plan, reference=reference, arms={arm: plan.arms[arm] for arm in arms})


def composed(plan: Plan, words: list[str]) -> dict[str, Config]:
    """The settings of each arm."""
    found = {}
    for arm, own in plan.arms.items():
        config = compose(read_flags([*plan.settings, *own, *words]), need_search=False)
        found[arm] = config
    return found


def main() -> None:
    """Run, write, print."""
    given = arguments()
    plan, out = planned(given), given.out or given.folder
    configs = composed(plan, given.settings)
    shares = configs[plan.reference].split
    share = shares.test / (1 - shares.test - shares.validation)
    if given.read:
        rows = read_csv(out / "trials.csv")
    else:
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as workdir:
            todo = jobs(plan, configs, given.seeds, Path(workdir))
            rows = [row(result) for result in run(todo, given.workers)]
        print(f"\n{len(rows)} trials in {time.monotonic() - started:.0f} s\n")
        out.mkdir(parents=True, exist_ok=True)
        write_csv(out / "trials.csv", rows)
        write_json(out / "summary.json", summarise(plan, rows, share))
    found = summarise(plan, rows, share)
    print(table(plan, found, paired=False), table(plan, found, paired=True), sep="\n\n")


if __name__ == "__main__":
    main()
