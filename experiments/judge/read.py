"""Which score of a trial orders trials as rows never seen do, and what the rules that end a trial early lose.

    python experiments/judge/read.py [sms_spam builtin sst2_2000]

Reads the curves that `curves.py` has left in `results/`, replays on them what a search does, and prints two tables.
"""

import argparse
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from scipy.stats import rankdata, spearmanr
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Config
from sweep.records import Status, Stopped, TrialKey, TrialResult
from sweep.search.space import Space
from sweep.search.study import ArmStudy

RESULTS = Path(__file__).parent / "results"
AP, LOSS = "average_precision", "log_loss"
HALVES = 400
"""Random halves of the trials over which the judges of two folds, which cost twice, are averaged."""
Curve = list[dict[str, Any]]
Judged = tuple[np.ndarray, np.ndarray]


def column(curve: Curve, part: str, metric: str) -> np.ndarray:
    """One score of every epoch, (epochs,)."""
    return np.array([epoch[part][metric] for epoch in curve])


def patient(curve: Curve, config: Config) -> tuple[int, Stopped]:
    """Epochs after which the program ends a trial that nobody prunes, and why."""
    settings = config.trainer
    best, waited = -np.inf, 0
    for number, epoch in enumerate(curve, 1):
        own = epoch["validation"]
        if epoch["learned"]:
            if own[AP] - settings.min_progress * own["standard_error"] > best:
                best, waited = own[AP], 0
            else:
                waited += 1
            if waited >= settings.patience:
                return number, Stopped.early_stopping
        elif number >= settings.chance_share * len(curve):
            return number, Stopped.no_learning
    return len(curve), Stopped.max_epochs


def best_epoch(curve: Curve) -> tuple[float, int]:
    """Today's judge: the best epoch's average precision; of equals the one of least loss."""
    scores, losses = column(curve, "validation", AP), column(curve, "validation", LOSS)
    at = int(np.lexsort((losses, -scores))[0])
    return float(scores[at]), at


def best_three(curve: Curve) -> tuple[float, int]:
    """The mean of the three best epochs; the best one is kept."""
    return float(np.sort(column(curve, "validation", AP))[-3:].mean()), best_epoch(curve)[1]


def smoothed(curve: Curve) -> tuple[float, int]:
    """The highest mean of three epochs in a row; the middle one is kept."""
    scores = column(curve, "validation", AP)
    padded = np.pad(scores, 1, mode="edge")
    means = np.convolve(padded, np.ones(3) / 3, mode="valid")
    return float(means.max()), int(means.argmax())


def least_loss(curve: Curve) -> tuple[float, int]:
    """The least log loss."""
    losses = column(curve, "validation", LOSS)
    return -float(losses.min()), int(losses.argmin())


def least_loss_kept(curve: Curve) -> tuple[float, int]:
    """The average precision at the epoch of least log loss, which is kept."""
    at = least_loss(curve)[1]
    return float(column(curve, "validation", AP)[at]), at


ONE_FOLD: dict[str, Callable[[Curve], tuple[float, int]]] = {
    "best epoch (today)": best_epoch,
    "mean of the best three": best_three,
    "mean of three in a row": smoothed,
    "least log loss": least_loss,
    "AP at the least log loss": least_loss_kept,
}


def judged(curves: Sequence[Curve], judge: Callable[[Curve], tuple[float, int]]) -> Judged:
    """What a judge says of each trial, and its average precision on the test part at the epoch kept; both (n,)."""
    told = [judge(curve) for curve in curves]
    tests = [column(c, "test", AP)[at] for c, (_, at) in zip(curves, told, strict=True)]
    return np.array([score for score, _ in told]), np.array(tests)


def shrunken(values: Sequence[dict[str, Any]], scores: np.ndarray) -> np.ndarray:
    """A Gaussian process's mean at the trials, fitted to them: what is left of a score when its noise is taken off."""
    table = _table(values)
    kernel = ConstantKernel(1.0) * RBF(np.full(table.shape[1], 2.0), (0.3, 100)) + WhiteKernel(
        0.5, (1e-3, 10)
    )
    middle, spread = np.median(scores), max(float(scores.std()), 1e-6)
    process = GaussianProcessRegressor(kernel, n_restarts_optimizer=1, random_state=0)
    return process.fit(table, (scores - middle) / spread).predict(table) * spread + middle


def _table(values: Sequence[dict[str, Any]]) -> np.ndarray:
    names = sorted({name for each in values for name in each})
    columns = []
    for name in names:
        found = [each.get(name) for each in values]
        if all(isinstance(v, int | float | None) and not isinstance(v, bool) for v in found):
            numbers = np.array([np.nan if v is None else float(v) for v in found])
            logs = np.log(numbers) if np.nanmin(numbers) > 0 else numbers
            spread = np.nanstd(logs) or 1.0
            columns.append(np.nan_to_num((logs - np.nanmean(logs)) / spread))
        else:
            levels = sorted({str(v) for v in found})
            columns += [[float(str(v) == level) for v in found] for level in levels[1:]]
    return np.array(columns).T


def judges(
    trials: dict[str, dict[str, dict[str, Any]]], config: Config
) -> Iterator[tuple[str, list[Judged]]]:
    """Each judge's name, and what it says; several where it sees half of the trials.

    Args:
        trials: part held out to trial to its line.
        config: the sweep's.
    """

    def cut(part: str) -> list[Curve]:
        return [
            line["epochs"][: patient(line["epochs"], config)[0]] for line in trials[part].values()
        ]

    first = cut("fold_0")
    for name, judge in ONE_FOLD.items():
        yield name, [judged(first, judge)]
    scores, tests = judged(first, best_epoch)
    losses, _ = judged(first, least_loss)
    yield "rank by AP and log loss", [(rankdata(scores) + rankdata(losses), tests)]
    yield (
        "shrunken by a surrogate",
        [(shrunken([t["values"] for t in trials["fold_0"].values()], scores), tests)],
    )
    if set(trials.get("fold_1", ())) == set(trials["fold_0"]):
        again, more = judged(cut("fold_1"), best_epoch)
        both = (scores + again) / 2, (tests + more) / 2
        rng = np.random.default_rng(0)
        n = len(scores)
        halves = [rng.choice(n, n // 2, replace=False) for _ in range(HALVES)]
        yield "two folds, half the trials", [(both[0][h], both[1][h]) for h in halves]
        yield "two folds, all trials (twice the time)", [both]
    if set(trials.get("third", ())) == set(trials["fold_0"]):
        yield "a third held out", [judged(cut("third"), best_epoch)]


def orders(corpora: Sequence[str]) -> None:
    """Print how well each judge orders the trials, and what its choice misses of the best one."""
    found: dict[str, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    for corpus, _, config, trials in sweeps(corpora):
        today = None
        for name, told in judges(trials, config):
            if today is None:
                today = told[0][1]
            row = []
            for scores, tests in told:
                rank = float(spearmanr(scores, tests).statistic)
                row.append((rank, float(today.max() - tests[int(np.argmax(scores))])))
            ranks, misses = zip(*row, strict=True)
            found[name][corpus].append((float(np.mean(ranks)), float(np.mean(misses))))
    shown = [c for c in corpora if any(c in by for by in found.values())]
    print(f"| judge | {' | '.join(f'{c}: rank, missed' for c in shown)} | all: rank, missed |")
    print(f"|---|{'---:|' * (len(shown) + 1)}")
    for name, by in found.items():
        cells = []
        for own in [*(by.get(c, []) for c in shown), [p for pairs in by.values() for p in pairs]]:
            means = np.mean(own, axis=0) if own else None
            cells.append("" if means is None else f"{means[0]:.2f}, {means[1]:.4f} ({len(own)})")
        print(f"| {name} | {' | '.join(cells)} |")


def sweeps(
    corpora: Sequence[str],
) -> Iterator[tuple[str, int, Config, dict[str, dict[str, dict[str, Any]]]]]:
    """Corpus, seed, configuration and the curves of each whole set of trials."""
    for corpus in corpora:
        by_seed: dict[int, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
        for line in (RESULTS / f"{corpus}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            by_seed[row["seed"]][row["part"]][row["trial"]] = row
        for seed, trials in by_seed.items():
            config = compose(read_flags(["+search=lstm_vs_gru", f"seed={seed}"]))
            space = Space.of(config)
            if len(trials["fold_0"]) == config.search.trials * len(space.arms):
                yield corpus, seed, config, trials


RULES = (Stopped.no_learning, Stopped.pruned, Stopped.early_stopping)


def ended_early(corpora: Sequence[str]) -> None:
    """Print what the rules that end a trial lose: trials of the best third, had they been trained to the end."""
    print(
        f"\n| corpus, seed | {' | '.join(RULES)} | lost | epochs | all epochs |\n|---|---:|---:|---:|---|---:|---:|"
    )
    totals = np.zeros(6, dtype=int)
    for corpus, seed, config, trials in sweeps(corpora):
        space = Space.of(config)
        ends: dict[str, tuple[int, Stopped]] = {}
        lost: list[str] = []
        curves = {name: trial["epochs"] for name, trial in trials["fold_0"].items()}
        for arm in space.arms:
            own = {name: c for name, c in curves.items() if name.rpartition("-")[0] == arm}
            study = ArmStudy(optuna.storages.InMemoryStorage(), config, space, arm)
            ended = replayed(study, own, config)
            lost += missed(own, ended)
            ends |= ended
        whys = [why for _, why in ends.values()]
        counts = [*(whys.count(rule) for rule in RULES), len(lost)]
        counts += [sum(epochs for epochs, _ in ends.values()), sum(map(len, curves.values()))]
        totals += np.array(counts)
        cells = [*counts[:3], "; ".join([str(len(lost)), *lost]), *counts[4:]]
        print(f"| {corpus}, {seed} | {' | '.join(map(str, cells))} |")
    print(f"| all | {' | '.join(map(str, totals))} |")


def missed(curves: dict[str, Curve], ends: dict[str, tuple[int, Stopped]]) -> list[str]:
    """Trials of one arm that were ended early, and belong to its best third only by their whole curve."""
    whole = {name: best_epoch(curve)[0] for name, curve in curves.items()}
    cut = {name: best_epoch(curve[: ends[name][0]])[0] for name, curve in curves.items()}
    kept = {name: score for name, score in cut.items() if ends[name][1] is not Stopped.pruned}
    third = round(len(curves) / 3)
    would, was = (set(sorted(s, key=lambda n: -s[n])[:third]) for s in (whole, kept))
    early = {name for name, (_, why) in ends.items() if why in RULES}
    return [
        f"{n} {cut[n]:.3f} to {whole[n]:.3f} ({ends[n][1]})" for n in sorted(early & (would - was))
    ]


def replayed(
    study: ArmStudy, curves: dict[str, Curve], config: Config
) -> dict[str, tuple[int, Stopped]]:
    """Let the program's own study hear each curve, one trial after the other; when and why each ended."""
    ends = {}
    for name, curve in curves.items():
        proposal = study.next()
        assert proposal is not None
        most, why = patient(curve, config)
        for number in range(1, most + 1):
            epoch = curve[number - 1]
            best, at = best_epoch(curve[:number])
            error = curve[at]["validation"]["standard_error"]
            if study.report(proposal.number, epoch["learned"], best, error) and number < len(
                curve
            ):
                most, why = number, Stopped.pruned
                break
        status = Status.PRUNED if why is Stopped.pruned else Status.COMPLETE
        key = TrialKey(arm=study.arm, number=proposal.number, attempt=proposal.attempt)
        value = best_epoch(curve[:most])[0]
        study.tell(
            proposal.number,
            TrialResult(key=key, status=status, value=value, epochs=most, stopped=why),
        )
        ends[name] = most, why
    return ends


def main() -> None:
    """Print both tables."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("corpora", nargs="*", default=["sms_spam", "builtin", "sst2_2000"])
    given = ask.parse_args()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    logging.getLogger("sweep").setLevel(logging.WARNING)
    corpora = [c for c in given.corpora if (RESULTS / f"{c}.jsonl").exists()]
    orders(corpora)
    ended_early(corpora)


if __name__ == "__main__":
    main()
