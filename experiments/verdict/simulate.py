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
from pathlib import Path

import numpy as np
import optuna
from scipy import special, stats

from sweep.files import write_json
from sweep.statistics.expected_best import band
from sweep.statistics.fold_means import FoldMean
from sweep.statistics.gate import gate
from sweep.statistics.importance import Column, importance
from sweep.statistics.intervals import score_interval
from sweep.statistics.paired import Decision, compare, paired, search_luck
from sweep.statistics.race import race

Found = dict[str, float | int | str | None]
K = 5


def drawn(
    draw: np.random.Generator, shape: tuple[int, ...], n: int, *, shared: float = 1 / K
) -> np.ndarray:
    """Scores of variance 1 on n folds that share a part of their variance, (*shape, n)."""
    common, own = draw.normal(size=(*shape, 1)), draw.normal(size=(*shape, n))
    return math.sqrt(shared) * common + math.sqrt(1 - shared) * own


def rejected_by_bootstrap(differences: np.ndarray) -> np.ndarray:
    """The rule of Bouthillier et al.: the bootstrap's 95 % interval of the share of wins lies above .5 (either way)."""
    n = differences.shape[1]
    wins = (differences > 0).sum(axis=1)
    low, high = stats.binom.ppf([[0.025], [0.975]], n, wins / n) / n
    return (low > 0.5) | (high < 0.5)


def null_sweeps(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """LSTM against LSTM: one configuration twice, other folds and seeds."""
    rows: list[Found] = []
    for shared in (0.0, 1 / K, 0.4):
        for n in (5, 10, 25):
            differences = drawn(draw, (sweeps,), n, shared=shared)
            told = [compare(d, np.zeros(n)).decision for d in differences]
            plain = stats.ttest_1samp(differences, 0, axis=1).pvalue
            rows.append(
                {
                    "shared": shared,
                    "folds": n,
                    "no_evidence": told.count(Decision.no_evidence) / sweeps,
                    "plain_t_test": float((plain > 0.05).mean()),
                    "bootstrap_of_wins": 1 - float(rejected_by_bootstrap(differences).mean()),
                }
            )
    return rows


def searched(
    sweeps: int, draw: np.random.Generator, *, luck: float, gain: float, spread: float, n: int
) -> tuple[float, float]:
    """Share of sweeps with the right verdict, by the folds alone and with the search's luck in the variance.

    Two finalists an arm whose true scores differ by chance (standard deviation `luck`, in points), the better of them
    for the arm; the second arm's are `gain` points better. `spread` is of the difference of two over folds.
    """
    right = np.zeros(2)
    aim = Decision.b_better if gain else Decision.no_evidence
    for _ in range(sweeps):
        true = luck * draw.normal(size=(2, 2, 1)) + [[[0.0]], [[gain]]]
        scores = true + spread / math.sqrt(2) * drawn(draw, (2, 2), n)
        best = {arm: max(s, key=np.mean) for arm, s in zip("ab", scores, strict=True)}
        for i, added in enumerate((0.0, search_luck(dict(zip("ab", scores, strict=True))))):
            right[i] += paired(best, luck=added)[0].decision is aim
    return float(right[0]) / sweeps, float(right[1]) / sweeps


def lucky_null_sweeps(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """Equal arms, each with what its own search has found."""
    rows: list[Found] = []
    for luck in (0.0, 0.25, 0.5, 1.0, 2.0):
        for n in (5, 25):
            folds, both = searched(sweeps, draw, luck=luck, gain=0.0, spread=1.0, n=n)
            rows.append({"luck": luck, "folds": n, "by_folds": folds, "with_luck": both})
    return rows


def three_arms(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """Three equal arms: all three pairs must be without evidence."""
    told = [
        all(
            c.decision is Decision.no_evidence
            for c in paired(dict(zip("abc", drawn(draw, (3,), K), strict=True)))
        )
        for _ in range(sweeps)
    ]
    return [{"no_evidence": float(np.mean(told))}]


def gains(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """A gain of three points, by the spread of the difference over folds."""
    rows: list[Found] = []
    for spread in (0.5, 1.0, 1.5, 2.0, 3.0, 4.0):
        for n in (5, 10, 25, 50):
            folds, both = searched(sweeps, draw, luck=0.0, gain=3.0, spread=spread, n=n)
            lucky = searched(sweeps, draw, luck=0.5, gain=3.0, spread=spread, n=n)[1]
            rows.append(
                {
                    "spread": spread,
                    "folds": n,
                    "by_folds": folds,
                    "with_luck": both,
                    "with_luck_of_half_a_point": lucky,
                }
            )
    return rows


def coverage_of_folds(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """Intervals of a difference and of P(A beats B), by how much the folds share."""
    rows: list[Found] = []
    for shared in (0.0, 1 / K, 0.4):
        for n in (5, 25):
            for truth in (0.5, 0.75, 0.9):
                shift = special.ndtri(truth)
                differences = drawn(draw, (sweeps,), n, shared=shared) + shift
                found = [compare(d, np.zeros(n)) for d in differences]
                wins = np.array([c.probability for c in found])
                low, high = stats.binom.ppf([[0.025], [0.975]], n, wins) / n
                rows.append(
                    {
                        "shared": shared,
                        "folds": n,
                        "truth": truth,
                        "difference": _covered([c.difference_interval for c in found], shift),
                        "probability": _covered([c.interval for c in found], truth),
                        "probability_by_bootstrap": float(
                            ((low <= truth) & (truth <= high)).mean()
                        ),
                    }
                )
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
    """Bootstrap intervals of a score and of the gate's difference; fewer corpora, each resampled 500 times."""
    rows: list[Found] = []
    corpora = max(1, sweeps // 20)
    for metric in ("average_precision", "roc_auc", "mcc", "log_loss"):
        for n, share in ((1000, 0.13), (1000, 0.5), (5000, 0.13)):
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
                one.append(score_interval(metric, labels, a, draws=500, seed=seed).interval)
                two.append(gate(metric, labels, a, b, draws=500, seed=seed).interval)
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
    for n in (5, 12, 50):
        truth = 2 * np.arange(1, n + 1) / (2 * np.arange(1, n + 1) + 1)
        inside = 0
        for _ in range(sweeps):
            low, high = band(np.sqrt(draw.random(n)), bounds=(0, 1))
            inside += bool((low <= truth).all() and (truth <= high).all())
        rows.append({"trials": n, "band": inside / sweeps})
    return rows


def races(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """Two finalists of one arm, one truly worse: folds saved, and how often the one that dropped out would have won."""
    rows: list[Found] = []
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
        rows.append(
            {
                "behind": behind,
                "folds_saved": saved / sweeps / K,
                "dropped_wrongly": wrong / sweeps,
            }
        )
    return rows


def importances(sweeps: int, _: np.random.Generator) -> list[Found]:
    """One setting decides, one does a little, two do nothing: which are said to matter, by the sampler."""
    rows: list[Found] = []
    searches = max(1, sweeps // 50)
    for sampler in ("random", "tpe"):
        for n in (12, 24, 50, 100):
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


def mean_intervals(sweeps: int, draw: np.random.Generator) -> list[Found]:
    """The interval of an arm's own mean."""
    scores = drawn(draw, (sweeps,), K)
    return [{"folds": K, "mean": _covered([FoldMean.of(s).interval() for s in scores], 0.0)}]


SECTIONS: dict[str, Callable[[int, np.random.Generator], list[Found]]] = {
    "null_sweeps": null_sweeps,
    "lucky_null_sweeps": lucky_null_sweeps,
    "three_arms": three_arms,
    "gains": gains,
    "coverage_of_folds": coverage_of_folds,
    "mean_intervals": mean_intervals,
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
