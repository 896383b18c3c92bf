"""Settings of where trials run."""

from dataclasses import dataclass

from sweep.errors import UserError


@dataclass(kw_only=True, slots=True)
class ExecutorConfig:
    """Where trials run, and what a failing worker may cost."""

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
        if mistakes:
            raise UserError(*mistakes)
