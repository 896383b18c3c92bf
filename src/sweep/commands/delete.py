"""The command `delete`: removes a sweep, so that the same command begins it anew."""

from pathlib import Path

from rich.console import Console

from sweep.coordinator.deletion import delete
from sweep.workspace import Workspace


def run(plugins: list[str], name: str, workdir: str, mlflow: str) -> int:
    """Remove a sweep and say what was removed.

    Args:
        plugins: files of code of one's own; not needed, and so not run.
        name: the sweep's name.
        workdir: folder of all sweeps.
        mlflow: `true` or `false`: whether its runs and models in MLflow are removed, too.

    Returns:
        0.

    Raises:
        UserError: there is no such sweep, it is running, or MLflow does not answer.
    """
    console = Console(highlight=False, soft_wrap=True)

    def say(what: str) -> None:
        console.print(f"removed: {what}", markup=False)

    delete(Workspace(Path(workdir)), name, say, mlflow=mlflow == "true")
    return 0
