"""The members of a finalist: what each is trained for, and what is kept of it on disk."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from sweep import files
from sweep.config import Config
from sweep.confirmation.finalists import Answered, Finalist
from sweep.data.corpus import SplitCorpus
from sweep.data.split import folds
from sweep.plugins.load import loaded
from sweep.records import Reason, Status, Stopped, TrialJob, TrialKey, TrialResult
from sweep.search.space import apply
from sweep.seeds import derive
from sweep.workspace import SweepFolder, TrialFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Folds:
    """The corpora that members train on: each is the sweep's, with another part held out."""

    corpora: tuple[Path, ...]
    """Folders in the cache, repetition after repetition."""
    count: int
    """Folds of one repetition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A network that was trained with one fold held out, or the reason why there is none."""

    result: TrialResult
    answers_sha256: str | None = None
    """SHA-256 of its answers about the fold."""
    size: int = 0
    """Bytes of its checkpoint."""
    wall_s: float = 0.0
    """Seconds that it took of the sweep's time, as `sweep.search.proposals.TrialRecord.wall_s`."""

    @property
    def answered(self) -> Answered:
        """What the race and the choice of the winner look at."""
        why = self.result.message.splitlines()[0] if self.result.message else ""
        return Answered(score=self.result.value, size=self.size, why=why)

    @property
    def lasting(self) -> bool:
        """Whether training it again would end the same, under any settings of the executor."""
        return self.result.reason in (None, Reason.diverged, Reason.refused)


def folds_of(config: Config, split: SplitCorpus) -> list[SplitCorpus]:
    """Divide the corpus of a sweep into its folds.

    Args:
        config: the sweep's configuration.
        split: the split corpus.

    Returns:
        One split a member, see `sweep.data.split.folds`; none where nothing is confirmed.

    Raises:
        DataError: the rows cannot be divided.
    """
    if not config.confirm.top:
        return []
    settings = {name: value for name, value in asdict(config.confirm).items() if name != "top"}
    count = settings.pop("folds")
    return folds(split, count=count, **settings, seed=config.seed)


def longer(held_out: Sequence[SplitCorpus], split: SplitCorpus) -> float:
    """Count the rows that a member trains on, by those of a trial.

    Args:
        held_out: of `folds_of`.
        split: the split corpus.

    Returns:
        1 where nothing is confirmed.
    """
    rows = [len(each.part("train")[0]) for each in (*held_out[:1], split)]
    return rows[0] / rows[-1]


def note_folds(folder: SweepFolder, corpora: Sequence[Path]) -> None:
    """Note which corpora of the cache a sweep's folds are, so that they go with the sweep.

    Args:
        folder: the sweep's own folder.
        corpora: folders of the cached folds; what other settings of `confirm` have left stays noted.
    """
    known = noted_folds(folder)
    if more := {corpus.name for corpus in corpora} - known:
        folder.folds.parent.mkdir(exist_ok=True)
        files.write_json(folder.folds, sorted(known | more))


def noted_folds(folder: SweepFolder) -> set[str]:
    """Read which corpora of the cache a sweep's folds are.

    Args:
        folder: the sweep's own folder.

    Returns:
        Names of their folders.
    """
    return set(json.loads(folder.folds.read_bytes())) if folder.folds.exists() else set()


def job_of(
    finalist: Finalist, fold: int, *, config: Config, corpora: Sequence[Path], folder: SweepFolder
) -> TrialJob:
    """Make the job of a member.

    Args:
        finalist: whose configuration it is.
        fold: the fold held out.
        config: the sweep's configuration.
        corpora: folders of the cached folds.
        folder: the sweep's own folder.

    Returns:
        A plain training job on the fold's corpus; all finalists get one seed a fold.

    Raises:
        UserError: the settings do not fit together.
    """
    # The search has seen this configuration learn: a member that starts late is given all its epochs. What a probe
    # tells is known from its trial, and a diagnosis is made of trials.
    patient = replace(config, trainer=replace(config.trainer, chance_share=1.0, probe=False))
    return TrialJob(
        key=TrialKey(arm=finalist.arm, number=finalist.number, fold=fold),
        config=apply(patient, finalist.values),
        seed=derive(config.seed, "member", fold),
        corpus=corpora[fold],
        folder=folder.finalist(finalist.name).member(fold).root,
        plugins=loaded(),
    )


def keep(job: TrialJob, result: TrialResult, wall_s: float = 0.0) -> Member:
    """Keep how a member ended, whole, so that no later command trains it again.

    Args:
        job: what it was trained for.
        result: how it ended; one that another attempt may end otherwise is not kept.
        wall_s: seconds that it took of the sweep's time.

    Returns:
        The member.
    """
    place = TrialFolder(job.folder)
    member = Member(result=result, wall_s=wall_s)
    if result.status is not Status.FAILED:
        member = Member(
            result=result,
            answers_sha256=files.sha256(place.validation),
            size=place.checkpoint.stat().st_size,
            wall_s=wall_s,
        )
    if member.lasting:
        # Not `asdict`: it cannot copy a read-only mapping.
        told = {f.name: getattr(result, f.name) for f in fields(result) if f.name != "key"}
        told["metrics"] = dict(result.metrics)
        job.folder.mkdir(parents=True, exist_ok=True)
        written = {"job": digest(job), "attempt": result.key.attempt, "result": told}
        more = {"answers_sha256": member.answers_sha256, "size": member.size, "wall_s": wall_s}
        files.write_json(place.member, written | more)
    return member


def kept(job: TrialJob) -> Member | None:
    """Read what an earlier command kept of a member.

    Args:
        job: what it is to be trained for.

    Returns:
        The member, or None where there is none, it was trained for another job, or its files are not those that
        its training wrote.
    """
    place = TrialFolder(job.folder)
    told = _read(place)
    if told is None or told["job"] != digest(job):
        return None
    result = _result(job.key, told)
    member = Member(
        result=result,
        answers_sha256=told["answers_sha256"],
        size=told["size"],
        wall_s=told.get("wall_s", result.seconds),
    )
    digests = {
        place.checkpoint: result.sha256,
        place.decision: result.decision_sha256,
        place.validation: member.answers_sha256,
    }
    if result.status is not Status.FAILED and not all(
        path.is_file() and files.sha256(path) == digest for path, digest in digests.items()
    ):
        return None
    return member


def time_spent(folder: SweepFolder) -> float:
    """Add up what all members that were kept have taken of a sweep's time.

    Args:
        folder: the sweep's own folder.

    Returns:
        Seconds.
    """
    told = [json.loads(file.read_bytes()) for file in folder.members()]
    return float(sum(one.get("wall_s", one["result"]["seconds"]) for one in told))


def ended(key: TrialKey, place: TrialFolder) -> TrialResult | None:
    """Read how an attempt at a member ended, whatever it was trained for.

    Args:
        key: of the attempt.
        place: the member's folder.

    Returns:
        Its result, or None where nothing was kept of this attempt.
    """
    told = _read(place)
    return _result(key, told) if told is not None and told["attempt"] == key.attempt else None


def digest(job: TrialJob) -> str:
    """Tell jobs apart by what decides their result.

    Args:
        job: the job; its corpus's folder is named by the corpus's fingerprint.

    Returns:
        SHA-256, hexadecimal.
    """
    about = job.settings() | {"corpus": job.corpus.name}
    return sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def _read(place: TrialFolder) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads(place.member.read_bytes())
    except FileNotFoundError:
        return None
    return told


def _result(key: TrialKey, told: dict[str, Any]) -> TrialResult:
    found = dict(told["result"])
    found["status"] = Status(found["status"])
    found["reason"] = Reason(found["reason"]) if found["reason"] else None
    found["stopped"] = Stopped(found["stopped"]) if found["stopped"] else None
    attempt = TrialKey(arm=key.arm, number=key.number, fold=key.fold, attempt=told["attempt"])
    return TrialResult(key=attempt, **found)
