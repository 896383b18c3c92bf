"""What a plug-in's file says: this is a cell, a network, a resampler of mine, and these are its settings."""

import contextlib
import dataclasses
import re
import types
import typing
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from enum import StrEnum
from typing import Any, TypeVar

from sweep.errors import UserError
from sweep.plugins.tables import (
    CELLS,
    CLEANINGS,
    LOSSES,
    NETWORKS,
    READ_OUTS,
    RESAMPLERS,
    TABLES,
    Entry,
    Plugin,
    Table,
)

Made = TypeVar("Made", bound=Callable[..., Any])
_PLAIN = (bool, int, float, str, types.NoneType)
_loading: ContextVar[tuple[Plugin, list[tuple[Table, Entry]]] | None] = ContextVar(
    "loading", default=None
)


def cell(name: str, *, settings: type[Any] | None = None) -> Callable[[Made], Made]:
    """Register a recurrent layer of one direction, chosen by `model.cell=NAME`.

    It is called `make(inputs, hidden)`, or `make(inputs, hidden, settings)`, and gives an `nn.Module` from token
    vectors, (T, B, inputs), to states, (T, B, hidden); a tuple's first value is taken, so PyTorch's modules fit.
    The state of a token may depend on the tokens before it, never on those behind: there stands padding. Layers,
    directions, dropout and read-out are put around it.

    Args:
        name: lower-case letters, digits and underscores.
        settings: dataclass of its own settings, each with a default; they become `plugins.NAME.SETTING`.

    Returns:
        A decorator that gives back what it decorates.

    Raises:
        UserError: the name is taken or no name, or the settings are no such dataclass.
    """
    return _registered(CELLS, name, settings)


def network(name: str, *, settings: type[Any] | None = None) -> Callable[[Made], Made]:
    """Register a whole network, chosen by `model.network=NAME`.

    It is called `make(vocabulary_size, embedding)`, or with its settings behind, and gives an `nn.Module` from token
    ids, (B, T), int64, padded with 0, and lengths, (B,), to logits, (B,). A row's logit may not depend on its padding
    nor on the other rows. Where it has an `embedding` (`nn.Embedding`), ready-made word vectors go there; where it has
    a `head` (`nn.Linear` to one value), its bias starts at the training part's log-odds; where it has `forward_mixed`,
    with the arguments of `Classifier.forward_mixed`, resampling may mix texts.

    Args:
        name: lower-case letters, digits and underscores.
        settings: dataclass of its own settings, each with a default; they become `plugins.NAME.SETTING`.

    Returns:
        A decorator that gives back what it decorates.

    Raises:
        UserError: the name is taken or no name, or the settings are no such dataclass.
    """
    return _registered(NETWORKS, name, settings)


def read_out(name: str, *, settings: type[Any] | None = None) -> Callable[[Made], Made]:
    """Register a read-out, chosen by `model.read_out=NAME`.

    It is called `make(size)`, or with its settings behind, and gives an `nn.Module` from the states of all tokens,
    (T, B, size), and lengths, (B,), to a vector a text, (B, size). States behind a text's length mean nothing.

    Args:
        name: lower-case letters, digits and underscores.
        settings: dataclass of its own settings, each with a default; they become `plugins.NAME.SETTING`.

    Returns:
        A decorator that gives back what it decorates.

    Raises:
        UserError: the name is taken or no name, or the settings are no such dataclass.
    """
    return _registered(READ_OUTS, name, settings)


def loss(name: str, *, settings: type[Any] | None = None) -> Callable[[Made], Made]:
    """Register a loss, chosen by `loss.name=NAME`.

    It is called `loss(logits, targets)`, or with its settings behind: logits, (B,), and targets between 0 and 1, (B,),
    moved towards one half by `loss.label_smoothing`. It gives each row's loss, (B,), above 0 at a logit of 0;
    the mean, weighted by `loss.positive_weight`, is taken of it.

    Args:
        name: lower-case letters, digits and underscores.
        settings: dataclass of its own settings, each with a default; they become `plugins.NAME.SETTING`.

    Returns:
        A decorator that gives back what it decorates.

    Raises:
        UserError: the name is taken or no name, or the settings are no such dataclass.
    """
    return _registered(LOSSES, name, settings)


def resampler(name: str, *, settings: type[Any] | None = None) -> Callable[[Made], Made]:
    """Register a resampler of the training part, chosen by `resampling.method=NAME`.

    It is called `make(seed)`, or `make(seed, settings)`, and gives an object with imbalanced-learn's
    `fit_resample(X, y)`: points of the training texts, (N, C), float64, of the space that `resampling.components`
    sizes, and labels 0 or 1, (N,). Afterwards its `sample_indices_`, (M,), tell which rows train. One that mixes rows
    of a class tells the others in `partner_indices_`, (M,), and their shares in `partner_shares_`, (M,), between -.5
    and .5. Where there is no `sample_indices_`, as in SMOTE and its kin, a second one is called with the points in
    sparse form, N columns beside them, from which the parents of each new row are read. A `ValueError` means that it
    cannot work on these rows.

    Args:
        name: lower-case letters, digits and underscores.
        settings: dataclass of its own settings, each with a default; they become `plugins.NAME.SETTING`.

    Returns:
        A decorator that gives back what it decorates.

    Raises:
        UserError: the name is taken or no name, or the settings are no such dataclass.
    """
    return _registered(RESAMPLERS, name, settings)


def cleaning(name: str, *, settings: type[Any] | None = None) -> Callable[[Made], Made]:
    """Register a cleaning step, chosen by `text.cleaning=NAME`.

    It is called `clean(text)`, or `clean(text, settings)`, with a text as the file holds it, lone surrogates replaced,
    and gives a text; the switches of `text` come after it. It runs in training and in prediction, on whatever text
    comes.

    Args:
        name: lower-case letters, digits and underscores.
        settings: dataclass of its own settings, each with a default; they become `plugins.NAME.SETTING`.

    Returns:
        A decorator that gives back what it decorates.

    Raises:
        UserError: the name is taken or no name, or the settings are no such dataclass.
    """
    return _registered(CLEANINGS, name, settings)


@contextlib.contextmanager
def registering(plugin: Plugin) -> Iterator[list[tuple[Table, Entry]]]:
    """Collect what code registers while it runs; outside of this, registering does nothing.

    Args:
        plugin: whose code it is.

    Yields:
        What was registered, not yet in the tables.
    """
    found: list[tuple[Table, Entry]] = []
    token = _loading.set((plugin, found))
    try:
        yield found
    finally:
        _loading.reset(token)


def _registered(table: Table, name: str, settings: type[Any] | None) -> Callable[[Made], Made]:
    mistakes = _wrong_name(name) + _wrong_settings(name, settings)
    if mistakes:
        raise UserError(*mistakes)

    def decorate(made: Made) -> Made:
        loading = _loading.get()
        if loading is not None:
            plugin, found = loading
            if any(entry.name == name for _, entry in found):
                raise UserError(
                    f"the name {name!r} is registered twice; give one of them another."
                )
            entry = Entry(name=name, made=made, settings=settings, plugin=plugin)
            found.append((table, entry))
        return made

    return decorate


def _wrong_name(name: str) -> list[str]:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return [
            f"the name {name!r} must be lower-case letters, digits and underscores, as in my_cell."
        ]
    if any(name in table.ours for table in TABLES):
        return [f"the name {name!r} is one of ours; take another, as in my_{name}."]
    return []


def _wrong_settings(name: str, settings: type[Any] | None) -> list[str]:
    if settings is None:
        return []
    if not (isinstance(settings, type) and dataclasses.is_dataclass(settings)):
        return [f"the settings of {name!r} must be a dataclass, but are {settings!r}."]
    missing = (dataclasses.MISSING, dataclasses.MISSING)
    mistakes = [
        f"the setting {field.name!r} of {name!r} needs a default."
        for field in dataclasses.fields(settings)
        if (field.default, field.default_factory) == missing
    ]
    for setting, hint in typing.get_type_hints(settings).items():
        union = typing.get_origin(hint) in (typing.Union, types.UnionType)
        kinds = typing.get_args(hint) if union else (hint,)
        if not all(k in _PLAIN or isinstance(k, type) and issubclass(k, StrEnum) for k in kinds):
            mistakes.append(
                f"the setting {setting!r} of {name!r} must be a bool, int, float, str or StrEnum, or one of these or "
                f"None, but is {hint!r}."
            )
    return mistakes
