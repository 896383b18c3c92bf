"""Where a model may be written: on nothing, or on an export of the same sweep."""

import json
from pathlib import Path

from sweep.errors import BundleError, UserError
from sweep.export.bundle import manifest
from sweep.workspace import ModelFolder


def check_place(out: Path, *, sweep: str, fingerprint: str) -> str | None:
    """Look whether a model can be written here.

    Args:
        out: folder of the model.
        sweep: the sweep's name.
        fingerprint: digest of what the sweep was begun with; a model of an early version is told by the name alone.

    Returns:
        The trial whose model is replaced, or None where there is none.

    Raises:
        UserError: there is something else: no exported model, or one of another sweep.
    """
    elsewhere = "Add `output=FOLDER`, or move it away."
    try:
        if out.is_symlink() or (out.exists() and not out.is_dir()):
            raise BundleError(f"{out} is no folder")
        if not out.exists() or not any(out.iterdir()):
            return None
        manifest(out)
        about = json.loads(ModelFolder(out).settings.read_text(encoding="utf-8"))
        name, trial = str(about["name"]), str(about["trial"])
    except (BundleError, OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{out} is in the way: it is not an exported model, so it is not replaced. {elsewhere}"
        ) from error
    if name != sweep or (about.get("fingerprint") or fingerprint) != fingerprint:
        other = "other data or settings" if name == sweep else f"the sweep `{name}`"
        raise UserError(
            f"{out} holds the winner {trial} of {other}, not of this sweep `{sweep}`; it is not replaced. {elsewhere}"
        )
    return trial
