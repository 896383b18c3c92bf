"""A sweep's studies, one an arm: opened together, and what they keep about the sweep that began them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import optuna
from optuna.storages import BaseStorage, InMemoryStorage

from sweep.config import Config
from sweep.search.ledger import NOTHING, open_storage, study_name
from sweep.search.space import Space
from sweep.search.study import ArmStudy
from sweep.storage.place import Place, place_of
from sweep.storage.postgres import open_postgres

SWEEP = "sweep"
"""User attribute of a study: the name of its sweep, which may hold the sign that parts it from the arm's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStudy:
    """A study as it lies in the storage, whatever command looks at it."""

    study_id: int
    trials: int
    """Trials of any state; one without any binds nobody."""
    about: Mapping[str, Any]
    """What its first command noted; empty where that was an early version."""


def open_studies(
    config: Config, space: Space, about: Mapping[str, Any] = NOTHING, *, create: bool = True
) -> dict[str, ArmStudy]:
    """Open the studies of a sweep.

    Args:
        config: all settings.
        space: the search space.
        about: plain JSON values that each study keeps.
        create: whether a database that is not there is made; otherwise its studies are empty, and forgotten
            with this process.

    Returns:
        One study for each arm, in the order of the arms.

    Raises:
        UserError: the database cannot be used, or sampler, pruner and space do not fit together.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    place = place_of(config)
    storage: BaseStorage = _open(place) if create or place.exists() else InMemoryStorage()
    kept = {SWEEP: config.sweep, **about} if about else NOTHING
    studies = {arm: ArmStudy(storage, config, space, arm, kept) for arm in space.arms}
    # Under `search.minutes` arms get their trials round by round; a round that was begun is everyone's.
    begun = max(study.budget for study in studies.values())
    used = max(study.used_minutes for study in studies.values())
    for study in studies.values():
        study.grant(begun)
        study.used_minutes = used
    return studies


def kept_studies(place: Place, sweep: str) -> list[KeptStudy]:
    """Look up the studies of a sweep, those of arms that its settings no longer name too.

    Args:
        place: Optuna's database; a file that is not there holds none.
        sweep: name of the sweep.

    Returns:
        The studies, in the order in which they were begun.

    Raises:
        UserError: the database cannot be used.
    """
    if not place.exists():
        return []
    storage = _open(place)
    return [
        KeptStudy(
            study_id=study._study_id,
            trials=storage.get_n_trials(study._study_id),
            about=study.user_attrs,
        )
        for study in storage.get_all_studies()
        if _belongs(study.study_name, study.user_attrs, sweep)
    ]


def sweeps_with_studies(place: Place) -> set[str]:
    """Name the sweeps that have trials in a database; of an early version, as its studies' names begin.

    Args:
        place: Optuna's database; a file that is not there holds none.
    """
    if not place.exists():
        return set()
    studies = _open(place).get_all_studies()
    return {
        str(study.user_attrs.get(SWEEP, study.study_name.rpartition("/")[0])) for study in studies
    }


def delete_studies(place: Place, sweep: str) -> tuple[int, int]:
    """Delete a sweep's studies with all their trials.

    Args:
        place: Optuna's database.
        sweep: name of the sweep.

    Returns:
        How many studies and trials there were.
    """
    kept = kept_studies(place, sweep)
    storage = _open(place) if kept else None
    for study in kept:
        assert storage is not None
        storage.delete_study(study.study_id)
    return len(kept), sum(study.trials for study in kept)


def _open(place: Place) -> BaseStorage:
    return open_storage(place.file) if place.url is None else open_postgres(place)


def _belongs(name: str, about: Mapping[str, Any], sweep: str) -> bool:
    if SWEEP in about:
        return bool(about[SWEEP] == sweep)
    return name.startswith(study_name(sweep, ""))
