"""The worked examples of docs/extend.md as files, and tables without any plug-in."""

import re
from pathlib import Path

from sweep.plugins import load
from sweep.plugins.tables import TABLES

PAGE = Path(__file__).parents[2] / "docs" / "extend.md"


def examples(folder: Path) -> list[str]:
    """Write each example of the page under the name that its first line gives, and list the names."""
    text = PAGE.read_text(encoding="utf-8")
    names = []
    for block in re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        name = re.match(r"# (\w+\.py)\n", block)
        assert name, "an example's first line names its file"
        (folder / name[1]).write_text(block, encoding="utf-8")
        names.append(name[1])
    return names


def forget() -> None:
    """Drop every plug-in that this process has loaded."""
    for plugin in load.loaded():
        for table in TABLES:
            table.forget(plugin)
    load._loaded.clear()
