"""The processors that this process may use, in a container or a cluster's job too."""

import math
import os
from pathlib import Path

import psutil

MOUNTED = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


def physical_cores() -> int:
    """Cores this process may use, hyper-threads not counted: by affinity and by the container's quota."""
    usable = (
        len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else None
    )
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    return max(1, min(physical, usable or physical, cpu_quota() or physical))


def cpu_quota(mounted: Path = MOUNTED, own: Path = OWN) -> int | None:
    """Read how many processors' time the control groups of this process allow, rounded up.

    Args:
        mounted: where the kernel shows control groups, of version 1, 2 or both.
        own: the file that names those of this process.

    Returns:
        The smallest quota of this process's group and those above it, or None where there is none.

    References:
        https://docs.kernel.org/admin-guide/cgroup-v2.html, `cpu.max`;
        https://docs.kernel.org/scheduler/sched-bwc.html, `cpu.cfs_quota_us`.
    """
    quotas = [q for folder in _folders(mounted, own) if (q := _quota(folder)) is not None]
    return max(1, math.ceil(min(quotas))) if quotas else None


def _folders(mounted: Path, own: Path) -> list[Path]:
    found = []
    for line in _text(own).splitlines():
        _, kinds, path = line.split(":", 2)
        tops = {"": [mounted, mounted / "unified"]}.get(kinds, [mounted / kinds, mounted / "cpu"])
        if kinds and "cpu" not in kinds.split(","):
            continue
        for top in tops:
            # A container may see the host's path here, which is not there; its own group is the top then.
            inner = top / path.strip("/")
            found += [f for f in (inner, *inner.parents) if f == top or top in f.parents]
    return found


def _quota(folder: Path) -> float | None:
    limit, period = _text(folder / "cpu.max").split() or ("max", "")
    if limit == "max":
        # Version 1 writes -1 where there is no quota.
        limit, period = (
            _text(folder / f"cpu.cfs_{name}_us") or "-1" for name in ("quota", "period")
        )
    return float(limit) / float(period) if float(limit) > 0 and float(period) > 0 else None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError:
        return ""  # no control groups of this version, or another system
