"""The error tree: what a user can mend is a `UserError`; anything else is a bug or a broken machine."""

import difflib
from collections.abc import Iterable


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


class DataError(UserError):
    """A corpus cannot be used as it is."""


class BundleError(UserError):
    """An exported model is missing, incomplete or not the one that was written."""


class ResamplingError(UserError):
    """A resampling method cannot work on this training part."""


class LockedError(UserError):
    """Another process is working on the same sweep."""


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
