"""A Jupyter kernel: the screen of docs/python.md runs in it, a result shows itself, and an interrupt is Ctrl-C."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from support.child_environment import child_environment
from support.messages import write_messages

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
SCREEN = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)[0]
RUN = 'sweep.run("smoke", ["data.path=messages.csv", "name=cut", "search.trials={}", "confirm.top=0"])'
LIMIT_S = 240
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*:DeprecationWarning:(zmq|jupyter_client|tornado)"),
]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[KernelManager, Any, Path]]:
    folder = tmp_path_factory.mktemp("notebook")
    write_messages(folder)
    environment = child_environment(
        OMP_NUM_THREADS="1", IPYTHONDIR=str(folder / "ipython"), JUPYTER_RUNTIME_DIR=str(folder)
    )
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(folder), env=environment)
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=LIMIT_S)
        yield manager, client, folder
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def ran(
    client: BlockingKernelClient, code: str, seen: str = "", then: Any = None
) -> tuple[dict[str, Any], str, list[dict[str, Any]]]:
    """A cell's reply, what it printed and what it displayed; `then` is called once when `seen` has been printed."""
    printed, shown = "", []

    def hook(message: dict[str, Any]) -> None:
        nonlocal printed, then
        content = message["content"]
        if message["msg_type"] == "stream":
            printed += content["text"]
            if then is not None and seen in printed:
                then, called = None, then
                called()
        elif "data" in content:
            shown.append(content["data"])

    reply = client.execute_interactive(code, output_hook=hook, timeout=LIMIT_S)
    return reply["content"], printed, shown


def test_the_screen_runs_and_reads_as_in_a_terminal(kernel: Any) -> None:
    _, client, folder = kernel
    reply, printed, shown = ran(client, SCREEN)
    assert reply["status"] == "ok", reply
    lines = printed.splitlines()
    assert [line for line in lines if line.startswith("[2/2] all-")]
    assert "<Result of messages: complete" in printed
    assert "\x1b" not in printed
    assert shown == []  # lines, no page of one output each
    assert (folder / "runs/messages/summary.json").exists()


def test_a_result_shows_the_tables_of_the_report(kernel: Any) -> None:
    _, client, _ = kernel
    reply, printed, shown = ran(client, "later")
    assert (reply["status"], printed) == ("ok", "")
    ((page, text),) = [(each["text/html"], each["text/plain"]) for each in shown]
    assert text.startswith("<Result of messages: complete")
    assert page.startswith("<pre>")
    assert page.endswith("</pre>")
    for word in ("tfidf_logreg", "all", "&lt;" if "&lt;" in page else "test"):
        assert word in page


def test_an_interrupted_kernel_ends_the_sweep_in_order_and_goes_on(kernel: Any) -> None:
    manager, client, folder = kernel
    reply, printed, _ = ran(
        client, f"import sweep\n{RUN.format(40)}", "[1/40]", manager.interrupt_kernel
    )
    assert (reply["status"], reply["ename"]) == ("error", "KeyboardInterrupt")
    assert "interrupted; the same command goes on from here" in printed
    again, printed, _ = ran(client, RUN.format(3))
    assert again["status"] == "ok", again
    assert re.search(r"resuming: \d+ trials done", printed)
    assert (folder / "runs/cut/summary.json").exists()
