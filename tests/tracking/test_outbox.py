import json
import math
import multiprocessing
import os
import resource
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from sweep.records import TrialKey
from sweep.tracking.outbox import Cursor, Outbox, Target, noted_runs, read_from
from sweep.workspace import SweepFolder

TARGET = Target("http://ann:secret@host:5000", "sms", "/tmp/a")


def read(path: Path, offset: int = 0) -> list[dict]:
    return [event for event, _ in read_from(path, offset)]


def append_for_ever(path: Path) -> None:
    outbox = Outbox(path)
    for number in range(10**9):
        outbox.append({"n": number, "text": "x" * (number % 5000)})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return SweepFolder(tmp_path).outbox


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"a": 1, "b": [1.5, None, True]},
        {"text": "line\nbreak \u2028 and \r\n"},
        {"text": "ünï 🙂\x00"},
        {"long": "x" * 3_000_000},
    ],
    ids=["empty", "plain", "line breaks", "not ascii", "3 MB"],
)
def test_what_is_appended_is_read(path: Path, event: dict) -> None:
    outbox = Outbox(path)
    first = outbox.append({"n": 0})
    end = outbox.append(event, sync=True)
    outbox.close()
    assert read(path) == [{"n": 0}, event]
    assert list(read_from(path, first)) == [(event, end)]
    assert read(path, end) == []


def test_numbers_that_json_has_not(path: Path) -> None:
    Outbox(path).append({"nan": math.nan, "inf": math.inf})
    (event,) = read(path)
    assert math.isnan(event["nan"])
    assert event["inf"] == math.inf


def test_half_a_surrogate_pair_does_not_stop_the_sweep(path: Path) -> None:
    Outbox(path).append({"text": "\ud83d!"})
    assert read(path) == [{"text": "?!"}]


@pytest.mark.parametrize(
    ("left", "whole"),
    [
        (b"", 0),
        (b'{"n"', 0),
        (b'{"n":1}', 0),
        (b'{"n":1}\n', 1),
        (b'{"n":1}\n{"n"', 1),
        (b'{"n":1}\n' + b"x" * 3_000_000, 1),
        (b"x" * 3_000_000, 0),
    ],
    ids=["empty", "torn", "no line end", "whole", "torn second", "long torn second", "long torn"],
)
def test_a_torn_last_line_is_cut_off(path: Path, left: bytes, whole: int) -> None:
    path.write_bytes(left)
    outbox = Outbox(path)
    outbox.append({"n": 2})
    outbox.close()
    assert read(path) == [{"n": 1}] * whole + [{"n": 2}]


def test_a_line_that_is_not_whole_yet_is_left_for_later(path: Path) -> None:
    path.write_bytes(b'{"n":1}\n{"n":')
    assert read(path) == [{"n": 1}]


def test_a_damaged_line_costs_itself_only(path: Path) -> None:
    path.write_bytes(b'{"n":1}\n\xff\x00garbage\n[1]\n{"n":2}\n')
    assert read(path) == [{"n": 1}, {}, {}, {"n": 2}]


def test_a_full_disk_leaves_no_torn_line(path: Path) -> None:
    outbox = Outbox(path)
    outbox.append({"n": 1})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            outbox.append({"text": "x" * 500})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    outbox.append({"n": 2})
    assert read(path) == [{"n": 1}, {"n": 2}]


def test_kill_while_appending_leaves_whole_lines(path: Path) -> None:
    for _ in range(5):
        writer = multiprocessing.get_context("spawn").Process(target=append_for_ever, args=(path,))
        size = path.stat().st_size if path.exists() else 0
        writer.start()
        while not path.exists() or path.stat().st_size < size + 50_000:
            time.sleep(0.01)
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
        Outbox(path).close()
        assert path.read_bytes().endswith(b"\n")
        assert all("n" in event for event in read(path))


def test_a_missing_outbox_holds_nothing(path: Path) -> None:
    assert read(path) == []
    assert noted_runs(path.parent) == (None, {}, set())


def test_cursor_survives_the_disk(path: Path) -> None:
    end = Outbox(path).append({"n": 1})
    Cursor(TARGET.digest, "7", end).save(path.parent)
    assert Cursor.load(path.parent) == (TARGET.digest, "7", end)
    assert Cursor.load(path.parent).offset_for(TARGET) == end


@pytest.mark.parametrize(
    "content",
    [None, "", "{", "[1]", '{"offset": "x"}', '{"target":"a","experiment":"1","offset":999}'],
    ids=["missing", "empty", "torn", "list", "wrong type", "of a longer outbox"],
)
def test_a_cursor_that_cannot_be_used_is_the_start(path: Path, content: str | None) -> None:
    Outbox(path).append({"n": 1})
    if content is not None:
        SweepFolder(path.parent).outbox_cursor.write_text(content)
    assert Cursor.load(path.parent) == Cursor()


def test_another_target_gets_everything_another_password_nothing(path: Path) -> None:
    cursor = Cursor(TARGET.digest, "7", 5)
    assert cursor.offset_for(TARGET._replace(uri="http://ann:changed@host:5000")) == 5
    assert cursor.offset_for(TARGET._replace(uri="http://ann:secret@other:5000")) == 0
    assert cursor.offset_for(TARGET._replace(experiment="other")) == 0


def test_the_outbox_knows_which_runs_have_not_ended(path: Path) -> None:
    outbox = Outbox(path)
    key: dict[str, Any] = {"arm": "gru", "number": 3, "attempt": 1}
    outbox.append({"kind": "sweep_started", "run": "s/1"})
    for run in ("a", "b"):
        outbox.append({"kind": "trial_started", "run": run, "key": key})
    outbox.append({"kind": "trial_ended", "run": "a"})
    with path.open("a") as stream:
        stream.write("garbage\n")
    assert noted_runs(path.parent) == ("s/1", {TrialKey(**key): "b"}, {"b"})
    assert json.loads(path.read_text().splitlines()[0])["run"] == "s/1"
