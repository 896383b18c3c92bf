"""Every setting by its dotted path, and the words in which a wrong one is refused."""

import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException

from sweep.compose.yaml_file import resolves
from sweep.config import Config
from sweep.config.settings import PLUGINS, described, lacking, own_settings, settings
from sweep.errors import UserError, nearest
from sweep.plugins.tables import Table, own

EXECUTABLE = ("_target_", "_partial_", "_args_", "_recursive_", "_convert_")
"""Keys by which Hydra can be made to call any Python function; no setting has such a name."""

FREE = "search.space"
"""The only setting below which keys are free; what they say is checked where the space is built."""


def settings_and_groups() -> Mapping[str, Any]:
    """List every setting and every group of settings.

    Returns:
        Dotted path to the setting's type, and to None for a group; plug-ins' settings are among them.
    """
    return _settings_and_groups(tuple(own().items()))


@cache
def _settings_and_groups(_: tuple[tuple[str, type], ...]) -> Mapping[str, Any]:
    found: dict[str, Any] = {PLUGINS: None}
    for path, kind in settings().items():
        group = path.rpartition(".")[0]
        if group:
            found[group] = None
        found[path] = kind
    return found


def is_known(path: str) -> bool:
    """Tell whether a path names a setting or a group; any path below `search.space` does."""
    return path in settings_and_groups() or path.startswith(f"{FREE}.")


def is_group(path: str) -> bool:
    """Tell whether a path names a group of settings."""
    return path in settings_and_groups() and settings_and_groups()[path] is None


def unknown(path: str) -> str:
    """Say that a path names no setting, and which one may be meant."""
    group, _, leaf = path.rpartition(".")
    if leaf in EXECUTABLE:
        return f"`{path}`: no configuration may call code here, so this key is refused; remove it."
    if group == PLUGINS:
        return lacking(path)
    if is_group(group):
        inside = ", ".join(
            k.removeprefix(f"{group}.")
            for k in settings_and_groups()
            if k.rpartition(".")[0] == group
        )
        way_out = f"`{group}` has {inside}."
    else:
        way_out = "`python -m sweep --cfg job` shows every setting."
    return f"`{path}` is no setting.{_nearest_setting(path)} {way_out}"


def wrong_value(path: str, value: object) -> str:
    """Say that a value is none that the setting takes."""
    if is_group(path):
        one = next(
            (k for k in settings_and_groups() if k.startswith(f"{path}.")), f"{path}.NAME.SETTING"
        )
        return f"`{path}` is a group of settings, so `{path}={shown(value)}` sets nothing; set one, as in `{one}=...`."
    if path.startswith(FREE):
        return f"`{path}` takes a tree of settings with their bounds, but got `{shown(value)}`."
    return f"`{path}` takes {described(settings_and_groups()[path])}, but got `{shown(value)}`."


def objects(tree: DictConfig) -> tuple[Config | None, list[str]]:
    """Turn a composed configuration into the settings.

    Args:
        tree: what Hydra composed.

    Returns:
        The settings and no mistake, or None and every mistake of every group.
    """
    written = OmegaConf.to_container(tree, resolve=False)
    mistakes = [*_strangers(written), *_computed(written, "")]
    if mistakes:
        return None, mistakes
    values: dict[str, Any] = {}
    for field in dataclasses.fields(Config):
        try:
            if not OmegaConf.is_missing(tree, field.name):
                node = tree[field.name]
                values[field.name] = (
                    OmegaConf.to_object(node) if isinstance(node, DictConfig) else node
                )
                if field.name == PLUGINS:
                    values[field.name] = own_settings(values[field.name])
        except UserError as error:
            mistakes += error.mistakes
        except MissingMandatoryValue as error:
            mistakes.append(f"`{error.full_key}` must be given.")
        except OmegaConfBaseException as error:
            mistakes.append(
                f"`{error.full_key or field.name}` cannot be worked out: {str(error).splitlines()[0]}"
            )
    return (None, mistakes) if mistakes else (Config(**values), [])


def put(tree: DictConfig, sign: str, path: str, value: object) -> list[str]:
    """Put one value into a configuration as an override does.

    Args:
        tree: changed in place, unless the override is a mistake.
        sign: what stands before the path: nothing, `+`, `++` or `~`.
        path: dotted path.
        value: the new value.

    Returns:
        The mistakes.
    """
    if not is_known(path):
        return [unknown(path)]
    there = OmegaConf.select(tree, path, throw_on_missing=False) is not None
    if path.startswith(f"{FREE}."):
        if not there and not sign.startswith("+"):
            near = nearest(
                path, (f"{FREE}.{key}" for key in _keys(OmegaConf.to_container(tree.search.space)))
            )
            return [f"`{path}` is not in this search's space.{near} To add it, write +{path}=..."]
    elif sign == "~":
        return [f"`~{path}`: a setting cannot be removed; give it another value."]
    if there and sign == "+":
        return [f"`+{path}`: it is there already; change it without `+`: {path}=..."]
    kind = settings_and_groups().get(path)
    if isinstance(kind, Table) and (mistakes := kind.refusal(str(value))):
        return mistakes
    try:
        with open_dict(tree):
            OmegaConf.update(tree, path, value)
    except (OmegaConfBaseException, ValueError):
        return [wrong_value(path, value)]
    return []


def _strangers(tree: object) -> list[str]:
    alien = [k for k in _keys(tree) if not is_known(k) or k.rpartition(".")[2] in EXECUTABLE]
    return [
        unknown(key) for key in alien if not any(key.startswith(f"{other}.") for other in alien)
    ]


def _computed(node: object, path: str) -> list[str]:
    # Else any variable of the environment, a password among them, would stand in config.yaml and in MLflow.
    if isinstance(node, Mapping):
        return [
            m for k, child in node.items() for m in _computed(child, f"{path}.{k}".lstrip("."))
        ]
    if isinstance(node, list):
        return [m for child in node for m in _computed(child, path)]
    if not resolves(node):
        return []
    return [
        f"`{path}` must be a value, or repeat another setting as ${{NAME}}, but got {node!r}, which computes one; no "
        "configuration may read the environment. Let the shell put the value in."
    ]


def _keys(node: object, prefix: str = "") -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, child in node.items():
            yield f"{prefix}{key}"
            yield from _keys(child, f"{prefix}{key}.")
    elif isinstance(node, list):  # its places are no names, but what stands in it may have some
        for place, child in enumerate(node):
            yield from _keys(child, f"{prefix}{place}.")


def _nearest_setting(path: str) -> str:
    known = list(settings_and_groups())
    close = difflib.get_close_matches(path, known, n=1, cutoff=0.75)
    if not close:  # `hiden`, `optimizer.hidden`: the name alone, wherever it stands
        leaf = path.rpartition(".")[2]
        names = difflib.get_close_matches(
            leaf, {k.rpartition(".")[2] for k in known}, n=1, cutoff=0.75
        )
        close = [k for k in known if names and k.rpartition(".")[2] == names[0]]
    return f" Did you mean {' or '.join(f'`{k}`' for k in close)}?" if close else ""


def shown(value: object) -> str:
    """Write a value as the command line takes it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)
