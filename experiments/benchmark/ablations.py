"""What each measure brings: the same work with one of them taken away at a time.

    python experiments/benchmark/ablations.py --data SMSSpamCollection --first 4

Runs the list as `same_work.py` does, whole and then without each measure, in turn, `--rounds` times. A measure's
share is the median of the rounds' ratios: wall time without it over wall time with all. Most are settings;
the others are taken away inside the worker by the functions below.
"""

import argparse
import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import record
import same_work

from sweep.executors import environment
from sweep.executors.local import LocalExecutor
from sweep.records import EpochReport, TrialJob, TrialResult
from sweep.text.settings import text_settings

Report = Callable[[EpochReport], bool]


def own_gru(job: TrialJob, report: Report) -> TrialResult:
    """PyTorch's GRU instead of `sweep.network.gru`."""
    from sweep.network import stack as model
    from sweep.training import trial as training

    model.run_layers = lambda rnn, x: rnn(x)[0]
    return training.train(job, report)


def grouped_steps(job: TrialJob, report: Report) -> TrialResult:
    """One call of Lightning for each step."""
    from sweep.training import fit
    from sweep.training.trial import train

    fit.Groups = partial(fit.Groups, size=1)
    return train(job, report)


def fused_optimizer(job: TrialJob, report: Report) -> TrialResult:
    """Adam and AdamW as loops over the weights."""
    from sweep.training import optimizer
    from sweep.training.trial import train

    optimizer.FUSED = {
        name: lambda weights, kind=kind, **given: kind(weights, **given | {"fused": False})
        for name, kind in optimizer.FUSED.items()
    }
    return train(job, report)


def unfilled_memory(job: TrialJob, report: Report) -> TrialResult:
    """Every fresh tensor filled with NaN, as PyTorch's deterministic mode does by itself."""
    import torch

    from sweep.training import trial as training

    own = training.make_deterministic

    def filled(seed: int) -> None:
        own(seed)
        torch.utils.deterministic.fill_uninitialized_memory = True

    training.make_deterministic = filled
    return training.train(job, report)


def evaluation_batches(job: TrialJob, report: Report) -> TrialResult:
    """Evaluation batches cut by their rows alone; `SETTINGS` makes them small, too."""
    from sweep.network import batches
    from sweep.training.trial import train

    batches.SLACK = 1 << 40
    return train(job, report)


def cache(job: TrialJob, report: Report) -> TrialResult:
    """Texts prepared anew in every trial."""
    from sweep.text.cache import load_texts
    from sweep.text.encoder import Encoder
    from sweep.training.trial import train

    encoder, _ = Encoder.fit_encode(
        load_texts(job.corpus, "train")[0], **text_settings(job.config)
    )
    encoder.encode(load_texts(job.corpus, "validation")[0])
    return train(job, report)


class LateServer(LocalExecutor):
    """Workers that load torch and Lightning themselves, each anew."""

    def start(self, *more: str) -> None:
        """Load nothing ahead."""
        self.context.set_forkserver_preload([])


SETTINGS = {
    "two workers": ["executor.workers=1"],
    "bucketing": ["trainer.bucketing=false"],
    "evaluation batches": ["trainer.eval_batch_size=32"],
}
WORK = {
    "evaluation batches": evaluation_batches,
    "own GRU": own_gru,
    "grouped steps": grouped_steps,
    "fused optimizer": fused_optimizer,
    "unfilled memory": unfilled_memory,
    "cache": cache,
}


def wall(name: str, given: argparse.Namespace) -> float:
    """Seconds of the whole list without one measure, in this process."""
    changed = argparse.Namespace(**vars(given) | {"set": [*given.set, *SETTINGS.get(name, [])]})
    kind = LateServer if name == "libraries loaded ahead" else LocalExecutor
    if name == "memory kept":
        environment.KEEP_MEMORY.clear()
    make = partial(kind, work=WORK.get(name))
    return float(same_work.measured(changed, same_work.listed(given), make)["wall_s"])


def apart(name: str) -> float:
    """Seconds without one measure, in a process of its own: nothing is loaded before its clock starts."""
    words = [sys.executable, *sys.argv, "--without", name]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    found = float(done.stdout.splitlines()[-1])
    print(f"without {name}: {found} s", file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Run the rounds and record them."""
    names = list(
        dict.fromkeys(["nothing", *SETTINGS, *WORK, "memory kept", "libraries loaded ahead"])
    )
    ask = same_work.arguments_of(__doc__)
    ask.add_argument("--rounds", type=int, default=2)
    ask.add_argument("--without", choices=names, help="one run without this, and its seconds")
    ask.add_argument("--name", default="ablations")
    ask.add_argument("--out", type=Path, default=record.RESULTS)
    given = ask.parse_args()
    if given.without:
        print(wall(given.without, given))
        return
    walls: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(given.rounds):
        for name in names:
            walls[name].append(apart(name))
    shares = {
        name: round(
            statistics.median(b / a for a, b in zip(walls["nothing"], own, strict=True)), 2
        )
        for name, own in walls.items()
        if name != "nothing"
    }
    trials = len(same_work.listed(given))
    about = {"trials": trials, "epochs": given.epochs, "rounds": given.rounds}
    record.write(given.out, given.name, about | {"times_slower_without": shares, "wall_s": walls})


if __name__ == "__main__":
    main()
