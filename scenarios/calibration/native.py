"""Measurements in C: the program is compiled by the C compiler at hand, and loaded into this process."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sysconfig
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

COMPILERS: Final = ("cc", "gcc", "clang")
FLAGS: Final = ("-O2", "-std=gnu11", "-shared", "-fPIC", "-pthread")
LONGEST_COMPILATION: Final = 60
"""Seconds after which a compiler is given up."""
CPUS: Final = Path("/sys/devices/system/cpu")


class Native:
    """The compiled measurements. `compiler` is the path of what compiled them."""

    def __init__(self, library: ctypes.CDLL, compiler: str) -> None:
        self._library = library
        self.compiler = compiler

    def nanoseconds(self, name: str, *numbers: int, cpus: tuple[int, ...] = ()) -> float | None:
        """Run a measurement once, with threads on these processors, else on any; None where it could not be made."""
        function = getattr(self._library, f"measure_{name}")
        function.restype = ctypes.c_double
        allowed = usable_cpus()
        try:
            took = float(function(*map(ctypes.c_int64, numbers), *map(ctypes.c_int, cpus)))
        finally:
            if cpus and hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(0, allowed)
        return took if took >= 0 else None


@contextmanager
def compiled() -> Iterator[Native | None]:
    """Compile and load the measurements; None where no C compiler is found, or it fails.

    While they are in use another thread lives, so that no lock is left out for there being only one.
    """
    with TemporaryDirectory(prefix="murmur-calibrate-", ignore_cleanup_errors=True) as folder:
        native = _compile(Path(folder))
        if native is None:
            yield None
            return
        over = threading.Event()
        other = threading.Thread(target=over.wait, daemon=True)
        other.start()
        try:
            yield native
        finally:
            over.set()
            other.join()


def _compile(folder: Path) -> Native | None:
    source = (resources.files("scenarios") / "calibration" / "native.c").read_bytes()
    (folder / "native.c").write_bytes(source)
    library = folder / "native.so"
    configured = (sysconfig.get_config_var("CC") or "").split()[:1]
    for compiler in (*configured, *COMPILERS):
        path = shutil.which(compiler)
        if path is None:
            continue
        command = [path, *FLAGS, "-o", str(library), str(folder / "native.c")]
        try:
            subprocess.run(command, capture_output=True, check=True, timeout=LONGEST_COMPILATION)
            return Native(ctypes.CDLL(str(library)), path)
        except (OSError, subprocess.SubprocessError):
            continue
    return None


def usable_cpus() -> list[int]:
    """Return the processors that this process may run on, in order."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def pairs_of_cpus(cpus: list[int]) -> dict[str, tuple[int, int]]:
    """Return two processors of different cores on one socket, and two of different sockets, where there are such.

    Where the system does not tell, any two count as of one socket.
    """
    places = {cpu: (_topology(cpu, "physical_package_id"), _topology(cpu, "core_id")) for cpu in cpus}
    pairs: dict[str, tuple[int, int]] = {}
    for place, one in enumerate(cpus):
        for other in cpus[place + 1 :]:
            same = places[one][0] == places[other][0]
            if not same:
                pairs.setdefault("other_socket", (one, other))
            elif places[one][1] != places[other][1] or places[one][1] is None:
                pairs.setdefault("same_socket", (one, other))
    if not pairs and len(cpus) > 1:
        pairs["same_socket"] = (cpus[0], cpus[1])
    return pairs


def _topology(cpu: int, what: str) -> int | None:
    try:
        return int((CPUS / f"cpu{cpu}" / "topology" / what).read_text())
    except (OSError, ValueError):
        return None
