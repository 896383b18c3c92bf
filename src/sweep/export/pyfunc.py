"""The exported model as MLflow loads it: a script that MLflow runs, so that nothing is pickled."""

from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from sweep.export.answer import LABEL, answer, probability_column
from sweep.export.bundle import Bundle, verify
from sweep.plugins.load import load_files
from sweep.workspace import ModelFolder


class TextClassifier(PythonModel):
    """A column `text` in; out `probability_…`, of the positive label, and `label`, both empty for an empty text."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the model.

        Args:
            context: tells where MLflow has put it.
        """
        folder = Path(context.artifacts["bundle"])
        verify(folder)
        # A model of MLflow's is code, and brings its own; elsewhere a plug-in is loaded only where it is asked for.
        load_files(sorted(ModelFolder(folder).plugins.glob("*.py")))
        self.bundle = Bundle.load(folder)

    def predict(
        self,
        context: PythonModelContext,
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Classify texts.

        Args:
            context: not used.
            model_input: the column `text`, N rows.
            params: not used.

        Returns:
            N rows, with the index of the input.
        """
        found = answer(self.bundle, model_input["text"].tolist())
        name = probability_column(self.bundle.labels[1])
        probabilities, labels = found.cells()
        # MLflow's server writes NaN as it is, which is no JSON; None becomes null.
        kind = object if None in labels else None
        columns = {
            name: pd.Series(probabilities, model_input.index, dtype=kind or float),
            LABEL: pd.Series(labels, model_input.index, dtype=kind or str),
        }
        return pd.DataFrame(columns)


set_model(TextClassifier())
