"""A PostgreSQL server of this machine, made for a test and gone after it."""

import glob
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

USER = "ann"
"""Owns the database, and is no superuser."""
ADMIN = "admin"


def programs() -> Path | None:
    """Folder of the server's programs; Debian does not put them into PATH."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if found:
        return Path(found[-1])
    there = shutil.which("initdb")
    return Path(there).parent if there else None


class Server:
    """A server that asks for a password."""

    def __init__(self) -> None:
        self.bin = programs()
        if self.bin is None:
            pytest.skip("no PostgreSQL server is installed (Debian: postgresql)")
        pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        self.password = secrets.token_hex(12)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.data = self.folder / "data"
        secret = self.folder / "secret"
        secret.write_text(self.password, encoding="utf-8")
        self.owner: list[str] = []
        if os.getuid() == 0:  # the server refuses to be run by root
            subprocess.run(["chown", "-R", "nobody", str(self.folder)], check=True)
            self.owner = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        self._call("initdb", "-D", self.data, "-U", ADMIN, "-A", "scram-sha-256", "-N",
                   f"--pwfile={secret}", "--no-locale", "-E", "UTF8")  # fmt: skip
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(
                f"port={self.port}\nlisten_addresses='127.0.0.1'\nunix_socket_directories=''\n"
                "max_connections=12\nsuperuser_reserved_connections=3\nshared_buffers=8MB\n"
            )
        self.start()
        self.sql(f"CREATE ROLE {USER} LOGIN PASSWORD '{self.password}'", database="postgres")
        self.sql(f"CREATE DATABASE trials OWNER {USER}", database="postgres")

    def _call(self, program: str, *words: object) -> None:
        assert self.bin is not None
        command = [*self.owner, str(self.bin / program), *map(str, words)]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL, timeout=60)

    def start(self) -> None:
        self._call("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "start")

    def stop(self, how: str = "immediate") -> None:
        self._call("pg_ctl", "-D", self.data, "-w", "-m", how, "stop")

    def restart(self) -> None:
        self._call(
            "pg_ctl",
            "-D",
            self.data,
            "-w",
            "-m",
            "immediate",
            "-l",
            self.folder / "log",
            "restart",
        )

    def close(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/trials"

    def sql(self, question: str, database: str = "trials") -> list[tuple]:
        import psycopg

        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=ADMIN, password=self.password, dbname=database,
            autocommit=True,
        ) as connection:  # fmt: skip
            cursor = connection.execute(question)
            return cursor.fetchall() if cursor.description else []
