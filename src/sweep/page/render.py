"""One HTML file of all sections, which asks the network for nothing and runs nothing but its own script."""

import base64
import gzip
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from sweep import page
from sweep.page.blocks import Figure, Link, Live, Section, shown


def render(title: str, sections: Sequence[Section]) -> str:
    """Write the page.

    Args:
        title: of the browser's tab.
        sections: in their order.

    Returns:
        HTML.
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_fit,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawn = [block for section in sections for block in section.blocks]
    pictures = any(isinstance(block, Figure) for block in drawn)
    script, style = (_template(name) for name in ("page.js", "style.css"))
    library, digest = _plotly() if pictures else ("", "")
    allowed = " ".join(f"'sha256-{one}'" for one in (_digest(script), digest) if one)
    return environment.get_template("page.html.jinja").render(
        title=title,
        sections=sections,
        is_link=lambda cell: isinstance(cell, Link),
        script=Markup(script),
        style=Markup(style),
        plotly=Markup(library),
        pictures=Markup(island(_drawn(drawn))),
        policy="default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:; "
        f"style-src 'unsafe-inline'; script-src {allowed}",
    )  # fmt: skip


def _fit(value: Any) -> Any:
    """Spell out hidden signs in every text that goes into the page, but not in its own markup."""
    return shown(value) if type(value) is str else value


def island(value: Any) -> str:
    """Write data for the page's script so that no text in it can end the element that holds it.

    Args:
        value: plain types; a number that is not finite becomes null.

    Returns:
        JSON without `<`, `>`, `&` and the line separators of JavaScript.
    """
    text = json.dumps(_finite(value), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return re.sub("[<>&]", lambda sign: f"\\u{ord(sign[0]):04x}", text)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value


def _drawn(blocks: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for block in blocks:
        if isinstance(block, Figure):
            found[block.key] = {
                "data": block.data,
                "layout": dict(block.layout),
                "height": block.height,
            }
        elif isinstance(block, Live):
            found[block.key] = block.data
    return found


def _template(name: str) -> str:
    return (files(page) / "template" / name).read_text(encoding="utf-8")


@cache
def _plotly() -> tuple[str, str]:
    """The library that comes with plotly, packed and as text, and the digest that lets a browser run it.

    The Python package holds the whole bundle only; packed it takes 2 MB of the page.
    """
    import plotly

    source = (files(plotly) / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    packed = gzip.compress(source.encode(), 9, mtime=0)
    return base64.b64encode(packed).decode(), _digest(source)


def _digest(text: str) -> str:
    return base64.b64encode(sha256(text.encode()).digest()).decode()
