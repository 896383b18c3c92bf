"""Where everything lies on disk: the only file that spells a file's name.

<workdir>/                        Workspace
optuna.db  mlflow.db  mlartifacts/
cache/<corpus>/                 CorpusFolder
<settings>/                   EncodedFolder
<sweep>/                        SweepFolder
trials/<arm>-<number>/        TrialFolder
best-model/                       ModelFolder
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder that everything is written to, the setting `workdir`."""

    root: Path

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


@dataclass(frozen=True, slots=True)
class SweepFolder:
    """One sweep's own folder."""

    root: Path

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
    def trials_table(self) -> Path:
        """Every trial as a line."""
        return self.root / "report" / "trials.csv"

    def trial(self, name: str) -> "TrialFolder":
        """Folder of a trial, by the name `<arm>-<number>`."""
        return TrialFolder(self.root / "trials" / name)


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
    def checkpoint(self) -> Path:
        """Weights of the best epoch."""
        return self.root / "best.ckpt"

    @property
    def decision(self) -> Path:
        """From a logit to a yes or no."""
        return self.root / ModelFolder.DECISION

    @property
    def validation(self) -> Path:
        """Probabilities of the validation part."""
        return self.root / "validation.npz"

    @property
    def result(self) -> Path:
        """How the trial ended."""
        return self.root / "result.json"

    @property
    def failure(self) -> Path:
        """Traceback of a trial that raised."""
        return self.root / "failure.txt"


@dataclass(frozen=True, slots=True)
class CorpusFolder:
    """A corpus in the cache."""

    root: Path

    @property
    def texts(self) -> Path:
        """Text, label and part of each row."""
        return self.root / "corpus.parquet"

    def encoded(self, settings: str) -> "EncodedFolder":
        """Folder of the corpus under one fingerprint of the settings of `text`."""
        return EncodedFolder(self.root / settings)

    def distances(self, components: int) -> Path:
        """Vectors of the training texts in so many dimensions."""
        return self.root / f"distances-{components}.npy"


@dataclass(frozen=True, slots=True)
class EncodedFolder:
    """A corpus as one setting of `text` encodes it."""

    root: Path

    @property
    def encoder(self) -> Path:
        """Folder of the fitted encoder."""
        return self.root / "encoder"

    @property
    def facts(self) -> Path:
        """Vocabulary size, maximum length, statistics."""
        return self.root / "facts.json"

    def array(self, part: str, name: str) -> Path:
        """One array of a part: ids, offsets or labels."""
        return self.root / f"{part}.{name}.npy"

    def vectors(self, content: str) -> "VectorsFolder":
        """Folder of the vocabulary's ready-made vectors, under the fingerprint of their content."""
        return VectorsFolder(self.root.with_name(f"{self.root.name}-vectors-{content}"))


@dataclass(frozen=True, slots=True)
class VectorsFolder:
    """Ready-made vectors of one vocabulary, in the cache."""

    root: Path

    @property
    def matrix(self) -> Path:
        """A start value for every token."""
        return self.root / "vectors.npy"

    @property
    def facts(self) -> Path:
        """What they cover."""
        return self.root / "facts.json"


@dataclass(frozen=True, slots=True)
class EncoderFolder:
    """A fitted encoder, in the cache or in an exported model."""

    root: Path
    FACTS = "encoder.json"
    TOKENIZER = "tokenizer.json"

    @property
    def facts(self) -> Path:
        """Settings of `text` and what was learnt besides the tokens."""
        return self.root / self.FACTS

    @property
    def tokenizer(self) -> Path:
        """The tokens, in the form of the library tokenizers."""
        return self.root / self.TOKENIZER


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """An exported model."""

    root: Path
    SETTINGS = "settings.json"
    WEIGHTS = "weights.pt"
    DECISION = "decision.json"
    NEEDED = (SETTINGS, WEIGHTS, DECISION, EncoderFolder.FACTS, EncoderFolder.TOKENIZER)
    """Files without which it cannot predict."""
    MLMODEL = "mlflow/MLmodel"
    """Where MLflow writes the time and a random id."""

    @property
    def settings(self) -> Path:
        """Settings, label names, versions."""
        return self.root / self.SETTINGS

    @property
    def weights(self) -> Path:
        """The network's weights."""
        return self.root / self.WEIGHTS

    @property
    def decision(self) -> Path:
        """From a logit to a yes or no."""
        return self.root / self.DECISION

    @property
    def manifest(self) -> Path:
        """SHA-256 of every other file."""
        return self.root / "manifest.json"

    @property
    def checkpoint(self) -> Path:
        """The winner's checkpoint, as Lightning wrote it."""
        return self.root / "model.ckpt"

    @property
    def metrics(self) -> Path:
        """Scores of the winner and the baselines."""
        return self.root / "metrics.json"

    @property
    def card(self) -> Path:
        """The model card."""
        return self.root / "README.md"

    @property
    def pyfunc(self) -> Path:
        """Folder of the same model in MLflow's form."""
        return self.root / "mlflow"

    @property
    def bundle(self) -> Path:
        """The needed files, while MLflow copies them; it keeps the folder's name."""
        return self.root / "bundle"


def seal_of(folder: Path) -> Path:
    """The file that says a folder of the cache is whole: the SHA-256 of every file in it."""
    return folder / "whole.json"


def vectors_note(cache: Path, file: str) -> Path:
    """What is remembered about a file of vectors, so that one that has not changed is not read again."""
    return cache / f"vectors-{file}.json"


def lock_of(path: Path) -> Path:
    """Held by the process that writes a file or folder."""
    return path.with_name(f"{path.name}.lock")
