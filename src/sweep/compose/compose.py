"""From a command line to the settings: the only door to Hydra."""

import contextlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import hydra
import yaml
from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException, MissingConfigException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException, ValidationError

from sweep.compose import wording
from sweep.compose.catalogue import CONF, Catalogue
from sweep.compose.flags import Flags
from sweep.config import Config, SearchConfig
from sweep.errors import UserError, nearest
from sweep.plugins.load import load_files, load_installed

VERSION_BASE = "1.3"
APPENDED = ("search", "debug")
"""Groups that the defaults list leaves out; Hydra wants `+` before them, here it may be left out."""


def compose(flags: Flags, need_search: bool = True) -> Config:
    """Compose and check the settings of one command.

    Nothing is written: Hydra's job folders and logging belong to its own runner, which is not used.

    Args:
        flags: the command line, read.
        need_search: whether the command works on a search.

    Returns:
        The settings.

    Raises:
        UserError: every mistake found in the command line and in the files that it names.
    """
    config, _ = _checked(flags, need_search)
    return config


def as_yaml(config: Config) -> str:
    """Write settings as the YAML that composes to them."""
    return OmegaConf.to_yaml(OmegaConf.structured(config))


def from_yaml(file: Path) -> Config:
    """Read settings that `as_yaml` wrote.

    Args:
        file: the YAML.

    Returns:
        The settings.

    Raises:
        UserError: the file is damaged, or has settings that this version does not know.
    """
    try:
        tree = OmegaConf.merge(OmegaConf.structured(Config), OmegaConf.load(file))
        assert isinstance(tree, DictConfig)
        config, mistakes = wording.objects(tree)
    except (OmegaConfBaseException, yaml.YAMLError, OSError, AssertionError) as error:
        config, mistakes = None, [str(error).splitlines()[0]]
    if config is None:
        raise UserError(
            f"{file} was not written by this version of sweep, or has been changed since: {' '.join(mistakes)}"
        )
    return config


def show(flags: Flags) -> None:
    """Let Hydra answer a flag such as `--cfg job`, where what is given beside it is right.

    Args:
        flags: the command line, read; one of its flags asks Hydra to show something.

    Raises:
        UserError: as under `compose`.
    """
    if flags.completes:
        _complete(flags)
        return
    _, overrides = _checked(flags, need_search=False)
    _hand_on([*flags.asked, *(o.input_line or "" for o in overrides)])


def _checked(flags: Flags, need_search: bool) -> tuple[Config, list[Override]]:
    load_installed()
    load_files(flags.plugins)
    overrides, mistakes = _parsed(flags.words)
    with _searching(flags.catalogue) as location:
        tree, more = _composed(flags.catalogue, location, overrides)
    mistakes += more
    if tree is None:
        given = any(o.key_or_group == "search" for o in overrides)
    else:
        given = not _lacks_search(tree)
    if need_search and not given:
        mistakes.append(flags.catalogue.which_search())
    config = None
    if tree is not None:
        config, more = wording.objects(tree)
        mistakes += more
    if flags.package and "job" in flags.asked and not wording.is_known(flags.package):
        mistakes.append(f"--package: {wording.unknown(flags.package)}")
    if mistakes or config is None:
        raise UserError(*dict.fromkeys(mistakes))
    return config, overrides


def _parsed(words: list[str]) -> tuple[list[Override], list[str]]:
    parser = OverridesParser.create()
    overrides: list[Override] = []
    mistakes: list[str] = []
    for word in words:
        try:
            override = parser.parse_overrides([_with_plus(word)])[0]
        except HydraException:
            mistakes.append(_unreadable(word))
            continue
        refusal = _refusal(override) or _second_search(override, overrides)
        if refusal:
            mistakes.append(refusal)
        else:
            overrides.append(override)
    # The file named last wins, and what `+debug=...` sets must win over the search.
    overrides.sort(key=lambda o: o.key_or_group == "debug")
    return overrides, mistakes


def _with_plus(word: str) -> str:
    return f"+{word}" if word.partition("=")[0] in APPENDED and "=" in word else word


def _unreadable(word: str) -> str:
    if word.find("=") < 1:
        return f"`{word}` sets nothing: a setting is written NAME=VALUE without spaces, as in model.hidden=64."
    name, _, value = word.replace('"', '\\"').partition("=")
    return (
        f"`{word}` cannot be read: a value with spaces, brackets or other signs is quoted twice, once for the shell "
        f"and once for Hydra: '{name}=\"{value}\"'."
    )


def _refusal(override: Override) -> str | None:
    key = override.key_or_group
    word = override.input_line
    if not key:
        return _unreadable(word or "")
    if key.split("/")[0].split(".")[0] == "hydra":
        return (
            f"`{word}`: Hydra's own settings are fixed here, because its logging and plugins can be made to call any "
            "code; add a folder of configurations with --config-dir."
        )
    if override.is_delete() and key in APPENDED:
        return f"`{word}`: there is none to remove; leave this word out."
    if override.is_sweep_override():
        return (
            f"`{word}` asks Hydra for several runs. For a list write {key}=[...]; to quote a comma write "
            f"'{key}=\"...\"'; to search several values put them in the space: "
            f"'+search.space.{key}={{type: categorical, choices: [...]}}'."
        )
    return None


def _second_search(override: Override, before: list[Override]) -> str | None:
    first = next((o for o in before if o.key_or_group == "search"), None)
    if first is None or override.key_or_group != "search":
        return None
    return f"A command runs one search, but got {first.value()} and {override.value()}; drop one."


@contextlib.contextmanager
def _searching(catalogue: Catalogue) -> Iterator[list[str]]:
    ConfigStore.instance().store(name="schema", node=Config)
    folder = str(catalogue.extra).replace("'", "\\'")
    with hydra.initialize_config_dir(str(CONF.absolute()), version_base=VERSION_BASE):
        yield [f"hydra.searchpath=['file://{folder}']"] if catalogue.extra else []


def _composed(
    catalogue: Catalogue, location: list[str], overrides: list[Override]
) -> tuple[DictConfig | None, list[str]]:
    def composed(chosen: list[Override]) -> DictConfig:
        return hydra.compose("config", location + [o.input_line or "" for o in chosen])

    try:
        return composed(overrides), []
    except Exception as error:  # Hydra raises ValueError, OSError and YAML's errors beside its own
        first = error
    choices = [o for o in overrides if _chooses(o, catalogue)]
    wrong = {id(o): m for o in choices if (m := _wrong_choice(o, catalogue))}
    mistakes = list(wrong.values())
    try:
        tree = composed([o for o in choices if id(o) not in wrong])
    except Exception as error:
        mistakes.append(_explained(error, catalogue))
        tree = OmegaConf.structured(Config)
    searched = not _lacks_search(tree)
    if not searched:
        tree.search = SearchConfig
    for override in overrides:
        if override not in choices and (
            searched or not override.key_or_group.startswith(wording.FREE)
        ):
            mistakes += wording.put(tree, _sign(override), override.key_or_group, override.value())
    return None, mistakes or [_explained(first, catalogue)]


def _lacks_search(tree: DictConfig) -> bool:
    return OmegaConf.is_missing(tree, "search")


def _sign(override: Override) -> str:
    if override.is_delete():
        return "~"
    return "+" if override.is_add() else "++" if override.is_force_add() else ""


def _wrong_choice(override: Override, catalogue: Catalogue) -> str | None:
    group = override.key_or_group
    choice = override.value()
    if override.is_add() and group not in APPENDED:
        return f"`+{group}={choice}`: a choice of `{group}` is there already; change it without `+`: {group}={choice}"
    return None if override.is_delete() else catalogue.wrong_choice(group, choice)


def _chooses(override: Override, catalogue: Catalogue) -> bool:
    return override.key_or_group in catalogue.groups() and not isinstance(override.value(), dict)


def _explained(error: Exception, catalogue: Catalogue) -> str:
    if isinstance(error, MissingConfigException) and error.missing_cfg_file:
        group, _, choice = error.missing_cfg_file.rpartition("/")
        options = catalogue.options(group) if group else []
        there = f" There are: {', '.join(options)}." if options else ""
        return f"There is no configuration `{error.missing_cfg_file}`.{nearest(choice, options)}{there}"
    if isinstance(error.__cause__, MissingMandatoryValue):
        return catalogue.which_search()  # `search.trials=4` and no search
    file = re.match(r"In '([^']+)'", str(error))  # Hydra tells the file in its text alone
    place = f"In {file[1]}.yaml: " if file else ""
    cause = error.__cause__ or error.__context__ or error
    path = str(getattr(cause, "full_key", None) or "")
    if path and not wording.is_known(path):
        return place + wording.unknown(path)
    if path and isinstance(cause, ValidationError):
        return place + wording.wrong_value(path, getattr(cause, "value", ""))
    return f"{place}The configuration cannot be composed: {str(cause).splitlines()[0]}"


def _complete(flags: Flags) -> None:
    shells = ("bash", "fish", "zsh")
    ways = [f"{way}={shell}" for way in ("install", "uninstall", "query") for shell in shells]
    if len(flags.words) != 1 or flags.words[0] not in ways:
        raise UserError(f"--shell-completion takes one of {', '.join(ways)}.")
    _hand_on([*flags.asked, *flags.words])


def _hand_on(arguments: list[str]) -> None:
    def answered(_: DictConfig) -> None:
        raise AssertionError("Hydra was asked to show something, not to run")

    ConfigStore.instance().store(name="schema", node=Config)
    typed, sys.argv = sys.argv, [sys.argv[0], *arguments]
    try:
        hydra.main(
            config_path=str(CONF.absolute()), config_name="config", version_base=VERSION_BASE
        )(answered)()
    except SystemExit as stop:
        if stop.code:
            raise
    finally:
        sys.argv = typed
