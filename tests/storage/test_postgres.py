"""Trials on a real PostgreSQL server: one writer, no password anywhere, and a server that comes and goes."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from support.child_environment import child_environment
from support.messages import write_messages
from support.postgres_server import USER, Server

pytestmark = pytest.mark.slow
SWEEP = (
    "+search=smoke",
    "data.path=messages.csv",
    "confirm.top=0",
    "executor.workers=1",
    "model.vectors=none",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def environment(server: Server) -> dict[str, str]:
    return child_environment(PGPASSWORD=server.password, OMP_NUM_THREADS="1", PYTHONUNBUFFERED="1")


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "sweep", *words]


def ended(server: Server, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*words),
        cwd=folder,
        env=environment(server),
        capture_output=True,
        text=True,
        timeout=240,
    )


def started(server: Server, folder: Path, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(*words), cwd=folder, env=environment(server), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def read_until(running: "subprocess.Popen[str]", *words: str) -> str:
    assert running.stdout is not None
    told = ""
    for line in running.stdout:
        told += line
        if any(word in line for word in words):
            return told
    pytest.fail(f"ended without {words}: {told}")


def states(server: Server, name: str) -> list[str]:
    rows = server.sql(
        "SELECT t.state::text FROM trials t JOIN studies s USING (study_id) "
        f"WHERE s.study_name LIKE '{name}/%' ORDER BY t.number"
    )
    return [row[0] for row in rows]


def numbers(server: Server, name: str) -> list[str]:
    """Number and attempt of each trial, as its attributes have them."""
    rows = server.sql(
        "SELECT string_agg(a.key || a.value_json, ' ' ORDER BY a.key) FROM trials t JOIN studies s USING (study_id) "
        "JOIN trial_user_attributes a USING (trial_id) "
        f"WHERE s.study_name LIKE '{name}/%' AND a.key IN ('number', 'attempt') GROUP BY t.trial_id"
    )
    return [row[0] for row in rows]


def test_a_sweep_and_what_is_done_with_it_and_no_password_anywhere(
    server: Server, tmp_path: Path
) -> None:
    write_messages(tmp_path)
    where = f"storage.url={server.url}"
    running = started(server, tmp_path, *SWEEP, where)
    told = read_until(running, "[1/2]")
    seen = [" ".join(p.cmdline()) for p in psutil.Process(running.pid).children(recursive=True)]
    seen += [" ".join(psutil.Process(running.pid).cmdline())]
    out, _ = running.communicate(timeout=240)
    assert running.returncode == 0, told + out
    assert states(server, "smoke") == ["COMPLETE", "COMPLETE"]
    assert not (tmp_path / "runs" / "optuna.db").exists()
    again = ended(server, tmp_path, *SWEEP, where)
    assert "resuming: 2 trials done, 0 to go" in again.stdout, again.stderr
    listed = ended(server, tmp_path, "list")
    assert "complete" in listed.stdout, listed.stderr
    assert "2/2" in listed.stdout
    report = ended(server, tmp_path, "report", "name=smoke")
    assert report.returncode == 0, report.stderr
    exported = ended(server, tmp_path, "export", "name=smoke", "output=model")
    assert exported.returncode == 0, exported.stderr
    said = [
        told,
        out,
        *seen,
        *(f"{e.stdout}{e.stderr}" for e in (again, listed, report, exported)),
    ]
    assert [text for text in said if server.password in text] == []
    secret = server.password.encode()
    kept = [file for file in tmp_path.rglob("*") if file.is_file() and secret in file.read_bytes()]
    assert kept == []
    deleted = ended(server, tmp_path, "delete", "name=smoke")
    assert deleted.returncode == 0, deleted.stderr
    assert server.sql("SELECT count(*) FROM studies") == [(0,)]
    assert not (tmp_path / "runs" / "smoke").exists()


KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'trials'"
LIMITS = {
    "out of connections": ("CONNECTION LIMIT 0", "CONNECTION LIMIT -1"),
    "read only": (
        "SET default_transaction_read_only = on",
        "RESET default_transaction_read_only",
    ),
}
"""What is done to the database, and undone; its connections are cut, since a limit is for new ones."""


@pytest.mark.parametrize("how", ["restart", "gone for a while", *LIMITS])
def test_a_server_that_comes_and_goes_costs_nothing(
    how: str, server: Server, tmp_path: Path
) -> None:
    write_messages(tmp_path)
    name = how.replace(" ", "-")
    words = (
        *SWEEP,
        f"name={name}",
        f"storage.url={server.url}",
        "search.trials=3",
        "trainer.max_epochs=3",
    )
    running = started(server, tmp_path, *words)
    told = read_until(running, "[1/3]")
    if how == "restart":
        server.restart()
    elif how == "gone for a while":
        server.stop()
        told += read_until(running, "waiting up to 3600 s")
        time.sleep(5)
        server.start()
    else:
        limits, lifts = LIMITS[how]
        server.sql(f"ALTER DATABASE trials {limits}", "postgres")
        server.sql(KILL, "postgres")
        told += read_until(running, "waiting up to 3600 s")
        server.sql(f"ALTER DATABASE trials {lifts}", "postgres")
        server.sql(KILL, "postgres")
    out, _ = running.communicate(timeout=240)
    assert running.returncode == 0, told + out
    assert "Traceback" not in told + out
    assert states(server, name) == ["COMPLETE"] * 3
    assert len(numbers(server, name)) == len(set(numbers(server, name))) == 3


def test_a_second_writer_is_refused_whatever_its_folder(server: Server, tmp_path: Path) -> None:
    folders = [
        write_messages(tmp_path / name) for name in ("one", "two") if not (tmp_path / name).mkdir()
    ]
    words = (
        *SWEEP,
        "name=twice",
        f"storage.url={server.url}",
        "search.trials=4",
        "trainer.max_epochs=4",
    )
    first = started(server, folders[0], *words)
    read_until(first, "[1/4]")
    second = ended(server, folders[1], *words)
    assert second.returncode == 2, second.stdout + second.stderr
    assert f"is run by another command: sweep on {os.uname().nodename}" in second.stderr
    first.kill()
    first.communicate()
    shutil.rmtree(folders[1] / "runs")
    again = ended(server, folders[0], *words)
    assert again.returncode == 0, again.stdout + again.stderr
    assert states(server, "twice").count("COMPLETE") == 4
    assert "RUNNING" not in states(server, "twice")


@pytest.mark.parametrize("wrong", ["password", "port", "database"])
def test_what_cannot_be_opened_is_refused_with_what_to_do(
    wrong: str, server: Server, tmp_path: Path
) -> None:
    write_messages(tmp_path)
    url = {
        "port": f"postgresql://{USER}@127.0.0.1:9/trials",
        "database": server.url.replace("/trials", "/none"),
    }.get(wrong, server.url)
    given = environment(server) | ({"PGPASSWORD": "wr0ng-secret"} if wrong == "password" else {})
    done = subprocess.run(
        command(*SWEEP, f"storage.url={url}"), cwd=tmp_path, env=given, capture_output=True, text=True, timeout=120
    )  # fmt: skip
    assert done.returncode == 2, done.stdout + done.stderr
    assert "must be a database that can be used" in done.stderr
    assert "PGPASSWORD or ~/.pgpass" in done.stderr
    assert "Traceback" not in done.stderr
    assert "wr0ng-secret" not in done.stdout + done.stderr
