"""How often the verdict, its intervals, the race and the importance are right, where the truth is known.

    python experiments/verdict/simulate.py --sweeps 10000

Leaves `results.json` beside this file and prints it as it grows. Scores are in points (a hundredth of a score); a
configuration's scores on K folds are normal and share 1/K of their variance, unless a row says otherwise.
"""

import argparse
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import optuna
from scipy import special, stats

from sweep.files import write_json
from sweep.statistics.expected_best import band
from sweep.statistics.gate import gate
from sweep.statistics.importance import Column, importance
from sweep.statistics.intervals import score_interval
from sweep.statistics.paired import OUTPERFORMS, Decision, compare, paired, search_luck
from sweep.statistics.race import race

Found = dict[str, float | int | str | None]
K = 5
CHECKED = 100
"""Sweeps of each setting that are compared with what the program tells of them."""


def drawn(
    draw: np.random.Generator, shape: tuple[int, ...], n: int, *, shared: float = 1 / K
) -> np.ndarray:
    """Scores of variance 1 on n folds that share a part of their variance, (*shape, n)."""
    common, own = draw.normal(size=(*shape, 1)), draw.normal(size=(*shape, n))
    return math.sqrt(shared) * common + math.sqrt(1 - shared) * own


def rejected_by_bootstrap(gains: np.ndarray) -> np.ndarray:
    """The rule of Bouthillier et al.: the bootstrap's 95 % interval of the share of wins leaves out 1/2."""
    low, high = bootstrap_of_wins((gains > 0).mean(axis=1), gains.shape[1])
    return (low > 0.5) | (high < 0.5)


def bootstrap_of_wins(share: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Percentile interval of the share of wins: a resample's wins are binomial."""
    low, high = stats.binom.ppf([[0.025], [0.975]], n, share) / n
    return low, high


@dataclass(frozen=True)
class Told:
    """What `compare` tells of many sweeps at once; the first are compared with what it tells itself."""

    better: np.ndarray
    """1, 0 or -1: better, no evidence, worse."""
    interval: tuple[np.ndarray, np.ndarray]
    chance: tuple[np.ndarray, np.ndarray]

    @classmethod
    def of(cls, gains: np.ndarray, luck: np.ndarray | float = 0.0) -> "Told":
        """Judge gains on folds, (sweeps, n), with each sweep's luck, (sweeps,)."""
        n = gains.shape[1]
        luck = np.broadcast_to(luck, len(gains))
        mean, spread = gains.mean(axis=1), gains.std(axis=1, ddof=1)
        error = np.sqrt((1 / n + 1 / (K - 1)) * spread**2 + luck)
        wins = (gains > 0).mean(axis=1)
        reach = special.stdtrit(n - 1, 0.975) * error
        scale = error / np.sqrt(spread**2 / (1 - 1 / K) + luck)
        low, high = (
            special.ndtr(special.nctdtrinc(n - 1, q, mean / error) * scale) for q in (0.975, 0.025)
        )
        found = cls(
            (np.abs(mean) > reach) * np.sign(mean) * (np.maximum(wins, 1 - wins) >= OUTPERFORMS),
            (mean - reach, mean + reach),
            (np.minimum(low, wins), np.maximum(high, wins)),
        )
        found.check(gains, luck)
        return found

    def check(self, gains: np.ndarray, luck: np.ndarray) -> None:
        """Compare the first sweeps with the function that is judged here."""
        words = {Decision.a_better: 1, Decision.no_evidence: 0, Decision.b_better: -1}
        for i, gain in enumerate(gains[:CHECKED]):
            told = compare(gain, np.zeros(len(gain)), folds=K, luck=float(luck[i]))
            ends = [end[i] for pair in (self.interval, self.chance) for end in pair]
            assert words[told.decision] == self.better[i]
            assert np.allclose(ends, [*told.difference_interval, *told.interval], atol=1e-9)

    @property
    def no_evidence(self) -> float:
        """Share of sweeps without evidence."""
        return float((self.better == 0).mean())


def null_sweeps(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """LSTM against LSTM: one configuration twice, other folds and seeds."""
    rows: list[Found] = []
    for shared in (0.0, 1 / K, 0.4):
        for n in (5, 10, 25):
            gains = drawn(draw, (sweeps,), n, shared=shared)
            plain = stats.ttest_1samp(gains, 0, axis=1).pvalue
            rows.append(
                {
                    "shared": shared,
                    "folds": n,
                    "no_evidence": Told.of(gains).no_evidence,
                    "plain_t_test": float((plain > 0.05).mean()),
                    "bootstrap_of_wins": 1 - float(rejected_by_bootstrap(gains).mean()),
                }
            )
    return rows


def searched(
    sweeps: int, draw: np.random.Generator, *, luck: float, gain: float, spread: float, n: int
) -> tuple[Told, Told]:
    """What is told of two arms by the folds alone, and with the search's luck in the variance.

    Two finalists an arm whose true scores differ by chance (standard deviation `luck`, in points), the better of them
    for the arm; the first arm's are `gain` points better. `spread` is of the difference of two over folds.
    """
    true = luck * draw.normal(size=(sweeps, 2, 2, 1)) + np.array([gain, 0.0])[:, None, None]
    scores = true + spread / math.sqrt(2) * drawn(draw, (sweeps, 2, 2), n)
    place = scores.mean(axis=3).argmax(axis=2)[:, :, None, None]
    best = np.take_along_axis(scores, place, axis=2)[:, :, 0]
    between = scores[:, :, 0] - scores[:, :, 1]
    noise = between.var(axis=2, ddof=1) * (1 / n + 1 / (K - 1))
    added = np.maximum(0, (between.mean(axis=2) ** 2 - noise).mean(axis=1))
    for sweep, variance in zip(scores[:CHECKED], added, strict=False):
        assert np.isclose(search_luck(dict(zip("ab", sweep, strict=True)), folds=K), variance)
    gains = best[:, 0] - best[:, 1]
    return Told.of(gains), Told.of(gains, added)


def lucky_null_sweeps(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """Equal arms, each with what its own search has found."""
    rows: list[Found] = []
    for luck in (0.0, 0.25, 0.5, 1.0, 2.0):
        for n in (5, 25):
            told = searched(sweeps, draw, luck=luck, gain=0.0, spread=1.0, n=n)
            by_folds, with_luck = (each.no_evidence for each in told)
            rows.append({"luck": luck, "folds": n, "by_folds": by_folds, "with_luck": with_luck})
    return rows


def three_arms(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """Three equal arms: all three pairs must be without evidence."""
    told = [
        all(
            c.decision is Decision.no_evidence
            for c in paired(dict(zip("abc", drawn(draw, (3,), K), strict=True)))
        )
        for _ in range(sweeps // 5)
    ]
    return [{"sweeps": len(told), "no_evidence": float(np.mean(told))}]


def gains(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """A gain of three points, by the spread of the difference over folds: how often it is found."""
    rows: list[Found] = []
    for spread in (0.5, 1.0, 1.5, 2.0, 3.0, 4.0):
        for n in (5, 10, 25, 50):
            row: Found = {"spread": spread, "folds": n}
            for luck, name in ((0.0, "none"), (0.25, "quarter"), (0.5, "half")):
                told = searched(sweeps, draw, luck=luck, gain=3.0, spread=spread, n=n)
                if not luck:
                    row["by_folds"] = float((told[0].better == 1).mean())
                row[f"luck_{name}"] = float((told[1].better == 1).mean())
            rows.append(row)
    return rows


def coverage_of_folds(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """Intervals of a difference and of P(A beats B), by how much the folds share."""
    rows: list[Found] = []
    for shared in (0.0, 1 / K, 0.4):
        for n in (5, 25):
            for truth in (0.5, 0.75, 0.9):
                shift = float(special.ndtri(truth))
                scores = drawn(draw, (sweeps,), n, shared=shared) + shift
                told = Told.of(scores)
                ends = {
                    "difference": (told.interval, shift),
                    "probability": (told.chance, truth),
                    "by_bootstrap": (bootstrap_of_wins((scores > 0).mean(axis=1), n), truth),
                }
                covered = {
                    name: float(((low <= aim) & (aim <= high)).mean())
                    for name, ((low, high), aim) in ends.items()
                }
                rows.append({"shared": shared, "folds": n, "truth": truth} | covered)
    return rows


def _covered(intervals: list[tuple[float, float]], truth: float) -> float:
    return float(np.mean([low <= truth <= high for low, high in intervals]))


def answers(draw: np.random.Generator, rows: int, share: float) -> tuple[np.ndarray, ...]:
    """Labels, and probabilities of two models that err on the same rows, the first a little less often."""
    labels = (np.arange(rows) < rows * share).astype(int)
    shared, first, second = draw.normal(size=(3, rows))
    logits = [
        shift * labels + math.sqrt(0.7) * shared + math.sqrt(0.3) * own
        for shift, own in ((2.6, first), (2.4, second))
    ]
    return labels, *(special.expit(logit - 1.5) for logit in logits)


def coverage_of_rows(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """Bootstrap intervals of a score and of the gate's difference; fewer corpora, each resampled 400 times."""
    rows: list[Found] = []
    corpora = max(1, sweeps // 50)
    for metric in ("average_precision", "roc_auc", "mcc", "log_loss"):
        for n, share in ((1000, 0.13), (1000, 0.5)):
            parts = [
                (s.value, g.difference)
                for labels, a, b in (answers(draw, 200_000, share) for _ in range(5))
                for s in [score_interval(metric, labels, a, draws=2)]
                for g in [gate(metric, labels, a, b, draws=2)]
            ]
            truth, difference = np.mean(parts, axis=0)
            one, two = [], []
            for seed in range(corpora):
                labels, a, b = answers(draw, n, share)
                one.append(score_interval(metric, labels, a, draws=400, seed=seed).interval)
                two.append(gate(metric, labels, a, b, draws=400, seed=seed).interval)
            rows.append(
                {
                    "metric": metric,
                    "rows": n,
                    "positives": share,
                    "corpora": corpora,
                    "score": _covered(one, float(truth)),
                    "gate": _covered(two, float(difference)),
                }
            )
    return rows


def coverage_of_bands(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """The band of the expected best holds the whole curve: scores are square roots of uniform numbers."""
    rows: list[Found] = []
    for n in (5, 24):
        truth = 2 * np.arange(1, n + 1) / (2 * np.arange(1, n + 1) + 1)
        inside = 0
        for _ in range(sweeps // 5):
            low, high = band(np.sqrt(draw.random(n)), bounds=(0, 1))
            inside += bool((low <= truth).all() and (truth <= high).all())
        rows.append({"trials": n, "searches": sweeps // 5, "band": inside / (sweeps // 5)})
    return rows


def races(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """Two finalists of one arm, one truly worse: folds saved, and how often the one that dropped out would have won."""
    rows: list[Found] = []
    sweeps //= 5
    for behind in (0.0, 1.0, 2.0, 4.0):
        saved = wrong = 0
        for _ in range(sweeps):
            scores = np.stack([np.zeros(K), drawn(draw, (), K) - behind])
            for m in range(2, K):
                on = race(np.where(np.arange(K) < m, scores, math.nan), "aa")
                if not all(on):
                    out = on.index(False)
                    saved += K - m
                    wrong += bool(scores[out].mean() > scores[1 - out].mean())
                    break
        found = {"folds_saved": saved / sweeps / K, "dropped_wrongly": wrong / sweeps}
        rows.append({"behind": behind, "races": sweeps} | found)
    return rows


def importances(sweeps: int, _: np.random.Generator) -> list[Found]:
    """One setting decides, one does a little, two do nothing: which are said to matter, by the sampler."""
    rows: list[Found] = []
    searches = max(1, sweeps // 100)
    for sampler in ("random", "tpe"):
        for n in (12, 24, 50):
            told = dict.fromkeys(("much", "little", "nothing", "at_all"), 0)
            for seed in range(searches):
                matters = {one.name: one.told for one in _importance(sampler, n, seed)}
                for name in ("much", "little", "nothing"):
                    told[name] += matters[name]
                told["at_all"] += matters["nothing"] or matters["no_choice"]
            rows.append(
                {"sampler": sampler, "trials": n, "searches": searches}
                | {name: count / searches for name, count in told.items()}
            )
    return rows


def _importance(sampler: str, n: int, seed: int) -> list:
    kinds = {
        "random": optuna.samplers.RandomSampler(seed=seed),
        "tpe": optuna.samplers.TPESampler(seed=seed, n_startup_trials=5, multivariate=True),
    }
    study = optuna.create_study(direction="maximize", sampler=kinds[sampler])
    noise = np.random.default_rng(seed)

    def score(trial: optuna.Trial) -> float:
        much, little = (trial.suggest_float(name, 0, 1) for name in ("much", "little"))
        trial.suggest_float("nothing", 0, 1)
        trial.suggest_categorical("no_choice", ["a", "b", "c"])
        return float(-10 * (much - 0.6) ** 2 - (little - 0.3) ** 2 + 0.2 * noise.normal())

    study.optimize(score, n_trials=n)
    trials = study.trials
    columns = [
        Column(name=name, values=np.array([t.params[name] for t in trials]))
        for name in ("much", "little", "nothing")
    ]
    picked = np.array(["abc".index(t.params["no_choice"]) for t in trials], dtype=float)
    columns.append(Column(name="no_choice", values=picked, choices=3))
    return importance(columns, [t.value for t in trials], draws=1, shuffles=199, seed=seed)


SECTIONS: dict[str, Callable[[int, np.random.Generator], list[Found]]] = {
    "null_sweeps": null_sweeps,
    "lucky_null_sweeps": lucky_null_sweeps,
    "three_arms": three_arms,
    "gains": gains,
    "coverage_of_folds": coverage_of_folds,
    "coverage_of_rows": coverage_of_rows,
    "coverage_of_bands": coverage_of_bands,
    "races": races,
    "importances": importances,
}


def main() -> None:
    """Run the sections asked for and keep what the others have found before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="without any: all")
    parser.add_argument("--sweeps", type=int, default=10_000)
    given = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    path = Path(__file__).with_name("results.json")
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for index, (name, section) in enumerate(SECTIONS.items()):
        if given.sections and name not in given.sections:
            continue
        start = time.perf_counter()
        rows = section(given.sweeps, np.random.default_rng([0, index]))
        found[name] = {"sweeps": given.sweeps, "rows": rows}
        print(f"{name} ({time.perf_counter() - start:.0f} s)")
        for row in rows:
            print(
                "  ",
                {k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()},
                flush=True,
            )
        write_json(path, found)


if __name__ == "__main__":
    main()
