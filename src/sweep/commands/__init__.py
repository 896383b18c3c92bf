"""The commands and the modules that run them; a module is imported when its command is given."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from sweep import __version__
from sweep.errors import ChoiceError

if TYPE_CHECKING:  # OmegaConf takes a tenth of a second
    from sweep.compose.flags import Flags
    from sweep.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command.

    Args:
        module: module of this package whose `run` does the work and returns the exit code.
        usage: how it is typed.
        summary: what it does, in one line.
        composed: whether `run` takes the composed settings; otherwise it takes the words as typed.
        searches: whether the settings must name a search.
        trains: whether trials are trained, so that every setting that is given must come to one.
    """

    module: str
    usage: str
    summary: str
    composed: bool = True
    searches: bool = True
    trains: bool = False

    def run(self, arguments: list[str]) -> int:
        """Run the command.

        Args:
            arguments: the words after its name.

        Returns:
            The exit code.

        Raises:
            UserError: something given is wrong; all that is known to be wrong is told at once.
        """
        if not self.composed:
            return self._run(arguments)
        # Hydra takes 0.3 s, which commands without settings need not wait for.
        from sweep.compose.compose import show
        from sweep.compose.flags import read_flags

        flags = read_flags(arguments)
        if flags.help or flags.version:
            from sweep.commands.help import help_text

            print(help_text(flags.catalogue) if flags.help else f"sweep {__version__}")
        elif flags.completes or flags.asked:
            show(flags)
        else:
            config = self.settings(flags)
            try:
                return self._run(config)
            except ChoiceError as error:
                name = [] if self is SWEEP else [self.module]
                raise error.typed(["python", "-m", "sweep", *name], arguments) from error
        return 0

    def settings(self, flags: "Flags") -> "Config":
        """Compose the settings of a command line and check them.

        Args:
            flags: the command line, read.

        Returns:
            The settings.

        Raises:
            UserError: as under `run`.
        """
        from sweep.compose.compose import compose

        config = compose(flags, need_search=self.searches)
        if self.trains:
            from sweep.coordinator.given import check

            for note in check(config, flags):
                print(f"note: {note}")
        return config

    def _run(self, given: object) -> int:
        code: int = import_module(f"{__name__}.{self.module}").run(given)
        return code


SWEEP = Command(
    module="sweep",
    usage="+search=NAME [SETTING=VALUE ...]",
    summary="run or resume a sweep to its budget",
    trains=True,
)

COMMANDS = {
    "report": Command(
        module="report", usage="report +search=NAME", summary="write the report of a sweep again"
    ),
    "export": Command(
        module="export",
        usage="export +search=NAME",
        summary="write the winner to best-model/ and register it",
    ),
    "predict": Command(
        module="predict",
        usage="predict model=best-model input=FILE output=FILE",
        summary="label new texts with an exported model",
        composed=False,
    ),
    "ui": Command(
        module="ui", usage="ui", summary="show the runs on a page of this machine", searches=False
    ),
}
