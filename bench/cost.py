"""What a piece of work costs: CPU seconds with children and database server, wall, peak memory."""

import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Moment:
    """CPU seconds used so far by this process, its children and the server; and the wall clock."""

    cpu_s: float
    server_cpu_s: float
    wall_s: float


class Meter:
    """Measures the work inside a `with` block."""

    def __enter__(self) -> Self:
        self.begin = _now()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end = _now()

    def cost(self) -> dict[str, float]:
        """Return cpu_s (the server's included), server_cpu_s, wall_s and rss_mb of the process."""
        server = self.end.server_cpu_s - self.begin.server_cpu_s
        return {
            "cpu_s": round(self.end.cpu_s - self.begin.cpu_s + server, 4),
            "server_cpu_s": round(server, 3),
            "wall_s": round(self.end.wall_s - self.begin.wall_s, 4),
            "rss_mb": peak_mb(),
        }


def peak_mb() -> int:
    """Return the peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def peak_of(pid: int) -> int:
    """Return the peak memory in MB of a process and those it started, added up."""
    return sum(_peak_kb(one) for one in (pid, *_children(pid))) // 1024


def _children(pid: int) -> list[int]:
    found = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]
    return [one for one in found if _stat(one)[0] == pid]


def _peak_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def server_cpu_s(postmaster: int) -> float:
    """Return the CPU seconds of a server: its processes, and those that ended."""
    return sum(sum(_stat(pid)[1:]) for pid in (postmaster, *_children(postmaster)))


def _stat(pid: int) -> tuple[float, ...]:
    """Return parent, then user, system, waited-for user and system seconds; zeros when gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return (0, 0.0, 0.0, 0.0, 0.0)
    fields = text.rpartition(")")[2].split()
    return (int(fields[1]), *(int(field) / TICK for field in fields[11:15]))


def _now() -> Moment:
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    server = int(os.environ.get("BENCH_POSTMASTER", "0"))
    return Moment(
        cpu_s=own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
        server_cpu_s=server_cpu_s(server) if server else 0.0,
        wall_s=time.perf_counter(),
    )
