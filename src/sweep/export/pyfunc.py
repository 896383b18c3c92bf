"""The exported model as MLflow loads it: a script that MLflow runs, so that nothing is pickled."""

from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from sweep.export.answer import LABEL, answer, probability_column
from sweep.export.bundle import Bundle


class TextClassifier(PythonModel):
    """A column `text` in; out `probability_…`, of the positive label, and `label`, both empty for an empty text."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the model.

        Args:
            context: tells where MLflow has put it.
        """
        self.bundle = Bundle.load(Path(context.artifacts["bundle"]))

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
        columns = {name: found.probabilities, LABEL: found.labels}
        return pd.DataFrame(columns, index=model_input.index)


set_model(TextClassifier())
