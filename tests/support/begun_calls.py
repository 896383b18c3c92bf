"""Calls that are begun beside a sweep and run in this process."""

import threading
from importlib import import_module
from typing import Any

from sweep.errors import SweepError


class Begun:
    """A call that runs where its value is asked for, once it may."""

    def __init__(self, name: str, arguments: tuple[Any, ...], may: threading.Event) -> None:
        self.name, self.arguments, self.may = name, arguments, may
        self.stopped = False

    def value(self) -> Any:
        self.may.wait(30)
        if self.stopped:
            raise SweepError("its worker died")
        module, _, function = self.name.partition(":")
        return getattr(import_module(module), function)(*self.arguments)

    def stop(self) -> None:
        self.stopped = True
        self.may.set()


class Beside:
    """An executor of calls alone; `may` lets them begin."""

    def __init__(self, *, at_once: bool = True) -> None:
        self.begun: list[Begun] = []
        self.may = threading.Event()
        if at_once:
            self.may.set()

    def begin(self, name: str, *arguments: Any) -> Begun:
        self.begun.append(Begun(name, arguments, self.may))
        return self.begun[-1]
