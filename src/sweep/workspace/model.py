"""An exported model, and the fitted encoder in it or in the cache."""

from dataclasses import dataclass
from pathlib import Path


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
    """Files without which a single network cannot predict."""
    CARD = "README.md"
    METRICS = "metrics.json"
    PYFUNC_CARD = "mlflow/README.md"
    MLMODEL = "mlflow/MLmodel"
    """Where MLflow writes the time and a random id."""
    TOLD = (CARD, METRICS, PYFUNC_CARD, MLMODEL)
    """Files that tell of the model, its speed and its making, and decide no answer: two exports of one model differ in
    them."""

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

    def member(self, number: int) -> "ModelFolder":
        """Folder of one network of a bag: its weights and checkpoint."""
        return ModelFolder(self.root / "members" / str(number))

    def encoder(self, number: int) -> EncoderFolder:
        """Folder of an encoder that networks of a bag share."""
        return EncoderFolder(self.root / "encoders" / str(number))

    @property
    def plugins(self) -> Path:
        """Folder of copies of the plug-ins' files that it needs; only there where it needs some."""
        return self.root / "plugins"

    @property
    def manifest(self) -> Path:
        """SHA-256 of every other file."""
        return self.root / "manifest.json"

    @property
    def checkpoint(self) -> Path:
        """A network's checkpoint, as Lightning wrote it."""
        return self.root / "model.ckpt"

    @property
    def metrics(self) -> Path:
        """Scores of the winner and the baselines."""
        return self.root / self.METRICS

    @property
    def card(self) -> Path:
        """The model card."""
        return self.root / self.CARD

    @property
    def pyfunc(self) -> Path:
        """Folder of the same model in MLflow's form."""
        return self.root / "mlflow"

    @property
    def pyfunc_card(self) -> Path:
        """The model card again, for who looks at the model in MLflow."""
        return self.root / self.PYFUNC_CARD

    @property
    def bundle(self) -> Path:
        """The needed files, while MLflow copies them; it keeps the folder's name."""
        return self.root / "bundle"
