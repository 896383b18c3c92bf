"""The folder of all sweeps, one sweep's own, and what a worker leaves of a trial."""

import re
from dataclasses import dataclass
from pathlib import Path

from sweep.workspace.model import ModelFolder


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder that everything is written to, the setting `workdir`."""

    root: Path
    DEFAULT = "runs"

    @property
    def optuna(self) -> Path:
        """Optuna's database: every study and trial."""
        return self.root / "optuna.db"

    @property
    def mlflow(self) -> Path:
        """MLflow's database, where no server is named."""
        return self.root / "mlflow.db"

    @property
    def artifacts(self) -> Path:
        """Folder of MLflow's artifacts, where no server is named."""
        return self.root / "mlartifacts"

    @property
    def cache(self) -> Path:
        """Folder of the encoded corpora, shared by all sweeps."""
        return self.root / "cache"

    def sweep(self, name: str) -> "SweepFolder":
        """Folder of a sweep."""
        return SweepFolder(self.root / name)

    def sweeps(self) -> list[str]:
        """Names of the sweeps that have a folder with settings, in alphabetical order."""
        folders = self.root.iterdir() if self.root.is_dir() else ()
        return sorted(f.name for f in folders if SweepFolder(f).config.is_file())


@dataclass(frozen=True, slots=True)
class SweepFolder:
    """One sweep's own folder."""

    root: Path

    @property
    def remains(self) -> Path:
        """What the folder is called while it is being deleted."""
        return self.root.with_name(f".{self.root.name}.deleted")

    @property
    def config(self) -> Path:
        """All settings of the latest command."""
        return self.root / "config.yaml"

    @property
    def summary(self) -> Path:
        """What was found, for scripts."""
        return self.root / "summary.json"

    @property
    def fingerprint(self) -> Path:
        """What decides whether trials compare, as sweeps of early versions kept it."""
        return self.root / "fingerprint.json"

    @property
    def lock(self) -> Path:
        """Held by the process that works on the sweep."""
        return self.root / "lock"

    @property
    def outbox(self) -> Path:
        """Events on their way to MLflow, one a line."""
        return self.root / "outbox.jsonl"

    @property
    def outbox_cursor(self) -> Path:
        """How far the outbox has been sent."""
        return self.root / "outbox.cursor"

    @property
    def outbox_lock(self) -> Path:
        """Held by the process that sends."""
        return self.root / "outbox.lock"

    @property
    def tracking_log(self) -> Path:
        """What went wrong on the way to MLflow."""
        return self.root / "tracking.log"

    @property
    def report(self) -> Path:
        """Folder of what a reader opens."""
        return self.root / "report"

    @property
    def page(self) -> Path:
        """The report as a page that needs nothing else."""
        return self.report / "report.html"

    @property
    def markdown(self) -> Path:
        """The report without its pictures."""
        return self.report / "report.md"

    @property
    def trials_table(self) -> Path:
        """Every trial as a line."""
        return self.report / "trials.csv"

    @property
    def audit(self) -> Path:
        """What was measured in the corpus before anything trained."""
        return self.root / "audit.json"

    @property
    def preflight(self) -> Path:
        """What was measured in the network before anything was spent on it."""
        return self.root / "preflight.json"

    @property
    def findings(self) -> Path:
        """What ails the sweep, and why."""
        return self.report / "findings.json"

    @property
    def patch(self) -> Path:
        """Settings that the findings advise for the next sweep."""
        return self.report / "patch.yaml"

    def trial(self, name: str) -> "TrialFolder":
        """Folder of a trial, by the name `<arm>-<number>`."""
        return TrialFolder(self.root / "trials" / name)

    def remedy(self, name: str) -> "TrialFolder":
        """Folder of a trial that was trained again with a remedy, by the name `<arm>-<number>-<symptom>`."""
        return TrialFolder(self.root / "remedies" / name)

    @property
    def folds(self) -> Path:
        """Names of the corpora in the cache that the members of finalists were trained on."""
        return self.root / "confirm" / "folds.json"

    def members(self) -> list[Path]:
        """What is kept of each member of any finalist, those that are there."""
        return sorted((self.root / "confirm").glob("*/*/member.json"))

    def finalist(self, name: str) -> "FinalistFolder":
        """Folder of a finalist, by the name of its trial."""
        return FinalistFolder(self.root / "confirm" / name)


@dataclass(frozen=True, slots=True)
class FinalistFolder:
    """The members of one finalist, each as a trial."""

    root: Path

    def member(self, fold: int) -> "TrialFolder":
        """Folder of the member that a fold is held out from."""
        return TrialFolder(self.root / str(fold))

    @property
    def decision(self) -> Path:
        """From the members' mean log-odds to a yes or no; of a winner only."""
        return self.root / ModelFolder.DECISION

    @property
    def scores(self) -> Path:
        """What the bag scores beside the baselines; of a winner only."""
        return self.root / "scores.json"

    @property
    def answers(self) -> Path:
        """The out-of-fold answers of the bag and of the baseline; of a winner only."""
        return self.root / "answers.npz"


@dataclass(frozen=True, slots=True)
class TrialFolder:
    """What a worker leaves of one trial."""

    root: Path

    @property
    def settings(self) -> Path:
        """The settings that decide what the trial gives."""
        return self.root / "settings.json"

    @property
    def history(self) -> Path:
        """Scores of each epoch, one a line."""
        return self.root / "history.jsonl"

    @property
    def probe(self) -> Path:
        """What each epoch was like: losses, gradients, gates."""
        return self.root / "probe.json"

    @property
    def checkpoint(self) -> Path:
        """Weights of the best epoch."""
        return self.root / "best.ckpt"

    @property
    def decision(self) -> Path:
        """From a logit to a yes or no."""
        return self.root / ModelFolder.DECISION

    @property
    def validation(self) -> Path:
        """Logits and probabilities of the validation part."""
        return self.root / "validation.npz"

    @property
    def result(self) -> Path:
        """How the trial ended."""
        return self.root / "result.json"

    @property
    def member(self) -> Path:
        """What a member of a bag was trained for, how it ended, and the digests of its files."""
        return self.root / "member.json"

    @property
    def failure(self) -> Path:
        """Traceback of a trial that raised."""
        return self.root / "failure.txt"


def is_sweep_name(name: str) -> bool:
    """Tell whether a sweep may have this name: that of one folder, and none of the workspace's own."""
    place = Workspace(Path())
    own = {path.name for path in (place.optuna, place.mlflow, place.artifacts, place.cache)}
    return bool(re.fullmatch(r"[^./\\\0][^/\\\0]*", name)) and name not in own
