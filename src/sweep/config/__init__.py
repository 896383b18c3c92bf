"""Every setting: typed, documented where it stands, checked once. Hydra composes these; nothing else has defaults."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from omegaconf import MISSING

from sweep.config.data import DataConfig, DataFormat, Overlap, Quoting, SplitConfig
from sweep.config.executor import ExecutorConfig
from sweep.config.loss import LossConfig
from sweep.config.model import ModelConfig
from sweep.config.objective import Calibration, Metric, ObjectiveConfig, ThresholdRule
from sweep.config.optimizer import OptimizerConfig, OptimizerName, Schedule
from sweep.config.pruner import PrunerConfig, PrunerName
from sweep.config.resampling import ResamplingConfig
from sweep.config.sampler import SamplerConfig, SamplerName
from sweep.config.search import ConfirmConfig, DoctorConfig, ExportConfig, SearchConfig
from sweep.config.storage import StorageConfig
from sweep.config.text import (
    Handling,
    Keep,
    Level,
    Punctuation,
    Reduction,
    TextConfig,
    UnicodeForm,
)
from sweep.config.tracking import ReportConfig, TrackingConfig
from sweep.config.trainer import TrainerConfig
from sweep.errors import UserError
from sweep.plugins.tables import defaults
from sweep.workspace import is_sweep_name

__all__ = [
    "Calibration",
    "Config",
    "ConfirmConfig",
    "DataConfig",
    "DataFormat",
    "DoctorConfig",
    "ExecutorConfig",
    "ExportConfig",
    "Handling",
    "Keep",
    "Level",
    "LossConfig",
    "Metric",
    "ModelConfig",
    "ObjectiveConfig",
    "OptimizerConfig",
    "OptimizerName",
    "Overlap",
    "PrunerConfig",
    "PrunerName",
    "Punctuation",
    "Quoting",
    "Reduction",
    "ReportConfig",
    "ResamplingConfig",
    "SamplerConfig",
    "SamplerName",
    "Schedule",
    "SearchConfig",
    "SplitConfig",
    "StorageConfig",
    "StrEnum",
    "TextConfig",
    "ThresholdRule",
    "TrackingConfig",
    "TrainerConfig",
    "UnicodeForm",
]


@dataclass(kw_only=True, slots=True)
class Config:
    """All settings of one command; what a trial varies are the groups `text` to `objective`."""

    name: str | None = None
    """Name of the sweep: its folder below `workdir` and its MLflow experiment; by default the search's name."""
    workdir: str = "runs"
    """Folder for everything that is written."""
    seed: int = 0
    """Decides the split, every trial's seed and every sampler's."""
    data: DataConfig = field(default_factory=DataConfig)
    """Where the texts and labels come from."""
    split: SplitConfig = field(default_factory=SplitConfig)
    """How rows become training, validation and test part."""
    text: TextConfig = field(default_factory=TextConfig)
    """How a text becomes token ids."""
    resampling: ResamplingConfig = field(default_factory=ResamplingConfig)
    """How the training part is balanced."""
    model: ModelConfig = field(default_factory=ModelConfig)
    """The recurrent network."""
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    """How weights are updated."""
    loss: LossConfig = field(default_factory=LossConfig)
    """What training minimises."""
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    """How long and in which batches a trial trains."""
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    """What the search maximises, and how the decision threshold is chosen."""
    plugins: dict[str, Any] = field(default_factory=defaults)
    """The settings of plug-ins, each under its name: `plugins.my_cell.gates`. A plug-in itself comes with --plugin
    FILE or an installed package."""
    sampler: SamplerConfig = field(default_factory=SamplerConfig)
    """How Optuna proposes the next configuration."""
    pruner: PrunerConfig = field(default_factory=PrunerConfig)
    """When Optuna stops a trial that falls behind."""
    executor: ExecutorConfig = field(default_factory=ExecutorConfig)
    """Where trials run."""
    storage: StorageConfig = field(default_factory=StorageConfig)
    """Where Optuna keeps the trials."""
    tracking: TrackingConfig = field(default_factory=TrackingConfig)
    """Where MLflow records them."""
    report: ReportConfig = field(default_factory=ReportConfig)
    """What stands on the sweep's page."""
    confirm: ConfirmConfig = field(default_factory=ConfirmConfig)
    """How what the search found is confirmed."""
    doctor: DoctorConfig = field(default_factory=DoctorConfig)
    """What is examined besides the trials."""
    export: ExportConfig = field(default_factory=ExportConfig)
    """What an exported model holds."""
    search: SearchConfig = MISSING
    """The question, the search space and the budget; given by `+search=NAME`."""

    def __post_init__(self) -> None:
        if isinstance(self.search, SearchConfig) and not is_sweep_name(self.sweep):
            raise UserError(
                f"name: a sweep is called as its folder in `workdir`: without / or \\, no dot at its beginning, and "
                f"not as what else lies there; but got {self.sweep!r}. Give another `name=`."
            )

    @property
    def sweep(self) -> str:
        """Name of the sweep's folder and experiment."""
        return self.name or self.search.name
