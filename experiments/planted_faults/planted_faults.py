"""Plant one fault at a time, and see what the diagnosis says of the trials that come out.

    python experiments/planted_faults/planted_faults.py run builtin --workdir runs
    python experiments/planted_faults/planted_faults.py run sms data=sms_spam data.path=SMSSpamCollection --workdir runs
    python experiments/planted_faults/planted_faults.py score

`run` trains two trials a fault and a healthy control a seed, goes on where it was, and adds a line a sweep to
`results.jsonl`; `--heal` trains the first finding's remedy, too. `score` writes `confusion.csv` and prints the shares.
"""

import argparse
import csv
import json
import tomllib
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import corpora
import numpy as np

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Config
from sweep.coordinator import fingerprint
from sweep.coordinator.final_scores import score_baselines
from sweep.coordinator.known import known
from sweep.data.load import load
from sweep.data.split import split
from sweep.diagnosis.finding import Finding
from sweep.diagnosis.table import diagnose
from sweep.records import TrialJob, TrialKey
from sweep.search.space import Space, apply
from sweep.search.studies import open_studies
from sweep.seeds import derive
from sweep.text.cache import store_corpus
from sweep.training.trial import train
from sweep.workspace import Workspace

HERE = Path(__file__).parent
RESULTS = HERE / "results.jsonl"
FAULTS: dict[str, dict[str, Any]] = tomllib.loads((HERE / "faults.toml").read_text("utf-8"))
HEALTHY = "healthy"
SEEN = "sms"
"""The corpus whose faults were looked at while rules were mended; the others were run once, afterwards."""
SMALL = (
    "+search=smoke", "model.vectors=none", "model.cell=gru", "model.embedding=64", "model.hidden=64",
    "model.embedding_dropout=0.3", "trainer.batch_size=32", "optimizer.learning_rate=0.003",
    "search.fix=[optimizer.learning_rate]", "trainer.patience=5",
    "++search.space.model.forget_bias={type: categorical, choices: [0.0, 1.0]}",
)  # fmt: skip
ROWS = {"builtin": 4000, "sms": 2500, "sst2": 3000, "imdb": 1500, "own": 2500}
EPOCHS = {"builtin": 14, "sms": 6, "sst2": 6, "imdb": 5, "own": 6}
CAUSES = ("data", "imbalance", "architecture", "training", "evaluation")


def sweep(base: str, fault: str, seed: int, words: list[str], workdir: Path) -> dict[str, Any]:
    """Train the trials of one sweep, and judge them."""
    planted = FAULTS.get(fault, {})
    name = f"{base}_{fault}_{seed}"
    given = [
        *SMALL,
        f"trainer.max_epochs={EPOCHS[base]}",
        f"seed={seed}",
        f"name={name}",
        f"workdir={workdir}",
    ]
    config = compose(read_flags([*given, *words, *planted.get("words", [])]))
    findings, value, seconds = judged(config, base, planted)
    return {
        "base": base,
        "fault": fault,
        "seed": seed,
        "value": value,
        "seconds": round(seconds, 1),
        "findings": [[f.symptom, f.cause, f.severity, round(f.confidence, 2)] for f in findings],
        "patch": list(findings[0].patch) if findings else [],
    }


def judged(
    config: Config, base: str, planted: dict[str, Any]
) -> tuple[list[Finding], float | None, float]:
    workspace, rng = Workspace(Path(config.workdir)), np.random.default_rng(config.seed)
    corpus = corpora.subsampled(load(config.data, seed=config.seed), ROWS[base], config.seed)
    if planted.get("corpus") in corpora.CHANGES:
        corpus = corpora.CHANGES[planted["corpus"]](corpus, rng)
    parts = split(corpus, **asdict(config.split), seed=config.seed)
    if planted.get("corpus") == "flipped":
        parts = corpora.flipped(parts)
    cached = store_corpus(workspace.cache, parts)
    space = Space.of(config)
    about = fingerprint.noted(config, fingerprint.fingerprint(config, parts, space))
    studies = open_studies(config, space, about)
    files = workspace.sweep(config.sweep)
    for arm, study in studies.items():
        while (proposal := study.next()) is not None:
            key = TrialKey(arm=arm, number=proposal.number, attempt=proposal.attempt)
            job = TrialJob(
                key=key,
                config=apply(config, proposal.values),
                seed=derive(config.seed, "trial", proposal.number),
                corpus=cached,
                folder=files.trial(key.trial).root,
            )
            study.tell(proposal.number, train(job, lambda report: False))
    summary = {"baselines": score_baselines(config.objective, cached, config.seed)}
    facts = known(config, studies, summary)
    best = facts.best
    return diagnose(facts), best and best.value, sum(t.seconds for t in facts.trials)


def run(arguments: argparse.Namespace) -> None:
    done = {(row["base"], row["fault"], row["seed"]) for row in rows()}
    wanted = [(HEALTHY, seed) for seed in range(max(arguments.seeds, arguments.controls))]
    wanted += [(f, seed) for seed in range(arguments.seeds) for f in arguments.faults or FAULTS]
    for fault, seed in wanted:
        if (arguments.base, fault, seed) in done:
            continue
        found = sweep(arguments.base, fault, seed, arguments.words, arguments.workdir)
        if arguments.heal and found["patch"]:
            found["healed"] = healed(arguments, fault, seed, found["patch"])
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(found) + "\n")
        print(fault, found["value"], found["findings"][:3], flush=True)


def healed(arguments: argparse.Namespace, fault: str, seed: int, patch: list[str]) -> float | None:
    """The score of the same trials with the first finding's remedy."""
    words = [word for word in patch if not word.startswith("search.")]
    FAULTS["mended"] = FAULTS[fault] | {"words": [*FAULTS[fault].get("words", []), *words]}
    name = f"name={arguments.base}_{fault}_{seed}_mended"
    told = sweep(arguments.base, "mended", seed, [*arguments.words, name], arguments.workdir)
    value: float | None = told["value"]
    return value


def rows() -> list[dict[str, Any]]:
    if not RESULTS.exists():
        return []
    return [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]


def hits(row: dict[str, Any]) -> dict[str, bool]:
    """Which goals the findings of a sweep with a fault meet."""
    wanted, found = FAULTS[row["fault"]], row["findings"]
    return {
        "cause first": found[:1] != [] and found[0][1] == wanted["cause"],
        "cause in three": wanted["cause"] in [one[1] for one in found[:3]],
        "symptom first": found[:1] != [] and found[0][0] in wanted["symptoms"],
        "symptom in three": any(one[0] in wanted["symptoms"] for one in found[:3]),
    }


def score() -> None:
    told = rows()
    planted = [row for row in told if row["fault"] in FAULTS]
    for title, seen in (("seen while rules were mended", True), ("held out", False)):
        part = [row for row in planted if (row["base"] == SEEN) is seen]
        print(f"{title}: {len(part)} sweeps, {len({row['fault'] for row in part})} faults")
        for goal in ("cause first", "cause in three", "symptom first", "symptom in three"):
            count = sum(hits(row)[goal] for row in part)
            print(f"  {goal}: {count} of {len(part)}")
    healthy = [row for row in told if row["fault"] == HEALTHY]
    alarms = [row for row in healthy if any(one[2] == "error" for one in row["findings"])]
    print(
        f"healthy controls: {len(healthy)}, with an error {len(alarms)}: {[(r['base'], r['seed']) for r in alarms]}"
    )
    best = {(row["base"], row["seed"]): row["value"] for row in healthy}
    mended = [row for row in planted if "healed" in row and (row["base"], row["seed"]) in best]
    healed = [
        r
        for r in mended
        if r["healed"] is not None and r["healed"] > 0.9 * best[r["base"], r["seed"]]
    ]
    print(f"healed, at .9 of the healthy score or more: {len(healed)} of {len(mended)}")
    for row in planted:
        if not all(hits(row).values()):
            print(f"  missed: {row['base']} {row['fault']} {row['seed']}: {row['findings'][:3]}")
    confusion(planted)


def confusion(planted: list[dict[str, Any]]) -> None:
    counts = Counter(
        (FAULTS[row["fault"]]["cause"], row["findings"][0][1] if row["findings"] else "none")
        for row in planted
    )
    with (HERE / "confusion.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["planted", *CAUSES, "none"])
        for cause in CAUSES:
            writer.writerow([cause, *(counts[cause, other] for other in (*CAUSES, "none"))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    running = commands.add_parser("run")
    running.add_argument("base", choices=ROWS)
    running.add_argument("words", nargs="*", help="words of the corpus, as in data.path=FILE")
    running.add_argument("--workdir", type=Path, default=Path("runs"))
    running.add_argument("--seeds", type=int, default=1)
    running.add_argument("--controls", type=int, default=1, help="seeds of healthy controls")
    running.add_argument("--faults", nargs="+", choices=FAULTS)
    running.add_argument("--heal", action="store_true")
    running.set_defaults(do=run)
    commands.add_parser("score").set_defaults(do=lambda _: score())
    arguments = parser.parse_args()
    arguments.do(arguments)


if __name__ == "__main__":
    main()
