"""PostgreSQL: opened once a process over one connection, which holds a lock for each sweep that the process writes."""

import functools
import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from optuna.exceptions import OptunaError
from optuna.storages import RDBStorage

from sweep.errors import LockedError, UserError
from sweep.storage.patient import PatientStorage, first_line
from sweep.storage.place import Place

NEEDED = "storage.url needs the driver psycopg; install it with: pip install 'sweep[postgres]'"
KEEPALIVE = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
# A host that dies without a word keeps its locks until the server notices.
SERVER_KEEPALIVE = " ".join(f"-c tcp_{name}={value}" for name, value in KEEPALIVE.items())
_ME = f"sweep on {socket.gethostname()}, process {os.getpid()}"[:63]


def open_postgres(place: Place) -> PatientStorage:
    """Open a database on a server; a second call in this process gets the same.

    Args:
        place: its address.

    Returns:
        The storage, whose one connection holds the locks of `claimed`.

    Raises:
        UserError: the driver is missing, the server cannot be reached, or its database is of another Optuna version.
    """
    assert place.url is not None
    storage = _opened(place.url, str(place))
    storage.patience_s = max(storage.patience_s, place.patience_s)
    return storage


@functools.cache
def _opened(url: str, told: str) -> PatientStorage:
    from sqlalchemy import event
    from sqlalchemy.exc import SQLAlchemyError

    logging.getLogger("alembic").setLevel(logging.WARNING)
    engine = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 30, "pool_pre_ping": True}
    try:
        # Optuna makes and checks its tables over two connections at once; what follows has one.
        RDBStorage(_address(url)).engine.dispose()
        storage = PatientStorage(_address(url), told, 0.0, engine)
    except ImportError as missing:
        raise UserError(NEEDED) from missing
    except (OptunaError, SQLAlchemyError, RuntimeError) as broken:
        why = first_line(broken.__cause__ or broken)
        raise UserError(
            f"storage.url={told} must be a database that can be used, but: {why}. Start the server, make the "
            "database (createdb NAME), give the password by PGPASSWORD or ~/.pgpass, or leave storage.url out."
        ) from broken
    event.listen(storage.engine, "connect", lambda raw, _: _lock_again(storage, raw))
    return storage


def _address(url: str) -> str:
    parts = urlsplit(url)
    more = {
        "connect_timeout": "10",
        "application_name": _ME,
        "options": SERVER_KEEPALIVE,
        **KEEPALIVE,
    }
    query = more | dict(parse_qsl(parts.query))
    address = parts._replace(scheme="postgresql+psycopg", query=urlencode(query)).geturl()
    # An address without a host loses its slashes: postgresql+psycopg:///runs
    address = (
        address.replace("psycopg:/", "psycopg:///", 1)
        if ":///" in url and ":///" not in address
        else address
    )
    return address.replace("{", "{{").replace("}", "}}")


@contextmanager
def claimed(place: Place, sweep: str, say: Callable[[str], None] = print) -> Iterator[None]:
    """Be the only process, on any host, that writes a sweep; where trials lie in a file its folder's lock does that.

    The lock belongs to the connection that everything is written over: who loses the one has lost the other. A new
    connection takes it again before anything else, and refuses where another process has it by then.

    Args:
        place: where the sweep's trials lie.
        sweep: its name.
        say: gets a line where the server is waited for.

    Raises:
        LockedError: another process is running the sweep.
    """
    if place.url is None:
        yield
        return
    storage = open_postgres(place)
    storage.say = say
    key = int.from_bytes(sha256(f"sweep/{sweep}".encode()).digest()[:8], signed=True)
    with storage.engine.connect() as connection:
        _lock(connection.connection.dbapi_connection, key, sweep)
        connection.rollback()
    storage.claims[key] = sweep
    try:
        yield
    finally:
        del storage.claims[key]
        storage.engine.dispose()  # the connection goes, and the lock with it


def _lock_again(storage: PatientStorage, raw: Any) -> None:
    for key, sweep in storage.claims.items():
        _lock(raw, key, sweep)


def _lock(raw: Any, key: int, sweep: str) -> None:
    with raw.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", (key,))
        if not cursor.fetchone()[0]:
            raise LockedError(
                f"The sweep `{sweep}` is run by another command: {_holder(cursor, key)}. Wait for it or stop it, or "
                "give this one another `name=`."
            )
    raw.commit()


def _holder(cursor: Any, key: int) -> str:
    cursor.execute(
        "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' "
        "AND l.granted AND l.classid::bigint = %s AND l.objid::bigint = %s",
        (key >> 32 & 0xFFFFFFFF, key & 0xFFFFFFFF),
    )
    found = cursor.fetchone()
    return str(found[0]) if found and found[0] else "one that this user may not see"
