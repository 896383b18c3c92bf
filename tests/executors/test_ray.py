"""The Ray executor: the contract of every executor, and what is its own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from support import ill_workers, scripted_search
from support.child_environment import child_environment
from support.executed_jobs import until_result
from support.executor_contract import TIMEOUT_S, ExecutorContract, processes
from support.ill_workers import job
from support.ray_clusters import cluster, needs_ray
from support.tiny_trials import make_job
from sweep.config import ExecutorConfig, ExecutorKind
from sweep.errors import UserError
from sweep.executors import make_executor
from sweep.executors.local import LocalExecutor
from sweep.executors.ray import cluster as cluster_file
from sweep.executors.ray import crew as crew_file
from sweep.executors.ray.agent import Told
from sweep.executors.ray.executor import RayExecutor
from sweep.executors.ray.hired import Hired
from sweep.records import Ending, EpochReport, Reason, Status, TrialResult
from sweep.workspace import SweepFolder

if TYPE_CHECKING:
    from conftest import SmallCorpus


def settings(**more: Any) -> ExecutorConfig:
    return ExecutorConfig(kind=ExecutorKind.ray, **more)


def test_without_ray_it_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_file, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install .sweep\[cluster\]"):
        make_executor(settings(), tmp_path)


@needs_ray()
def test_a_late_result_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executor = RayExecutor(settings(), tmp_path)
    asked = job(tmp_path)
    result = TrialResult(key=asked.key, status=Status.COMPLETE, value=0.5)

    class FakeRay:
        exceptions = __import__("ray").exceptions
        get = staticmethod(lambda ref: [Told(result)])

    monkeypatch.setattr("sweep.executors.ray.executor.ray_itself", lambda: FakeRay)
    hired = Hired(node=None, handle=None, slots=1, hello=None)  # type: ignore[arg-type]
    monkeypatch.setattr(Hired, "listen", lambda self: None)
    second = replace(asked, key=replace(asked.key, attempt=2))
    executor.running[second.key] = (second, 0.0)
    assert executor._hear(hired) == []
    assert list(executor.running) == [second.key]


@needs_ray()
def test_a_card_is_asked_for_by_the_executor(tmp_path: Path) -> None:
    executor = RayExecutor(settings(), tmp_path)
    executor.fit("auto")
    with pytest.raises(UserError, match=r"executor\.gpus above 0"):
        executor.fit("gpu")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A head without processors that clients may call, and two nodes of one."""
    with cluster(1, 1, folder=tmp_path_factory.mktemp("nodes")) as made:
        yield made


@pytest.fixture
def made(nodes: Any, tmp_path: Path) -> Iterator[Callable[..., RayExecutor]]:
    executors = []

    def make(share: bool = True, work: Any = None, **more: Any) -> RayExecutor:
        given = {"address": nodes.address} | more
        executors.append(RayExecutor(settings(**given), tmp_path, work=work, share=share))
        return executors[-1]

    yield make
    for executor in executors:
        executor.leave()


@pytest.mark.slow
@needs_ray()
class TestContract(ExecutorContract):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _cluster(cls, nodes: Any) -> None:
        cls.address = nodes.address

    @classmethod
    def make(cls, folder: Path) -> RayExecutor:
        given = settings(address=cls.address, timeout=TIMEOUT_S, memory_gib=1.0)
        return RayExecutor(given, folder, work=ill_workers.as_named)


def left(folder: Path) -> dict[str, bytes]:
    # How long epochs took differs, and stands in the history and the result.
    return {f.name: f.read_bytes() for f in folder.iterdir() if f.suffix in (".ckpt", ".npz")}


@pytest.mark.slow
@needs_ray()
@pytest.mark.parametrize("share", [True, False], ids=["shared folder", "files sent"])
def test_the_same_trial_gives_the_same_bits_as_on_one_machine(
    made: Callable[..., RayExecutor], small_corpus: "SmallCorpus", tmp_path: Path, share: bool
) -> None:
    asked = make_job(small_corpus.folder, tmp_path / "local")
    here = LocalExecutor(workers=1)
    here.submit(asked)
    until_result(here)
    names = {f.name for f in asked.folder.iterdir()}
    executor = made(share=share, max_workers=1)
    executor.start()
    for number in (0, 1):
        there = replace(
            asked, key=replace(asked.key, number=number), folder=tmp_path / "ray" / str(number)
        )
        executor.submit(there)
        result = until_result(executor)[-1]
        assert isinstance(result, TrialResult)
        assert (result.status, result.message) == (Status.COMPLETE, "")
        assert {f.name for f in there.folder.iterdir()} == names
        assert left(there.folder) == left(asked.folder)
    (hired,) = executor.crew.here
    assert hired.shared is share
    assert list(hired.corpora) == ([] if share else [small_corpus.folder.name])
    executor.leave()
    assert not SweepFolder(tmp_path).staged.exists()


@pytest.mark.slow
@needs_ray()
def test_a_trial_whose_node_is_lost_is_tried_again_and_a_node_that_joins_is_used(
    made: Callable[..., RayExecutor],
    nodes: Any,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    config = scripted_search.make_config()
    config.executor.attempts = 1
    executor = made(work=ill_workers.slow, resources={"doomed": 1.0})
    doomed = nodes.add(1, doomed=1.0)

    seen: list[bool] = []

    class Watching(scripted_search.Watch):
        def ended(self, result: TrialResult, again: bool) -> None:
            super().ended(result, again)
            seen.extend([again] if result.reason is Reason.lost else [])

        def epoch(self, report: EpochReport) -> None:
            if not self.results and not seen:
                seen.append(False)
                nodes.kill(doomed)
                nodes.add(2, doomed=2.0)

    ending, studies, _, _ = scripted_search.search(
        tmp_path, ill_workers.slow, config=config, executor=executor, watch=Watching()
    )
    assert ending is Ending.complete
    assert seen == [False, True], "one trial ran there, and was tried again though attempts=1"
    budget = config.search.trials
    for study in studies.values():
        assert study.counts()["complete"] + study.counts()["pruned"] == budget
        assert study.counts()["running"] == 0
    assert executor.slots == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 0), "what Ray says of its nodes is not for the console"


@pytest.mark.slow
@needs_ray()
def test_a_node_of_other_versions_is_refused_with_both(
    made: Callable[..., RayExecutor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew_file, "versions", lambda: {"torch": "9.9.9"})
    with pytest.raises(UserError, match=r"torch 2\.\S+ and this command 9\.9\.9"):
        _ = made(max_workers=1).slots


@pytest.mark.slow
@needs_ray()
def test_what_no_node_has_is_refused_with_what_there_is(made: Callable[..., RayExecutor]) -> None:
    with pytest.raises(UserError, match="CPU 64.*CPU 1"):
        made(cpus=64.0).start()


COORDINATOR = """
import sys, time
from pathlib import Path
from support import ill_workers
from support.ill_workers import named
from sweep.config import ExecutorConfig, ExecutorKind
from sweep.executors.ray.executor import RayExecutor

folder, address = Path(sys.argv[1]), sys.argv[2] or None
settings = ExecutorConfig(kind=ExecutorKind.ray, address=address, max_workers=1)
executor = RayExecutor(settings, folder, work=ill_workers.as_named)
executor.submit(named(ill_workers.slowly_known, folder))
while True:
    executor.wait(1.0)
"""


@pytest.mark.slow
@needs_ray()
@pytest.mark.parametrize("own", [False, True], ids=["a cluster", "its own cluster"])
def test_nothing_runs_on_after_the_coordinator_was_killed(
    nodes: Any, tmp_path: Path, own: bool
) -> None:
    before = {p.pid for p in psutil.process_iter()}
    with subprocess.Popen(
        [sys.executable, "-c", COORDINATOR, str(tmp_path), "" if own else nodes.address],
        env=child_environment(),
    ) as coordinator:
        workers = processes(tmp_path, 1)
        started = [p for p in psutil.process_iter() if p.pid not in before]
        if own:
            workers += [p for p in started if p.name() in ("raylet", "gcs_server")]
        coordinator.kill()
    _, alive = psutil.wait_procs(workers, timeout=15)
    assert alive == []
