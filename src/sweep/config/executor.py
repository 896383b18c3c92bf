"""Settings of where trials run."""

from dataclasses import dataclass, field
from enum import StrEnum

from sweep.errors import UserError


class ExecutorKind(StrEnum):
    """Where trials run."""

    local = "local"
    """In processes of this machine."""
    ray = "ray"
    """On the nodes of a Ray cluster."""


@dataclass(kw_only=True, slots=True)
class ExecutorConfig:
    """Where trials run, and what a failing worker may cost."""

    kind: ExecutorKind = ExecutorKind.local
    """Processes of this machine, or a Ray cluster."""
    workers: int | str = "auto"
    """Trials at the same time; `auto`: one a physical core that this process may use, on a GPU one at a time."""
    threads: int = 1
    """Torch threads a worker; more than one rarely pays on small networks."""
    timeout: float | None = None
    """Seconds after which a trial is ended as FAILED; no limit by default."""
    attempts: int = 2
    """How often a trial is tried whose worker crashes, is killed or exits; after an exception, only until the same line
    has raised twice in the sweep."""
    memory_gib: float | None = None
    """Memory limit of a worker in GiB; no limit by default."""
    give_up_after: int = 5
    """The sweep ends when so many trials in a row fail for the same reason and none has completed."""
    address: str | None = None
    """The Ray cluster: `auto` for the one that this machine belongs to, `ray://HOST:10001` for one elsewhere; by
    default one of this machine is started, and ends with the command."""
    cpus: float = 1.0
    """Processors that Ray sets aside for a trial."""
    gpus: float = 0.0
    """Cards that Ray sets aside for a trial; a part of one, as 0.25, lets several trials share it."""
    max_workers: int | None = None
    """Trials at the same time on the cluster at most; by default as many as its nodes have room for."""
    resources: dict[str, float] = field(default_factory=dict)
    """What else a trial takes, under the names that the cluster's nodes were started with, as in {highmem: 1}."""

    def __post_init__(self) -> None:
        mistakes = []
        if self.workers != "auto" and not (isinstance(self.workers, int) and self.workers >= 1):
            mistakes.append(
                f"executor.workers must be `auto` or at least 1, but got {self.workers!r}."
            )
        mistakes += [
            f"executor.{name} must be at least 1, but got {getattr(self, name)}."
            for name in ("threads", "attempts", "give_up_after")
            if getattr(self, name) < 1
        ]
        mistakes += [
            f"executor.{name} must be above 0, but got {getattr(self, name):g}."
            for name in ("timeout", "memory_gib")
            if getattr(self, name) is not None and not getattr(self, name) > 0
        ]
        mistakes += self._of_ray() if self.kind is ExecutorKind.ray else self._of_ray_only()
        if mistakes:
            raise UserError(*mistakes)

    def _of_ray(self) -> list[str]:
        mistakes = []
        if self.workers != "auto":
            mistakes.append(
                f"executor.workers={self.workers} counts processes of this machine; on Ray it is "
                f"executor.max_workers={self.workers}."
            )
        if self.max_workers is not None and self.max_workers < 1:
            mistakes.append(
                f"executor.max_workers must be at least 1, but got {self.max_workers}."
            )
        taken = {"cpus": self.cpus, "gpus": self.gpus}
        taken |= {f"resources.{name}": amount for name, amount in self.resources.items()}
        mistakes += [
            f"executor.{name} must be at least 0, but got {amount:g}."
            for name, amount in taken.items()
            if amount < 0
        ]
        if not any(taken.values()):
            mistakes.append(
                "executor.cpus and executor.gpus are both 0: a trial that takes nothing has no number of slots."
            )
        if self.gpus > 1 and not float(self.gpus).is_integer():
            mistakes.append(
                f"executor.gpus above 1 must be a whole number, but got {self.gpus:g}; a part of a card is below 1."
            )
        return mistakes

    def _of_ray_only(self) -> list[str]:
        plain: dict[str, object] = {
            "address": None,
            "cpus": 1.0,
            "gpus": 0.0,
            "max_workers": None,
            "resources": {},
        }
        given = [name for name, value in plain.items() if getattr(self, name) != value]
        return [
            f"executor.{name}={getattr(self, name)} is a setting of a Ray cluster; add executor=ray, or leave it out."
            for name in given
        ]
