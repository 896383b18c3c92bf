"""The main job: run or resume a sweep to its budget, score its winner, say what was found."""

import contextlib
import json
import time
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from rich.console import Console

from sweep.commands.guard import alone, begun, interrupt, stop_with
from sweep.config import Config, ResamplingMethod
from sweep.coordinator import fingerprint
from sweep.coordinator.search_loop import Coordinator, Ending, close_leftovers
from sweep.data import SplitCorpus, load, split
from sweep.executors import Executor, make_executor
from sweep.files import write_whole
from sweep.report import summary
from sweep.report.progress import Progress, finished
from sweep.report.table import make_console, show
from sweep.search.space import Space, apply
from sweep.search.study import ArmStudy, open_storage
from sweep.tracking import shipper_process as sidecar
from sweep.tracking.tracker import Tracker, tracking_uri

NO_TRIAL_COMPLETED = 3
INTERRUPTED = 130
STOP_DRAIN_S = (
    4.0  # Ctrl-C must end within 10 s; what MLflow has not got by then is sent afterwards
)
PARTS = ("train", "validation", "test")


def run(config: Config) -> int:
    """Run or resume a sweep.

    Args:
        config: all settings, composed.

    Returns:
        0 done, 3 finished but no trial completed, 130 interrupted and resumable.

    Raises:
        UserError: something given cannot work; nothing has been run.
    """
    console = make_console()
    with stop_with(interrupt), contextlib.ExitStack() as stack:
        space = Space.parse(config.search.space, config, config.search.compare)
        uri = tracking_uri(config.tracking.uri, Path(config.workdir))
        executor = make_executor(config.executor)
        executor.start(*needed(config))
        if config.trainer.accelerator not in ("auto", "cpu"):
            executor.fit(config.trainer.accelerator)  # waits for torch, but before any work
        # Loads MLflow while the corpus is read and the server loads torch.
        shipper = stack.enter_context(sidecar.waiting())
        corpus = split_corpus(config)
        folder = Path(config.workdir) / config.sweep
        folder.mkdir(parents=True, exist_ok=True)
        stack.enter_context(alone(folder))
        tracker = Tracker(
            folder,
            uri=uri,
            experiment=config.sweep,
            artifacts=Path(config.workdir) / "mlartifacts",
            shipper=shipper,
        )
        return Sweep(config, console, space, corpus, executor, tracker, folder).run()


def needed(config: Config) -> list[str]:
    """Name the modules that only some sweeps need, so that the server loads them once and not each worker.

    Args:
        config: all settings.

    Returns:
        imbalanced-learn where a trial may resample.
    """
    resamples = config.resampling.method is not ResamplingMethod.none
    return ["imblearn"] if resamples or "resampling" in config.search.space else []


def split_corpus(config: Config) -> SplitCorpus:
    """Read the corpus and split it.

    Args:
        config: all settings.

    Returns:
        The split corpus.

    Raises:
        DataError: it cannot be used.
    """
    corpus = load(**asdict(config.data), seed=config.seed)
    return split(corpus, **asdict(config.split), seed=config.seed)


class Sweep:
    """One command's work on a sweep, in the order in which it happens.

    Args:
        config: all settings.
        console: where to write.
        space: the parsed search space.
        corpus: the split corpus.
        executor: where trials run, started.
        tracker: notes for MLflow, not yet started.
        folder: the sweep's own folder, locked.
    """

    def __init__(
        self,
        config: Config,
        console: Console,
        space: Space,
        corpus: SplitCorpus,
        executor: Executor,
        tracker: Tracker,
        folder: Path,
    ) -> None:
        self.config, self.console, self.space = config, console, space
        self.executor, self.tracker, self.folder = executor, tracker, folder
        self.workdir = Path(config.workdir)
        self.about = fingerprint.fingerprint(config, corpus, space)
        self.resumed = fingerprint.check(folder, self.about, config.sweep)
        self.studies = self._studies()
        self.earlier = summary.read(folder) or {}
        self._introduce(corpus)
        from sweep.text.cache import encoded, store_corpus

        self.corpus = store_corpus(self.workdir / "cache", corpus)
        # Before any trial: a corpus that these settings cannot encode is refused here, once.
        encoded(self.corpus, asdict(config.text))
        # Last: settings that were refused must not bind the command that mends them.
        if not self.resumed:
            fingerprint.begin(folder, self.about)

    def _studies(self) -> dict[str, ArmStudy]:
        storage = open_storage(self.workdir / "optuna.db")
        return {
            arm: ArmStudy(
                storage,
                sweep=self.config.sweep,
                arm=arm,
                space=self.space,
                base=self.config,
                sampler=self.config.sampler,
                pruner=self.config.pruner,
                seed=self.config.seed,
                trials=self.config.search.trials,
                max_epochs=self.config.trainer.max_epochs,
                maximize=self.config.objective.metric.maximize,
            )
            for arm in self.space.arms
        }

    def _introduce(self, corpus: SplitCorpus) -> None:
        say = self.console.print
        if self.config.search.question:
            say(self.config.search.question, style="bold", markup=False)
        sizes = ", ".join(f"{part} {len(corpus.part(part)[0])}" for part in PARTS)
        share = float(corpus.corpus.labels.mean())
        say(
            f"corpus {corpus.corpus.name}: {sizes} texts, {share:.1%} {corpus.corpus.positive}",
            markup=False,
        )
        for note in dict.fromkeys([*corpus.corpus.notes, *corpus.notes]):
            say(f"  note: {note}", markup=False, style="dim")

    def run(self) -> int:
        """Search, conclude, tell.

        Returns:
            The exit code.
        """
        write_whole(self.folder / "config.yaml", self._settings())
        digest = sha256(json.dumps(self.about, sort_keys=True).encode()).hexdigest()[:16]
        tags = {"sweep": self.config.sweep, "fingerprint": digest}
        again = close_leftovers(self.studies, self.tracker, self.folder)
        left = sum(study.left for study in self.studies.values())
        done = sum(finished(study) for study in self.studies.values())
        if self.resumed:
            self.console.print(
                f"resuming: {done} trials done, {left} to go, {again} of them cut short"
            )
        self.tracker.start()
        self.tracker.sweep_started(asdict(self.config), tags)
        try:
            with begun():
                return self._searched(tags)
        finally:
            self.tracker.close()

    def _settings(self) -> str:
        from omegaconf import OmegaConf

        return OmegaConf.to_yaml(OmegaConf.structured(self.config))

    def _searched(self, tags: dict[str, str]) -> int:
        metric = str(self.config.objective.metric)
        before = sum(finished(study) for study in self.studies.values())
        began = time.monotonic()
        if any(study.left for study in self.studies.values()):
            self.executor.fit(self.config.trainer.accelerator)
        with Progress(self.console, self.studies, metric, self.executor.slots) as progress:
            coordinator = Coordinator(
                self.config,
                studies=self.studies,
                executor=self.executor,
                tracker=self.tracker,
                observer=progress,
                corpus=self.corpus,
                folder=self.folder,
                tags=tags,
            )
            with stop_with(coordinator.stop):
                ending = coordinator.search()
        now = sum(finished(study) for study in self.studies.values())
        found = self._summary(ending, time.monotonic() - began, now - before)
        completed = "best" in found
        if ending is Ending.complete and completed:
            self._conclude(found)
        summary.write(self.folder, found)
        status = {
            Ending.complete: "complete" if completed else "failed",
            Ending.given_up: "failed",
        }
        self.tracker.sweep_ended(status.get(ending, "interrupted"), found, self.folder)
        show(self.console, found, self.folder)
        if ending is Ending.given_up:
            self.console.print(f"given up: {coordinator.given_up}", style="bold", markup=False)
        self._drain(ending)
        if ending is Ending.interrupted:
            return INTERRUPTED
        return 0 if completed else NO_TRIAL_COMPLETED

    def _summary(self, ending: Ending, seconds: float, trials: int) -> dict[str, Any]:
        # A resumed sweep's time is all its commands' time.
        before = self.earlier.get("wall_s", 0.0)
        trials_before = self.earlier.get("trials_run", 0)
        found = summary.summarize(
            self.config,
            self.studies,
            status=str(ending),
            wall_s=before + seconds,
            trials_run=trials_before + trials,
        )
        # Sweeps of a version that did not count them have read it once for each winner they kept.
        reads = self.earlier.get("test_reads", int("test" in self.earlier.get("best", {})))
        return found | {"trials_run": trials_before + trials, "test_reads": reads}

    def _conclude(self, found: dict[str, Any]) -> None:
        best = found["best"]
        before = self.earlier.get("best", {})
        known = before.get("sha256") == best["sha256"] and "test" in before
        if known and "baselines" in self.earlier:
            best["test"], found["baselines"] = before["test"], self.earlier["baselines"]
            return
        winner = apply(self.config, best["settings"])
        trial = self.folder / "trials" / f"{best['arm']}-{best['number']}"
        found["test_reads"] += 1
        best["test"], found["baselines"] = self.executor.compute(
            [
                (
                    "sweep.coordinator.conclusion:score_winner",
                    winner,
                    self.corpus,
                    trial,
                    best["sha256"],
                    best["decision_sha256"],
                ),
                (
                    "sweep.coordinator.conclusion:score_baselines",
                    self.config.objective,
                    self.corpus,
                    self.config.seed,
                ),
            ]
        )

    def _drain(self, ending: Ending) -> None:
        patience = STOP_DRAIN_S if ending is Ending.interrupted else self.config.tracking.drain_s
        left = self.tracker.drain(patience)
        if left:
            self.console.print(
                f"{left} events have not reached MLflow yet; the shipper goes on by itself, and the "
                f"same command sends what is left. Why: {self.folder / 'tracking.log'}",
                markup=False,
            )
        if ending is Ending.interrupted:
            self.console.print("interrupted; the same command goes on from here")
