"""Where everything lies on disk: the only folder that spells a file's name.

<workdir>/                        Workspace
optuna.db  mlflow.db  mlartifacts/
cache/<corpus>/                 CorpusFolder
<settings>/                   EncodedFolder
<sweep>/                        SweepFolder
trials/<arm>-<number>/        TrialFolder
confirm/<arm>-<number>/       FinalistFolder
<fold>/                     TrialFolder
best-model/                       ModelFolder
"""

from sweep.workspace.cache import (
    CorpusFolder,
    EncodedFolder,
    NodeFolder,
    VectorsFolder,
    lock_of,
    seal_of,
    vectors_note,
)
from sweep.workspace.model import EncoderFolder, ModelFolder
from sweep.workspace.sweep import (
    FinalistFolder,
    SweepFolder,
    TrialFolder,
    Workspace,
    is_sweep_name,
)

__all__ = [
    "CorpusFolder",
    "EncodedFolder",
    "EncoderFolder",
    "FinalistFolder",
    "ModelFolder",
    "NodeFolder",
    "SweepFolder",
    "TrialFolder",
    "VectorsFolder",
    "Workspace",
    "is_sweep_name",
    "lock_of",
    "seal_of",
    "vectors_note",
]
