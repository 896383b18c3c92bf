"""From a command line to the settings: the only door to Hydra."""

import contextlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import hydra
import yaml
from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.types import Override
from hydra.errors import MissingConfigException
from omegaconf import MISSING, DictConfig, OmegaConf
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException, ValidationError

from sweep.compose import wording
from sweep.compose.catalogue import CONF, Catalogue
from sweep.compose.flags import Flags
from sweep.compose.lacking import refuse_lacking
from sweep.compose.overrides import chooses, parsed, sign, wrong_choice
from sweep.compose.yaml_file import read_yaml
from sweep.config import Config, SearchConfig
from sweep.config.settings import flat, settings, value_of
from sweep.errors import UserError, nearest
from sweep.plugins.load import load_all
from sweep.plugins.tables import BY_FLAG

VERSION_BASE = "1.3"


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


def typed(flags: Flags) -> set[str]:
    """Name the settings that a command line gives, by themselves or by a file that it chooses.

    Args:
        flags: a command line that composes.

    Returns:
        Dotted names.
    """
    found: set[str] = set()
    for override in parsed(flags.words)[0]:
        name, value = override.key_or_group, override.value()
        if chooses(override, flags.catalogue):
            found |= flags.catalogue.settings(name, str(value))
        else:
            found |= set(flat({name: value}))
    return found


def changed(config: Config) -> set[str]:
    """Name the settings that are not what they are by default, whoever set them: a word, a file, a search.

    Args:
        config: the settings.

    Returns:
        Dotted names, those of the search itself left out.
    """
    with _searching(Catalogue()):
        plain, mistakes = wording.objects(hydra.compose("config"))
    assert plain is not None, mistakes
    paths = (path for path in settings() if not path.startswith("search."))
    return {path for path in paths if value_of(config, path) != value_of(plain, path)}


def as_yaml(config: Config) -> str:
    """Write settings as the YAML that composes to them."""
    return OmegaConf.to_yaml(OmegaConf.structured(config))


def from_yaml(file: Path, *only: str) -> Config:
    """Read settings that `as_yaml` wrote.

    Args:
        file: the YAML.
        *only: groups; the others stay as they are by default.

    Returns:
        The settings.

    Raises:
        UserError: the file is damaged, or has settings that this version does not know.
        PluginError: it names parts of a plug-in that is not loaded.
    """
    try:
        if not isinstance(content := read_yaml(file, most=4 << 20), dict):
            raise ValueError("it holds no settings")
        written = OmegaConf.create(content)
        if only:
            written = OmegaConf.masked_copy(written, [*only])
        refuse_lacking(file, written)
        tree = OmegaConf.merge(OmegaConf.structured(Config), written)
        assert isinstance(tree, DictConfig)
        config, mistakes = wording.objects(tree)
    except UserError:
        raise
    except (OmegaConfBaseException, yaml.YAMLError, OSError, ValueError) as error:
        config, mistakes = None, [str(error).partition("\n")[0]]
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


def without_plugins(flags: Flags) -> list[str]:
    """Load the plug-ins of a command line.

    Args:
        flags: the command line, read.

    Returns:
        What is wrong with them.
    """
    try:
        load_all(flags.plugins)
    except UserError as wrong:
        return [*wrong.mistakes]
    return []


def all_of(unloaded: list[str], mistakes: list[str]) -> UserError:
    """Word a refusal; what only follows from a plug-in that cannot be loaded is left out.

    Args:
        unloaded: what is wrong with plug-ins.
        mistakes: what else is wrong.
    """
    others = [text for text in mistakes if not unloaded or BY_FLAG not in text]
    return UserError(*dict.fromkeys([*unloaded, *others]))


def _checked(flags: Flags, need_search: bool) -> tuple[Config, list[Override]]:
    unloaded = without_plugins(flags)
    overrides, mistakes = parsed(flags.words)
    with _searching(flags.catalogue) as location:
        tree, more = _composed(flags.catalogue, location, overrides)
    mistakes += more
    searched = any(o.key_or_group == "search" for o in overrides)
    if need_search and _lacks_search(tree) and not (more and searched):
        mistakes.append(flags.catalogue.which_search())
    config, more = wording.objects(tree)
    mistakes += more
    if flags.package and "job" in flags.asked and not wording.is_known(flags.package):
        mistakes.append(f"--package: {wording.unknown(flags.package)}")
    if unloaded or mistakes or config is None:
        raise all_of(unloaded, mistakes)
    return config, overrides


@contextlib.contextmanager
def _searching(catalogue: Catalogue) -> Iterator[list[str]]:
    ConfigStore.instance().store(name="schema", node=Config)
    folder = str(catalogue.extra).replace("'", "\\'")
    with hydra.initialize_config_dir(str(CONF.absolute()), version_base=VERSION_BASE):
        yield [f"hydra.searchpath=['file://{folder}']"] if catalogue.extra else []


def _composed(
    catalogue: Catalogue, location: list[str], overrides: list[Override]
) -> tuple[DictConfig, list[str]]:
    def composed(chosen: list[Override]) -> DictConfig:
        return hydra.compose("config", location + [o.input_line or "" for o in chosen])

    try:
        return composed(overrides), []
    except Exception as error:  # Hydra raises ValueError, OSError and YAML's errors beside its own
        first = error
    choices = [o for o in overrides if chooses(o, catalogue)]
    wrong = {id(o): m for o in choices if (m := wrong_choice(o, catalogue))}
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
            mistakes += wording.put(tree, sign(override), override.key_or_group, override.value())
    if not searched:
        tree.search = MISSING
    return tree, mistakes or [_explained(first, catalogue)]


def _lacks_search(tree: DictConfig) -> bool:
    return OmegaConf.is_missing(tree, "search")


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
