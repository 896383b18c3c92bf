"""What the probe costs: the same training with it and without, in turn.

    python experiments/benchmark/probe.py --data SMSSpamCollection

Trains each network `--rounds` times with `trainer.probe=true` and as often without, in turn and in one process of one
thread with the environment that workers get; the order turns round from one pair to the next. Counted is the
process's own time, which other programs on the machine do not lengthen. Given is the median of the pairs' ratios
less one, and the median absolute deviation from it; that both end with the same weights is checked.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import record
import torch
from overhead import jobs_of, like_a_worker

from sweep.records import Status, TrialJob
from sweep.search.space import apply
from sweep.training.trial import train

NETWORKS: dict[str, dict[str, Any]] = {
    "the default": {},
    "small GRU, large batches": {"cell": "gru", "hidden": 32, "batch_size": 128},
    "two layers both ways": {"cell": "lstm", "layers": 2, "bidirectional": True},
    "nothing clipped": {"clip_norm": 0.0},
    "long epochs": {"cell": "gru", "hidden": 256, "batch_size": 16},
}
PATHS = {
    "cell": "model.cell", "hidden": "model.hidden", "layers": "model.layers", "clip_norm": "optimizer.clip_norm",
    "bidirectional": "model.bidirectional", "batch_size": "trainer.batch_size",
}  # fmt: skip


def seconds(job: TrialJob, watched: bool, folder: Path) -> tuple[float, str | None]:
    """Processor time of one training, and the digest of its weights."""
    own = TrialJob(
        key=job.key, config=apply(job.config, {"trainer.probe": watched}), seed=job.seed, corpus=job.corpus,
        folder=folder / ("with" if watched else "without"),
    )  # fmt: skip
    start = time.process_time()
    result = train(own, lambda _: False)
    spent = time.process_time() - start
    if result.status is not Status.COMPLETE:
        raise SystemExit(f"the training ended as {result.reason}: {result.message}")
    return spent, result.sha256


def compared(job: TrialJob, rounds: int, folder: Path) -> dict[str, float]:
    """Pairs of one network."""
    ratios, plain = [], []
    seconds(job, True, folder)  # the first training compiles kernels
    for number in range(rounds):
        found = {watched: seconds(job, watched, folder) for watched in (number % 2 == 0, number % 2 == 1)}  # fmt: skip
        if found[True][1] != found[False][1]:
            raise SystemExit("the probe has changed the weights")
        ratios.append(found[True][0] / found[False][0] - 1)
        plain.append(found[False][0])
    middle = statistics.median(ratios)
    return {
        "seconds": round(statistics.median(plain), 2),
        "cost_percent": round(100 * middle, 2),
        "spread_percent": round(100 * statistics.median(abs(r - middle) for r in ratios), 2),
    }


def main() -> None:
    """Measure and record."""
    like_a_worker()
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--data", type=Path, required=True)
    ask.add_argument("--epochs", type=int, default=3)
    ask.add_argument("--rounds", type=int, default=7)
    ask.add_argument("--out", type=Path, default=record.RESULTS)
    given = ask.parse_args()
    torch.set_num_threads(1)
    table = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = [
            "+search=lstm_vs_gru", "data=sms_spam", f"data.path={given.data.absolute()}", f"workdir={folder}",
            "trainer.accelerator=cpu", f"trainer.max_epochs={given.epochs}", "trainer.chance_share=1.0",
            "trainer.patience=99",
        ]  # fmt: skip
        (job,) = jobs_of(words, [{}], folder)
        for network, values in NETWORKS.items():
            own = TrialJob(
                key=job.key, config=apply(job.config, {PATHS[k]: v for k, v in values.items()}), seed=1,
                corpus=job.corpus, folder=folder,
            )  # fmt: skip
            table.append({"network": network} | compared(own, given.rounds, folder))
            print(table[-1], flush=True)
    told = {"rounds": given.rounds, "epochs": given.epochs, "table": table}
    record.write(given.out, "probe", told)


if __name__ == "__main__":
    main()
