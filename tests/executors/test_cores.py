"""Cores: what a container allows, read from control groups of either version."""

from pathlib import Path

import pytest

from sweep.executors.cores import cpu_quota, physical_cores

CASES = {
    "version 2": ("0::/\n", {"cpu.max": "200000 100000\n"}, 2),
    "version 2, half a core": ("0::/\n", {"cpu.max": "50000 100000\n"}, 1),
    "version 2, a core and a half": ("0::/\n", {"cpu.max": "150000 100000\n"}, 2),
    "version 2, no quota": ("0::/\n", {"cpu.max": "max 100000\n"}, None),
    "version 2, of a group": ("0::/job/step\n", {"job/step/cpu.max": "300000 100000\n"}, 3),
    "version 2, of a group above": (
        "0::/job/step\n",
        {"job/cpu.max": "400000 100000\n", "job/step/cpu.max": "max 100000\n"},
        4,
    ),
    "version 2, of another group": ("0::/job\n", {"other/cpu.max": "100000 100000\n"}, None),
    "version 2, the host's path": ("0::/docker/ab12\n", {"cpu.max": "200000 100000\n"}, 2),
    "version 1": (
        "3:cpuset:/\n2:cpu,cpuacct:/\n",
        {"cpu,cpuacct/cpu.cfs_quota_us": "250000\n", "cpu,cpuacct/cpu.cfs_period_us": "100000\n"},
        3,
    ),
    "version 1, of a group": (
        "1:cpu:/job\n0::/\n",
        {"cpu/job/cpu.cfs_quota_us": "50000\n", "cpu/job/cpu.cfs_period_us": "50000\n"},
        1,
    ),
    "version 1, no quota": (
        "1:cpu:/\n",
        {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"},
        None,
    ),
    "another kind": ("1:cpuset:/\n", {"cpuset/cpu.max": "100000 100000\n"}, None),
    "none": ("", {}, None),
}


@pytest.mark.parametrize(("own", "files", "cores"), CASES.values(), ids=CASES)
def test_the_quota(tmp_path: Path, own: str, files: dict[str, str], cores: int | None) -> None:
    for name, content in files.items():
        (tmp_path / "cgroup" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "cgroup" / name).write_text(content)
    (tmp_path / "own").write_text(own)
    assert cpu_quota(tmp_path / "cgroup", tmp_path / "own") == cores


def test_a_system_without_control_groups_has_no_quota(tmp_path: Path) -> None:
    assert cpu_quota(tmp_path / "cgroup", tmp_path / "own") is None


@pytest.mark.parametrize(("quota", "cores"), [(1, 1), (None, None)])
def test_no_more_cores_than_the_quota(
    monkeypatch: pytest.MonkeyPatch, quota: int | None, cores: int | None
) -> None:
    without = physical_cores()
    monkeypatch.setattr("sweep.executors.cores.cpu_quota", lambda: quota)
    assert physical_cores() == (cores or without) >= 1
