"""The error tree: what a user can mend is a `UserError`; anything else is a bug or a broken machine."""

import difflib
import shlex
from collections.abc import Callable, Iterable, Sequence


class SweepError(Exception):
    """Root of every error that this program raises itself."""


class UserError(SweepError, ValueError):
    """A setting or a file breaks a rule; the text says the rule, the value and the way out.

    Args:
        *mistakes: one text a mistake; all of them are shown at once.
    """

    begun = False
    """Whether the command had done some of its work when it was refused."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class ClusterLostError(SweepError):
    """The cluster that trials run on is gone; the same command goes on where there is one again."""


class DataError(UserError):
    """A corpus cannot be used as it is."""


class ChoiceError(DataError):
    """Several settings would do, and only the user can choose; each is shown as it would be typed.

    Args:
        rule: what is missing.
        ways: for each way what it means, and its settings as the command line takes them.
        settles: names of the settings between which a way chooses.
        command: the words that stand before the settings.
    """

    def __init__(
        self,
        rule: str,
        ways: Sequence[tuple[str, Sequence[str]]],
        settles: Sequence[str],
        command: Sequence[str] = (),
    ) -> None:
        lines = [f"{meaning}:\n  {shlex.join([*command, *words])}" for meaning, words in ways]
        super().__init__("\n".join([rule, *lines]))
        self.rule, self.ways, self.settles = rule, ways, settles

    def typed(self, command: Sequence[str], given: Sequence[str]) -> "ChoiceError":
        """Show whole commands: what was typed, with the settings of each way.

        Args:
            command: what stands before the settings, such as `python -m sweep`.
            given: the words that were typed; those of the settings to choose give way.

        Returns:
            The same refusal, in these words.
        """
        typed = {word.partition("=")[0].lstrip("+"): word for word in given}
        kept = [word for name, word in typed.items() if name not in self.settles]
        ways = []
        for meaning, words in self.ways:
            more = [
                w for w in words if (n := w.partition("=")[0]) not in typed or n in self.settles
            ]
            ways.append((meaning, [*kept, *more]))
        return ChoiceError(self.rule, ways, self.settles, command)


class BundleError(UserError):
    """An exported model is missing, incomplete or not the one that was written."""


class PluginError(UserError):
    """Settings name parts of a plug-in that is not loaded."""


class ResamplingError(UserError):
    """A resampling method cannot work on this training part."""


class LockedError(UserError):
    """Another process is working on the same sweep."""


def together(*checks: Callable[[], object]) -> None:
    """Run checks one after the other, and refuse once for all that they refuse.

    Args:
        *checks: each raises `UserError` where something is wrong.

    Raises:
        UserError: every mistake of every check.
    """
    mistakes: list[str] = []
    for check in checks:
        try:
            check()
        except UserError as wrong:
            mistakes += wrong.mistakes
    if mistakes:
        raise UserError(*dict.fromkeys(mistakes))


def nearest(word: object, known: Iterable[object]) -> str:
    """Name the known word nearest to a mistyped one.

    Args:
        word: what was typed.
        known: the words that would have been right.

    Returns:
        " Did you mean `x`?", or an empty text where nothing is near.

    >>> nearest("hiden", ["hidden", "layers"])
    ' Did you mean `hidden`?'
    """
    close = difflib.get_close_matches(str(word), [str(k) for k in known], n=1, cutoff=0.6)
    return f" Did you mean `{close[0]}`?" if close else ""
