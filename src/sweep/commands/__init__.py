"""The commands and the modules that run them; a module is imported when its command is given."""

import shlex
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

from sweep import __version__
from sweep.commands.setting import Setting, taken, taken_alone
from sweep.errors import ChoiceError, UserError
from sweep.typed import program
from sweep.workspace import Workspace


class Takes(StrEnum):
    """What a command works on, and so what its `run` gets."""

    search = "search"
    """A search: all settings, composed."""
    sweep = "sweep"
    """A sweep that exists: its settings, found by `name=`."""
    settings = "settings"
    """All settings, those of a sweep where `name=` names one."""
    own = "own"
    """Its own settings, and the files of `--plugin FILE`."""
    names = "names"
    """Sweeps that exist, by the bare words that name them; besides them as `own`."""
    words = "words"
    """The words as typed."""


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
        takes: what it works on.
        settings: those that it alone takes; `run` gets their values by name.
    """

    module: str
    usage: str
    summary: str
    takes: Takes = Takes.sweep
    settings: tuple[Setting, ...] = ()

    def run(self, arguments: list[str]) -> int:
        """Run the command.

        Args:
            arguments: the words after its name.

        Returns:
            The exit code.

        Raises:
            UserError: something given is wrong; all that is known to be wrong is told at once.
        """
        if self.takes is Takes.words:
            return self._run(arguments)
        if self is not SWEEP and {"-h", "--help"} & set(arguments):
            from sweep.commands.help import help_of

            print(help_of(self))
            return 0
        if self.takes is Takes.own:
            from sweep.compose.flags import split_plugins

            words, plugins = split_plugins(arguments)
            return self._run(plugins, **taken_alone(self.module, words, self.settings))
        if self.takes is Takes.names:
            from sweep.compose.flags import split_plugins

            words, plugins = split_plugins(arguments)
            return self._run(plugins, words, self.settings)
        return self._composed(arguments)

    def _composed(self, arguments: list[str]) -> int:
        # Hydra takes 0.3 s, which commands without settings need not wait for.
        from sweep.compose.compose import show
        from sweep.compose.flags import flags_and_mistakes

        own, words, mistakes = taken(arguments, self.settings)
        flags, refused = flags_and_mistakes(words)
        mistakes += refused
        asks = flags.help or flags.version or flags.completes or flags.asked
        if mistakes and asks:
            raise UserError(*mistakes)
        if flags.help or flags.version:
            from sweep.commands.help import help_text

            print(help_text(flags.catalogue) if flags.help else f"sweep {__version__}")
        elif flags.completes or flags.asked:
            show(flags)
        else:
            found = self._found(flags, mistakes)
            try:
                return self._run(found, **own)
            except ChoiceError as error:
                name = [] if self is SWEEP else [self.module]
                raise error.typed([*shlex.split(program()), *name], words) from error
        return 0

    def _found(self, flags: "Flags", mistakes: list[str]) -> "Config":
        # Whoever mends one mistake is not to hear of the next one then.
        found = None
        try:
            found = self.found(flags)
        except UserError as wrong:
            mistakes += wrong.mistakes
        if mistakes or found is None:
            from sweep.commands.files import absent

            raise UserError(*dict.fromkeys([*mistakes, *absent(flags.words)]))
        return found

    def found(self, flags: "Flags") -> "Config":
        """Compose the settings of a command line, or find those of the sweep that it names, and check them.

        Args:
            flags: the command line, read.

        Returns:
            The settings.

        Raises:
            UserError: as under `run`.
        """
        from sweep.compose.begun import begun
        from sweep.compose.compose import compose

        named = any(word.startswith("name=") for word in flags.words)
        if self.takes is Takes.sweep or (self.takes is Takes.settings and named):
            return begun(flags)
        config = compose(flags, need_search=self.takes is Takes.search)
        if self.takes is Takes.search:
            from sweep.coordinator.given import check

            for note in check(config, flags):
                print(f"note: {note}")
        return config

    def _run(self, *given: object, **own: str) -> int:
        code: int = import_module(f"{__name__}.{self.module}").run(*given, **own)
        return code


SWEEP = Command(
    module="sweep",
    usage="+search=NAME [SETTING=VALUE ...]",
    summary="run or resume a sweep to its budget",
    takes=Takes.search,
)

WORKDIR = Setting(name="workdir", default=Workspace.DEFAULT, about="folder of all sweeps")

COMMANDS = {
    "doctor": Command(
        module="doctor",
        usage="doctor [data.path=FILE] [doctor.output=FILE.json] [doctor.strict=true]",
        summary="say what is ill in a corpus, or in a network's predictions",
        takes=Takes.settings,
        settings=(
            Setting(
                name="predictions",
                about="file of labels and probabilities or logits of a network trained elsewhere, in place of a corpus",
            ),
            Setting(
                name="train_predictions", about="the same about the texts that it was trained on"
            ),
        ),
    ),
    "report": Command(
        module="report", usage="report name=SWEEP", summary="write the report of a sweep again"
    ),
    "export": Command(
        module="export",
        usage="export name=SWEEP [output=FOLDER]",
        summary="write the winner to a folder and register it",
        settings=(
            Setting(
                name="output",
                default="best-model",
                about="folder that the model is written to; a model of the same sweep there is replaced",
            ),
        ),
    ),
    "predict": Command(
        module="predict",
        usage="predict model=best-model input=FILE output=FILE",
        summary="label new texts with an exported model",
        takes=Takes.words,
    ),
    "list": Command(
        module="list",
        usage="list",
        summary="show which sweeps there are, how far and how good",
        takes=Takes.own,
        settings=(WORKDIR,),
    ),
    "compare": Command(
        module="compare",
        usage="compare SWEEP SWEEP [SWEEP ...]",
        summary="show finished sweeps side by side, winners on the same folds",
        takes=Takes.names,
        settings=(
            WORKDIR,
            Setting(name="output", about="file that all of it is written to, as JSON"),
        ),
    ),
    "delete": Command(
        module="delete",
        usage="delete name=SWEEP",
        summary="remove a sweep wholly, to start it over",
        takes=Takes.own,
        settings=(
            Setting(name="name", needed=True, about="the sweep's name"),
            WORKDIR,
            Setting(
                name="mlflow",
                default="true",
                choices=("true", "false"),
                about="whether its runs and models in MLflow are removed, too",
            ),
        ),
    ),
    "serve": Command(
        module="serve",
        usage="serve model=best-model",
        summary="answer over HTTP with an exported model, on this machine",
        takes=Takes.own,
        settings=(
            Setting(name="model", needed=True, about="folder of an exported model"),
            Setting(
                name="port",
                default="auto",
                about="port of 127.0.0.1; auto takes 8000 or the next one that is free",
            ),
        ),
    ),
    "ui": Command(
        module="ui",
        usage="ui [name=SWEEP]",
        summary="show the runs on a page of this machine",
        takes=Takes.settings,
    ),
}
