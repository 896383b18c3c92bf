"""`sweep.load`: an exported model in a script or notebook."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sweep.errors import UserError
from sweep.export.answer import LABEL, answer, probability_column
from sweep.export.bundle import Bundle
from sweep.plugins.load import load_all

if TYPE_CHECKING:
    import pandas as pd


class Model:
    """An exported model.

    Args:
        bundle: its files, loaded.
    """

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    @property
    def labels(self) -> tuple[str, str]:
        """What no and yes are called in the corpus that it was trained on."""
        return self.bundle.labels

    @property
    def threshold(self) -> float:
        """Probability from which on the answer is yes."""
        return self.bundle.decision.threshold

    def predict(self, texts: Iterable[object]) -> "pd.DataFrame":
        """Classify raw texts.

        Args:
            texts: N of them, as they come: a list, a column of a table. A missing one counts as empty.

        Returns:
            N rows: the probability of `labels[1]` under its name, such as `probability_spam`, and `label`, both missing
            for a text without a visible sign. A column of pandas keeps its index.

        Raises:
            UserError: one text was given instead of several.
        """
        import pandas as pd

        if isinstance(texts, str):
            raise UserError("predict takes a list of texts, but got a single text; write [TEXT].")
        index = texts.index if isinstance(texts, pd.Series) else None
        found = answer(self.bundle, list(texts))
        columns = {probability_column(self.labels[1]): found.probabilities, LABEL: found.labels}
        return pd.DataFrame(columns, index=index)


def load(folder: str | Path, *, plugins: Sequence[str | Path] = ()) -> Model:
    """Load an exported model; what `python -m sweep predict model=FOLDER` uses.

    Args:
        folder: what `python -m sweep export` wrote.
        plugins: files of code of your own that it needs, as `--plugin FILE` names them; their code is run.

    Returns:
        The model. Its files are checked first, and loading them runs none of their code.

    Raises:
        UserError: a file is missing or is not the one that was exported, or a plug-in is needed that is not given.
    """
    load_all(plugins)
    return Model(Bundle.load(Path(folder)))
