"""Do real folds share as much of their variance as the verdict assumes? Fresh corpora, real models, many times.

    python experiments/verdict/real_folds.py --corpora 200

Each corpus is drawn anew from the built-in generator, so that what a comparison should find is known: the mean over all
corpora. Models are logistic regressions on hashed words, pairs and triples, each fitted on a bootstrap of its own
training rows, which stands for a network's seed. Scores are average precision. Leaves `real_folds.json`.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold

from sweep.data.builtin import generate
from sweep.files import write_json
from sweep.statistics.paired import Decision, compare

K = 5
ROWS = 1500
MODELS = {
    "triples": (3, 1.0),
    "triples_again": (3, 1.0),
    "pairs": (2, 1.0),
    "half_the_rows": (3, 0.5),
}
"""The longest run of words that a model sees, and the share of its training rows that it draws."""


def fold_scores(seed: int) -> dict[str, np.ndarray]:
    """Scores of every model on the same five folds of one corpus."""
    corpus = generate(seed=seed, rows=ROWS)
    labels = np.asarray(corpus.labels)
    features = {
        n: HashingVectorizer(ngram_range=(1, n), n_features=2**16).transform(corpus.texts)
        for n in (2, 3)
    }
    scores = {name: np.zeros(K) for name in MODELS}
    folds = StratifiedKFold(K, shuffle=True, random_state=seed).split(labels, labels)
    for fold, (train, test) in enumerate(folds):
        for index, (name, (longest, share)) in enumerate(MODELS.items()):
            draw = np.random.default_rng([seed, fold, index])
            rows = draw.choice(train, round(share * len(train)))
            model = LogisticRegression(C=10.0, solver="liblinear").fit(
                features[longest][rows], labels[rows]
            )
            p = model.predict_proba(features[longest][test])[:, 1]
            scores[name][fold] = average_precision_score(labels[test], p)
    return scores


def judged(differences: np.ndarray) -> dict[str, float]:
    """What `compare` makes of a difference over all corpora, (corpora, K)."""
    truth = float(differences.mean())
    found = [compare(d, np.zeros(K), folds=K) for d in differences]
    intervals = [c.difference_interval for c in found]
    within = float(differences.var(axis=1, ddof=1).mean())
    # The variance of a mean of K folds that share a part r of a variance v is v (r + (1 - r) / K), and within is v
    # (1 - r).
    between = float(differences.mean(axis=1).var(ddof=1))
    variance = within + (between - within / K)
    return {
        "true_difference": truth,
        "spread": within**0.5,
        "shared": (between - within / K) / variance,
        "no_evidence": float(np.mean([c.decision is Decision.no_evidence for c in found])),
        "right": float(
            np.mean(
                [
                    c.decision is (Decision.a_better if truth > 0 else Decision.b_better)
                    for c in found
                ]
            )
        ),
        "covered": float(np.mean([low <= truth <= high for low, high in intervals])),
        "covers_no_difference": float(np.mean([low <= 0 <= high for low, high in intervals])),
    }


def main() -> None:
    """Score the models on every corpus, judge every pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=int, default=200)
    corpora = parser.parse_args().corpora
    scores = [fold_scores(seed) for seed in range(corpora)]
    found = {}
    for other in list(MODELS)[1:]:
        differences = np.array([s["triples"] - s[other] for s in scores])
        found[f"triples - {other}"] = judged(differences)
        print(other, {k: round(v, 4) for k, v in found[f"triples - {other}"].items()}, flush=True)
    result = {"corpora": corpora, "rows": ROWS, "folds": K, "comparisons": found}
    write_json(Path(__file__).with_name("real_folds.json"), result)


if __name__ == "__main__":
    main()
