"""An arm's study in memory, opened as often as a test likes."""

from collections.abc import Callable
from typing import Any

import pytest
from optuna.storages import RDBStorage

from support.arm_studies import EPOCHS, TREE, make_config
from sweep.config import (
    Metric,
    PrunerConfig,
    PrunerName,
    SamplerConfig,
    SamplerName,
)
from sweep.search.space import Space
from sweep.search.study import ArmStudy


@pytest.fixture(scope="module")
def storage() -> RDBStorage:
    """The same SQL without a disk that waits; the database in a file has tests of its own."""
    return RDBStorage("sqlite:///:memory:")


@pytest.fixture
def study(storage: RDBStorage, request: pytest.FixtureRequest) -> Callable[..., ArmStudy]:
    """Opens this test's study, as often as the test likes."""

    def opened(
        sampler: str = "random", pruner: str = "none", tree: Any = TREE, **settings: Any
    ) -> ArmStudy:
        history = settings.pop("history", 200)
        config = make_config(tree, f"{request.node.name}-{settings.pop('sweep', 'one')}")
        config.sampler = SamplerConfig(
            name=SamplerName(sampler), startup_trials=min(4, history // 4), history=history
        )
        config.pruner = PrunerConfig(
            name=PrunerName(pruner), startup_trials=4, warmup_epochs=3, history=history
        )
        config.search.trials = settings.pop("trials", 4)
        config.search.random_share = settings.pop("share", config.search.random_share)
        config.seed = settings.pop("seed", 3)
        config.trainer.max_epochs = settings.pop("max_epochs", EPOCHS)
        if not settings.pop("maximize", True):
            config.objective.metric = Metric.log_loss
        assert settings == {}
        space = Space.of(config)
        return ArmStudy(storage, config, space, space.arms[-1])

    return opened
