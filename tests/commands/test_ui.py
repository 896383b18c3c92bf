"""MLflow's page: on this machine only, and for no other host name."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from support.child_environment import child_environment
from support.mlflow_database import database
from sweep.commands import ui
from sweep.config import Config, TrackingConfig
from sweep.errors import UserError
from sweep.serving.server import take_port

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


def unused() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_busy_port_is_refused_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("MLFLOW_PORT", str(port))
        with pytest.raises(UserError, match=rf"^MLFLOW_PORT={port} .* MLFLOW_PORT=\d+$"):
            ui.run(Config(workdir=str(tmp_path)))


def test_nothing_recorded_yet(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no mlflow\.db"):
        ui.run(Config(workdir=str(tmp_path)))
    assert list(tmp_path.iterdir()) == []


def test_a_server_has_its_own_page(capsys: pytest.CaptureFixture[str]) -> None:
    tracking = TrackingConfig(uri="https://mlflow.example")
    assert ui.run(Config(tracking=tracking)) == 0
    assert capsys.readouterr().out.strip().endswith("https://mlflow.example")


def test_the_address_of_a_database_is_no_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE", "true")
    assert "s3cret" not in " ".join(ui.server_command(5000))
    environment = ui.server_environment("postgresql://a:s3cret@h/db")
    assert environment["MLFLOW_BACKEND_STORE_URI"].endswith("s3cret@h/db")
    assert "MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE" not in environment


def status(port: int, host: str, path: str = "/") -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
def test_a_stopped_page_leaves_no_process_and_no_port(tmp_path: Path, number: int) -> None:
    database(tmp_path / "runs")
    port = unused()
    page = subprocess.Popen(
        [sys.executable, "-m", "sweep", "ui"],
        env=child_environment(MLFLOW_PORT=str(port)), cwd=tmp_path,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    for _ in range(240):
        assert page.poll() is None
        try:
            assert status(port, f"127.0.0.1:{port}") == 200
            break
        except urllib.error.URLError:
            time.sleep(0.5)
    served = psutil.Process(page.pid).children(recursive=True)
    assert len(served) > 1
    page.send_signal(number)
    told, _ = page.communicate(timeout=30)
    assert (page.returncode, "Traceback" in told) == (130, False)
    _, alive = psutil.wait_procs(served, timeout=5)
    assert [process.cmdline() for process in alive] == []
    take_port(str(port), first=1, setting="").close()


@pytest.mark.slow
def test_the_page_answers_to_its_own_name_only(tmp_path: Path) -> None:
    database(tmp_path)
    port = unused()
    environment = ui.server_environment(f"sqlite:///{tmp_path / 'mlflow.db'}")
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            ui.server_command(port), env=environment, stdout=log, stderr=log, cwd=tmp_path,
            start_new_session=True,
        )  # fmt: skip
    api = "/api/2.0/mlflow/registered-models/search"
    try:
        for _ in range(240):
            try:
                assert status(port, f"127.0.0.1:{port}") == 200
                break
            except urllib.error.URLError:
                time.sleep(0.5)
        assert status(port, f"localhost:{port}", api) == 200
        for host in ("evil.example", f"evil.example:{port}", "192.168.1.1", f"10.0.0.1:{port}"):
            assert status(port, host) == 403
            assert status(port, host, api) == 403
        with pytest.raises(ConnectionRefusedError):  # another address of this machine
            socket.create_connection(("127.0.0.2", port), timeout=5).close()
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)
