"""What settings in a file name and nothing that is loaded has."""

from pathlib import Path
from typing import Any, cast

from omegaconf import DictConfig, OmegaConf

from sweep.compose import wording
from sweep.config.settings import PLUGINS, flat
from sweep.errors import PluginError
from sweep.plugins.tables import TABLES, own


def refuse_lacking(file: Path, written: DictConfig) -> None:
    """See that every part that settings name is there.

    Args:
        file: where they stand.
        written: the settings as the file has them.

    Raises:
        PluginError: some are of a plug-in that is not loaded; each is named.
    """
    leaves = flat(cast(dict[str, Any], OmegaConf.to_container(written)))
    plugins = written.get(PLUGINS)
    lacking = (
        [f"plugins.{n!s}" for n in map(str, plugins) if n not in own()]
        if isinstance(plugins, DictConfig)
        else []
    )
    for table in TABLES:
        given = [
            leaves.get(table.setting),
            *(leaves.get(f"{wording.FREE}.{table.setting}.choices") or []),
        ]
        lacking += [
            f"{table.setting}={name}"
            for name in dict.fromkeys(n for n in given if isinstance(n, str))
            if name not in table
        ]
    if lacking:
        raise PluginError(
            f"{file} names what no part that is loaded has: {', '.join(lacking)}. Add --plugin FILE, the file that its "
            "sweep was run with."
        )
