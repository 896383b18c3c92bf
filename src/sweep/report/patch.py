"""The next sweep's settings, as findings advise them: `report/patch.yaml`, each with its reason as comment."""

import copy
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import yaml

from sweep.config import Config
from sweep.config.settings import replaced
from sweep.diagnosis.finding import Finding
from sweep.errors import UserError
from sweep.search.space import Space

SPACE = "search.space."
SEARCH = "search."
WIDTH = 110


def accepted(config: Config, findings: Iterable[Finding]) -> list[tuple[Finding, dict[str, Any]]]:
    """Pick of the findings' patches what goes together, the worst finding's first.

    Args:
        config: the settings that are patched; they stay as they are.
        findings: the worst first.

    Returns:
        Each finding with those settings of its patch that no finding before it has changed; a patch that the
        configuration refuses, beside those before it, is left out.
    """
    taken: set[str] = set()
    found: list[tuple[Finding, dict[str, Any]]] = []
    for finding in findings:
        values = {p: v for p, v in map(_parsed, finding.patch) if _setting(p) not in taken}
        if not values:
            continue
        try:
            patched = _patched(config, values)
            Space.of(patched)
        except (UserError, ValueError, KeyError):
            continue  # what a finding advises is no command: without it the sweep is as it was
        config = patched
        taken |= {_setting(path) for path in values}
        found.append((finding, values))
    return found


def patch_yaml(
    patches: Iterable[tuple[Finding, Mapping[str, Any]]], *, name: str, command: str
) -> str:
    """Write a patch.

    Args:
        patches: of `accepted`.
        name: of the sweep that is to come.
        command: that runs it.

    Returns:
        YAML; each setting under a comment that says why.
    """
    reasons: dict[str, str] = {}
    tree: dict[str, Any] = {"name": name}
    for finding, values in patches:
        for path, value in values.items():
            reasons[path] = f"{finding.symptom}: {finding.title}"
            _put(tree, path, value)
    return (
        "\n".join([f"# {command}", "#", *_lines(tree, "", 0, lambda p: reasons.get(p, ""))]) + "\n"
    )


def _parsed(word: str) -> tuple[str, Any]:
    path, _, value = word.partition("=")
    return path, yaml.safe_load(value)


def _setting(path: str) -> str:
    """The setting that a word changes: both bounds of one are one."""
    inner = path.removeprefix(SPACE)
    return inner.rpartition(".")[0] if path.startswith(SPACE) else inner


def _patched(config: Config, values: Mapping[str, Any]) -> Config:
    patched = copy.deepcopy(config)
    own = {path: value for path, value in values.items() if not path.startswith(SEARCH)}
    for path, value in values.items():
        if path.startswith(SPACE):
            node: Any = patched.search.space
            *groups, last = path.removeprefix(SPACE).split(".")
            for group in groups:
                node = node[group]
            node[last] = value
        elif path.startswith(SEARCH):
            setattr(patched.search, path.removeprefix(SEARCH), value)
    return replaced(patched, own) if own else patched


def _put(tree: dict[str, Any], path: str, value: Any) -> None:
    *groups, last = path.split(".")
    for group in groups:
        tree = tree.setdefault(group, {})
    tree[last] = value


def _lines(
    tree: Mapping[str, Any], prefix: str, depth: int, reason: Callable[[str], str]
) -> list[str]:
    found: list[str] = []
    indent = "  " * depth
    for name, value in tree.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            found += [f"{indent}{name}:", *_lines(value, f"{path}.", depth + 1, reason)]
            continue
        why = textwrap.wrap(reason(path), WIDTH) if reason(path) else []
        text = yaml.safe_dump(value, default_flow_style=True, width=10_000).splitlines()[0]
        found += [*(f"{indent}# {line}" for line in why), f"{indent}{name}: {text}"]
    return found
