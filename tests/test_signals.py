"""An orderly end of a command that is asked to stop."""

import os
import signal

import pytest

from sweep.signals import STOPPING, interrupt, stop_with


@pytest.mark.parametrize("number", STOPPING, ids=lambda number: number.name)
def test_the_first_signal_asks_and_the_second_interrupts(number: int) -> None:
    asked: list[int] = []
    before = [signal.getsignal(each) for each in STOPPING]
    with stop_with(lambda: asked.append(1)):
        os.kill(os.getpid(), number)
        assert asked == [1]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert asked == [1]
    assert [signal.getsignal(each) for each in STOPPING] == before


def test_handlers_nest() -> None:
    asked: list[str] = []
    with stop_with(lambda: asked.append("outer")):
        with stop_with(lambda: asked.append("inner")):
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
    assert asked == ["inner", "outer"]


def test_interrupt_ends_at_once() -> None:
    before = signal.getsignal(signal.SIGHUP)
    with pytest.raises(KeyboardInterrupt), stop_with(interrupt):
        signal.raise_signal(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is before
