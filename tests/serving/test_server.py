"""The server by real HTTP: it starts, answers, refuses what is hostile, and leaves the port."""

import contextlib
import http.client
import json
import random
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.child_environment import child_environment
from sweep.errors import UserError
from sweep.export.answer import answer
from sweep.export.bundle import Bundle
from sweep.serving import server
from sweep.serving.server import take_port

README = Path(__file__).parents[2] / "README.md"
JSON = {"content-type": "application/json"}
HOSTILE = 1000


@dataclass
class Served:
    """A server at work."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            reply = connection.getresponse()
            return reply.status, reply.read()

    def predict(self, texts: list[object]) -> dict[str, Any]:
        status, body = self.ask("POST", "/predict", json.dumps({"texts": texts}), **JSON)
        assert status == 200, body
        found: dict[str, Any] = json.loads(body)
        return found


@contextlib.contextmanager
def serving(model: Path, log: Path, *words: str) -> Iterator[Served]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "sweep", "serve", f"model={model}", *words],
            stdout=out, stderr=out, env=child_environment(PATH="/usr/bin:/bin"),
        )  # fmt: skip
        try:
            deadline = time.monotonic() + 120
            while not (told := re.search(r"127\.0\.0\.1:(\d+)/predict", log.read_text())):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield Served(process, int(told[1]), log)
        finally:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def served(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(model, tmp_path_factory.mktemp("served") / "log") as found:
        yield found


def hostile(draw: random.Random) -> tuple[str, str, bytes, dict[str, str]]:
    """One request that nobody should send."""
    good = json.dumps({"texts": ["win a prize", "ümläut", ""]}).encode()
    cut = draw.randrange(len(good))
    junk = draw.randbytes(draw.randint(0, 400))
    bodies = [
        good[:cut],
        good[:cut] + junk + good[cut:],
        junk,
        b"[" * draw.randint(1, 50_000),
        b'{"texts":' * draw.randint(1, 2_000),
        b'["\\ud83d", "\\u0000", "' + b"a" * draw.randint(0, 30_000) + b'"]',
        b"[" + b"1" * draw.randint(1, 9_000) + b"]",
        b"[1e999, -0, NaN, Infinity]",
        json.dumps(
            {"texts": [draw.choice([True, {}, [], [[]], 1, None, "x"]) for _ in range(3)]}
        ).encode(),
        json.dumps(
            {draw.choice(["text", "texts", "__class__", "a" * 999]): draw.choice([1, "x", None])}
        ).encode(),
        b"text\n" + junk,
        b'text,id\n"' + junk,
        b"\x1f\x8b" + junk,
        json.dumps(["\u202e\u0301\ufffd" * 999]).encode(),
    ]
    kinds = [
        "application/json",
        "text/csv",
        "text/plain",
        "multipart/form-data; boundary=x",
        "",
        "a" * 3000,
    ]
    headers = {"content-type": draw.choices(kinds, [9, 4, 1, 1, 1, 1])[0]}
    if draw.random() < 0.05:
        headers["content-encoding"] = draw.choice(["gzip", "deflate", "br"])
    if draw.random() < 0.05:
        headers["host"] = draw.choice(["evil.example", "", "127.0.0.1.evil.example:80", ":"])
    path = draw.choices(
        ["/predict", "/predict?text=%00", "/predict/../..", "/", "/invocations"], [16, 1, 1, 1, 1]
    )[0]
    method = draw.choices(["POST", "PUT", "DELETE", "GET", "PATCH"], [16, 1, 1, 1, 1])[0]
    return method, path, draw.choice(bodies), headers


@pytest.mark.slow
def test_hostile_bodies_get_rules_and_kill_nobody(served: Served) -> None:
    before = served.predict(["win a prize now", "see you"])
    draw = random.Random(0)
    statuses: Counter[int] = Counter()
    for _ in range(HOSTILE):
        method, path, body, headers = hostile(draw)
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        status, reply = served.ask(method, path, body, **named)
        statuses[status] += 1
        assert b"Traceback" not in reply
        assert b'File "' not in reply
        if status != 200:
            assert set(json.loads(reply)) == {"error"}
    assert set(statuses) <= {200, 400, 404, 405, 413, 415}
    assert statuses[200] > 30
    assert statuses[400] > 300
    assert served.process.poll() is None
    assert served.predict(["win a prize now", "see you"]) == before
    assert "Traceback" not in served.log.read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00" + b"\0" * 200,
        b"GET\r\n\r\n",
        b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999999999999\r\n\r\n",
        b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\n{",
        b"GET /ping HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 200_000,
    ],
    ids=["tls", "no version", "negative", "huge", "chunks", "left early", "long header"],
)
def test_broken_http_harms_nobody(served: Served, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as wire:
        with contextlib.suppress(OSError):
            wire.sendall(sent)
            wire.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            assert b"Traceback" not in wire.recv(65536)
    assert served.ask("GET", "/ping")[0] == 200
    assert "Traceback" not in served.log.read_text()


@pytest.mark.slow
def test_answers_are_those_of_the_model(served: Served, bundle: Bundle) -> None:
    texts: list[object] = ["win a prize now", "", None, 7, "see you at lunch"]
    found = served.predict(texts)
    expected, labels = answer(bundle, texts).cells()
    assert found["threshold"] == bundle.decision.threshold
    assert [row["label"] for row in found["answers"]] == labels
    assert [row["probability_spam"] for row in found["answers"]] == pytest.approx(
        expected, abs=1e-6
    )
    body = 'id,message\n1,"win a\rprize, now"\n2,"see ""you"""\n'
    status, table = served.ask("POST", "/predict", body, content_type="text/csv")
    assert status == 200
    first, *rows = table.decode().split("\n")
    assert first == '"message","probability_spam","label"'
    assert re.fullmatch(r'"win a\rprize, now",0\.\d+,"(spam|ham)"', rows[0])


@pytest.mark.slow
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", ""])
def test_a_request_by_another_name_is_refused(served: Served, host: str) -> None:
    status, told = served.ask("GET", "/ping", host=host)
    assert (status, b"header Host must be" in told) == (400, True)


def test_a_body_over_the_limit_is_refused(served: Served) -> None:
    status, reply = served.ask("POST", "/predict", b'["' + b"a" * (17 << 20) + b'"]', **JSON)
    assert (status, b"at most 16777216 bytes" in reply) == (413, True)
    assert served.ask("POST", "/predict", b'["' + b"a b " * (3 << 20) + b'"]', **JSON)[0] == 200


def curl_and_answer() -> tuple[list[str], dict[str, Any]]:
    """The command in the README and the lines that it shows below."""
    text = README.read_text(encoding="utf-8")
    found = re.search(r"^ {4}curl (.*)\n {4}(\{.*\})$", text, re.MULTILINE)
    assert found is not None
    return ["curl", "-s", *shlex.split(found[1])], json.loads(found[2])


@pytest.mark.slow
def test_the_readmes_curl_line_gets_such_an_answer(served: Served) -> None:
    command, shown = curl_and_answer()
    typed = [word.replace(":8000", f":{served.port}") for word in command]
    done = subprocess.run(typed, capture_output=True, text=True, check=True, timeout=60)
    found = json.loads(done.stdout)
    assert list(found) == list(shown)
    assert [list(row) for row in found["answers"]] == [list(row) for row in shown["answers"]]
    assert all(row["label"] in ("spam", "ham") for row in shown["answers"])


@pytest.mark.slow
def test_sigterm_ends_it_and_frees_the_port(model: Path, tmp_path: Path) -> None:
    with serving(model, tmp_path / "log") as found:
        found.process.send_signal(signal.SIGTERM)
        assert found.process.wait(20) == 0
        take_port(str(found.port)).close()
        with serving(model, tmp_path / "again", f"port={found.port}") as again:
            assert again.port == found.port
            again.process.send_signal(signal.SIGINT)
            assert again.process.wait(20) == 130
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_port_in_use_gives_way_to_the_next_or_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(
            UserError, match=rf"^P={port} .*Address already in use.* P=\d+$"
        ) as refused:
            take_port(str(port), setting="P")
        proposed = str(refused.value).rpartition("=")[2]
        with take_port(proposed) as taken:
            assert taken.getsockname()[1] == int(proposed) != port
        with take_port(None, first=port) as taken:
            assert port < taken.getsockname()[1] < port + server.TRIED
        monkeypatch.setattr(server, "TRIED", 1)
        with pytest.raises(UserError, match=rf"ports {port} to {port} .* P=NUMBER"):
            take_port(None, first=port, setting="P")


@pytest.mark.parametrize("port", ["0", "65536", "x", "", "-1", "９"])
def test_no_port(port: str) -> None:
    with pytest.raises(UserError, match="must be a number from 1 to 65535"):
        take_port(port)
