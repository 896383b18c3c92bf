"""One command's work on a sweep, in the order in which it happens."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from sweep.compose.compose import as_yaml
from sweep.config import Config
from sweep.confirmation.members import folds_of, longer, time_spent
from sweep.coordinator import fingerprint
from sweep.coordinator.conclusion import conclude, conclude_bag
from sweep.coordinator.confirm import confirm
from sweep.coordinator.doctor.beside import PATIENCE_S, Examination
from sweep.coordinator.doctor.wanted import wanted
from sweep.coordinator.findings import judge, symptoms
from sweep.coordinator.guard import begun, sole
from sweep.coordinator.retries import close_leftovers
from sweep.coordinator.search_loop import SearchLoop
from sweep.data.corpus import PARTS, SplitCorpus
from sweep.data.load import load_split
from sweep.executors import make_executor, needed
from sweep.files import write_whole
from sweep.page.gather import report_or_reason
from sweep.records import Ending, Status
from sweep.report.forecast import Forecast
from sweep.report.progress import Progress
from sweep.report.summary import read_summary, summarize, write_summary
from sweep.report.table import show
from sweep.report.watched import Searched, done
from sweep.search.space import Space
from sweep.search.studies import open_studies
from sweep.search.study import ArmStudy
from sweep.signals import stop_with
from sweep.storage.place import place_of
from sweep.tracking import shipper_process
from sweep.tracking.tracker import Tracker, make_tracker
from sweep.typed import start_over
from sweep.workspace import Workspace

# Ctrl-C must end within 10 s; what MLflow has not got by then is sent afterwards.
STOP_DRAIN_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A sweep that nothing speaks against: its settings fit together, and its trials compare."""

    corpus: Path
    """Folder of the cached corpus."""
    folds: list[SplitCorpus]
    """The corpus with each fold of the confirmation held out; none where nothing is confirmed."""
    studies: dict[str, ArmStudy]
    """One for each arm."""
    tracker: Tracker
    tags: dict[str, str]
    """What each MLflow run carries."""
    resumed: bool
    """Whether an earlier command began it."""
    longer: float
    """See `sweep.confirmation.members.longer`."""
    examined: Sequence[Examination]
    """What is examined beside its first trials, by `doctor.audit` and `doctor.preflight`."""

    def forecast(self, config: Config, slots: int, confirmed_s: float = 0.0) -> Forecast:
        """Make the forecast of the sweep; `confirmed_s` is what members have taken."""
        shape = {"members": len(self.folds), "longer": self.longer, "confirmed_s": confirmed_s}
        return Forecast.of(config, self.studies, slots=slots, **shape)


class Sweep:
    """Runs or resumes a sweep to its budget.

    Args:
        config: all settings.
        console: where to write.
        words: of the command line, which are kept with the trials.

    Raises:
        UserError: the settings cannot work together.
    """

    def __init__(self, config: Config, console: Console, words: Sequence[str] = ()) -> None:
        self.words = words
        self.config = config
        self.console = console
        self.workspace = Workspace(Path(config.workdir))
        self.files = self.workspace.sweep(config.sweep)
        self.space = Space.of(config)
        self.executor = make_executor(config.executor)
        self._say = partial(console.print, markup=False, soft_wrap=True)

    def run(self) -> Ending:
        """Read, split, open, introduce, encode, search, conclude, tell.

        Returns:
            How the sweep ended.

        Raises:
            UserError: something given cannot work; no trial has been run.
        """
        self.executor.start(*needed(self.config))
        # What is asked for by name is looked for before any work, though loading torch takes seconds.
        if self.config.trainer.accelerator not in ("auto", "cpu"):
            self.executor.fit(self.config.trainer.accelerator)
        # The shipper loads MLflow while the corpus is read and the server loads torch.
        with shipper_process.waiting() as shipper:
            split = load_split(self.config)
            place = place_of(self.config)
            with sole(self.files.root, place, self._say), self._open(split, shipper) as opened:
                return self._run(opened)

    @contextlib.contextmanager
    def _open(self, split: SplitCorpus, shipper: shipper_process.Process) -> Iterator[Opened]:
        tracker = make_tracker(self.config, shipper)
        about = fingerprint.fingerprint(self.config, split, self.space)
        resumed = fingerprint.check(self.config, about)
        noted = fingerprint.noted(self.config, about, self.words)
        studies = open_studies(self.config, self.space, noted, create=resumed)
        # Before any trial: rows that cannot be divided are refused here, and not after the search.
        held_out = folds_of(self.config, split)
        self._introduce(split)
        corpus = self._encode(split)
        known = fingerprint.digest(about)
        examined = wanted(self.config, split, corpus, known, self.executor, self.console)
        # Last: a command that is refused leaves no database, and no study to bind the command that mends it.
        if not resumed:
            studies = open_studies(self.config, self.space, noted)
        write_whole(self.files.config, as_yaml(self.config))
        tags = {"sweep": self.config.sweep, "fingerprint": known}
        with contextlib.closing(tracker):
            yield Opened(
                corpus=corpus,
                folds=held_out,
                studies=studies,
                tracker=tracker,
                tags=tags,
                resumed=resumed,
                longer=longer(held_out, split),
                examined=examined,
            )

    def _introduce(self, split: SplitCorpus) -> None:
        say, corpus = self.console.print, split.corpus
        if self.config.search.question:
            say(self.config.search.question, style="bold", markup=False)
        sizes = ", ".join(f"{part} {len(split.part(part)[0])}" for part in PARTS)
        share = f"{float(corpus.labels.mean()):.1%} {corpus.positive}"
        say(f"corpus {corpus.name}: {sizes} texts, {share}", markup=False)
        for note in dict.fromkeys([*corpus.notes, *split.notes]):
            say(f"  note: {note}", markup=False, style="dim")

    def _encode(self, split: SplitCorpus) -> Path:
        from sweep.text.cache import encoded, store_corpus
        from sweep.text.settings import text_settings
        from sweep.text.vectors import ready_vectors

        corpus = store_corpus(self.workspace.cache, split)
        # Before any trial: a corpus that these settings cannot encode is refused here, once.
        base, model = encoded(corpus, text_settings(self.config)), self.config.model
        ready = ready_vectors(
            base, model.vectors, least=model.vectors_coverage, centre=model.centre_vectors
        )
        self._say(f"vectors: {ready.note}")
        return corpus

    def _run(self, opened: Opened) -> Ending:
        studies = opened.studies
        tracker = opened.tracker
        again = close_leftovers(studies, tracker, self.files)
        if opened.resumed:
            left = sum(study.left for study in studies.values())
            self.console.print(
                f"resuming: {done(studies)} trials done, {left} to go, {again} of them cut short"
            )
            if not self.config.confirm.top:  # finalists are trained again anyway
                self._tell_what_is_missing(studies)
        tracker.start()
        tracker.sweep_started(asdict(self.config), opened.tags)
        with begun(), tracker.until_ended():
            return self._finish(opened)

    def _tell_what_is_missing(self, studies: dict[str, ArmStudy]) -> None:
        complete = [
            self.files.trial(f"{arm}-{record.number}")
            for arm, study in studies.items()
            for record in study.records()
            if record.status is Status.COMPLETE
        ]
        missing = [trial.root.name for trial in complete if not trial.checkpoint.exists()]
        if missing:
            self._say(
                f"note: {len(missing)} of {len(complete)} complete trials have lost their checkpoints in "
                f"{self.files.root}; if one of them wins, it can be neither scored nor exported. "
                + start_over(self.files.root)
            )

    def _finish(self, opened: Opened) -> Ending:
        tracker = opened.tracker
        earlier = read_summary(self.files.root) or {}
        ending, found = self._search(opened, earlier)
        if ending is Ending.complete:
            # What an end during the confirmation leaves, or a winner that cannot be scored.
            write_summary(self.files.root, found | {"status": str(Ending.interrupted)})
            ending = self._conclude(opened, earlier, found)
        if ending is not Ending.interrupted:
            at_work = (self.executor, self.console)
            found["findings"] = judge(self.config, opened.studies, found, at_work)
            tracker.symptoms(symptoms(found["findings"]), symptoms(earlier.get("findings", [])))
        write_summary(self.files.root, found)
        about = fingerprint.told(self.config)
        if (why := report_or_reason(self.config, opened.studies, found, **about)) is not None:
            self._say(why)
        tracker.sweep_ended(ending, found, self.files.root)
        show(self.console, found, self.files.root)
        self._drain(ending, tracker)
        return ending

    def _search(self, opened: Opened, earlier: dict[str, Any]) -> tuple[Ending, dict[str, Any]]:
        studies = opened.studies
        metric = str(self.config.objective.metric)
        before = done(studies)
        more = any(study.left or study.further != 0 for study in studies.values())
        if self.config.trainer.accelerator == "auto" and more:
            self.executor.fit("auto")
        began = time.monotonic()
        forecast = opened.forecast(self.config, self.executor.slots, time_spent(self.files))
        with Progress(self.console, Searched(forecast), metric) as progress:
            loop = SearchLoop(
                self.config,
                studies=studies,
                executor=self.executor,
                tracker=opened.tracker,
                observer=progress,
                corpus=opened.corpus,
                folder=self.files,
                tags=opened.tags,
                forecast=forecast,
            )
            for one in opened.examined:
                one.begin()
            with stop_with(loop.stop):
                ending = loop.search()
            for one in opened.examined:
                one.end(0.0 if ending is Ending.interrupted else PATIENCE_S)
        if loop.given_up is not None:
            self._say(f"given up: {loop.given_up}")
        # Sweeps of a version that did not count them have read it once for each winner they kept.
        reads = earlier.get("test_reads", int("test" in earlier.get("best", {})))
        # A resumed sweep's time is all its commands' time.
        return ending, summarize(
            self.config,
            studies,
            ending=ending,
            wall_s=earlier.get("wall_s", 0.0) + time.monotonic() - began,
            trials_run=earlier.get("trials_run", 0) + done(studies) - before,
            test_reads=reads,
        )

    def _conclude(self, opened: Opened, earlier: dict[str, Any], found: dict[str, Any]) -> Ending:
        ending, outcome = confirm(
            self.config,
            held_out=opened.folds,
            studies=opened.studies,
            executor=self.executor,
            tracker=opened.tracker,
            console=self.console,
            tags=opened.tags,
            member_s=opened.forecast(self.config, self.executor.slots).member_s(),
        )
        found["budget"]["confirm_s"] = round(time_spent(self.files), 1)
        found["status"] = str(ending)
        if ending is not Ending.complete:
            return ending
        if outcome is None or outcome.winner is None:
            conclude(found, earlier, self.executor, self.config, opened.corpus)
            return ending
        outcome.tell(found)
        conclude_bag(found, self.executor, outcome)
        return ending

    def _drain(self, ending: Ending, tracker: Tracker) -> None:
        stopped = ending is Ending.interrupted
        left = tracker.drain(STOP_DRAIN_S if stopped else self.config.tracking.drain_s)
        if left:
            self._say(
                f"{left} events have not reached MLflow yet; the shipper goes on by itself, and the "
                f"same command sends what is left. Why: {self.files.tracking_log}"
            )
        if stopped:
            self.console.print("interrupted; the same command goes on from here")
