"""An interpreter that has already imported what Murmur imports, and forks a process for each program given to it.

Most of what the tests of the command take is the start of Python processes, which import the same libraries again. Here
the libraries are imported once; each program still runs in a process of its own, with its own arguments, folder,
environment and streams. What a fork cannot tell (a hash seed, the start itself, signals, kills) needs a fresh process.

Run as a program, this is that interpreter; `warm_commands` begins one, and makes scripts that hand programs to it.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import warnings
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGES: Final = ("topologies", "sim", "faults", "analysis", "scenarios")
LIBRARIES: Final = ("networkx", "pyarrow.parquet", "rich.progress", "rich.table", "seaborn", "scipy.stats")
COMMANDS: Final = {"murmur": (sys.executable, str(ROOT / "murmur.py")), "warm-python": (sys.executable,)}
"""What starts warm, and how it starts fresh: the command, and `python -c PROGRAM`."""
AT_START: Final = ("PYTHON", "MPL", "OMP_", "OPENBLAS_", "LC_", "LANG", "TZ")
"""What variables begin with that an interpreter and its libraries read once."""
LOST: Final = 70
"""The exit code where the process has ended without telling its own."""

SCRIPT: Final = """\
#!{python} -IS
import json, os, socket, sys

if {settings!r} != {{name: value for name, value in os.environ.items() if name.startswith({at_start!r})}}:
    os.execv({fresh[0]!r}, [*{fresh!r}, *sys.argv[1:]])
server = socket.socket(socket.AF_UNIX)
server.connect({place!r})
socket.send_fds(server, [b"0"], [0, 1, 2])
server.sendall(json.dumps([{name!r}, sys.argv[1:], os.getcwd(), dict(os.environ)]).encode())
server.shutdown(socket.SHUT_WR)
sys.exit(int(server.recv(16) or {lost}))
"""
"""Hands its arguments, folder, environment and streams over, and ends with the exit code of the process.

Where the environment sets what an interpreter reads at its start, this starts one of its own.
"""


@cache
def warm_commands() -> Path:
    """Return a folder with `murmur` and `warm-python` that start warm, for as long as this process lives."""
    folder = Path(tempfile.mkdtemp(prefix="warm-"))
    place = str(folder / "socket")
    settings = {name: value for name, value in os.environ.items() if name.startswith(AT_START)}
    shared = {"python": sys.executable, "settings": settings, "at_start": AT_START, "place": place, "lost": LOST}
    for name, fresh in COMMANDS.items():
        script = folder / name
        script.write_text(SCRIPT.format(name=name, fresh=fresh, **shared))
        script.chmod(0o755)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__)), place],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    atexit.register(server.communicate)
    return folder


def serve(place: str) -> None:
    """Import everything, then fork a process for each request, until standard input ends with the process behind it."""
    _import_all()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(place)
    listener.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes: each tells its code itself
    gc.collect()
    gc.freeze()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if listener not in ready:
            shutil.rmtree(Path(place).parent)
            os.killpg(0, signal.SIGKILL)
        connection, _ = listener.accept()
        if _fork() == 0:
            listener.close()
            _carry_out(connection)
        connection.close()


def _import_all() -> None:
    for name in LIBRARIES:
        import_module(name)
    for package in PACKAGES:
        for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            import_module(module.name)
    import_module("murmur")
    from matplotlib import font_manager

    font_manager.findfont("DejaVu Sans")


def _fork() -> int:
    """Fork, without Python's warning of threads: there are none but the allocator's, which minds forks."""
    assert threading.active_count() == 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _carry_out(connection: socket.socket) -> None:
    """Be the process that was asked for, tell its exit code, and end."""
    _, streams, _, _ = socket.recv_fds(connection, 1, 3)
    name, arguments, folder, environment = json.loads(connection.makefile("rb").read())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin = sys.__stdin__ = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    code = _exit_code(*(_murmur(arguments) if name == "murmur" else _python(arguments)))
    connection.sendall(str(code).encode())
    os._exit(code)


def _murmur(arguments: list[str]) -> tuple[str, dict[str, Any]]:
    """Return the program of the installed command, as its script has it."""
    sys.argv = ["murmur", *arguments]
    sys.path[0] = str(ROOT)
    return "import sys; from murmur import main; sys.exit(main())", {"__file__": str(ROOT / "murmur.py")}


def _python(arguments: list[str]) -> tuple[str, dict[str, Any]]:
    """Return the program of `python -c`."""
    option, program, *others = arguments
    assert option == "-c", "only programs on the command line start warm"
    sys.argv = [option, *others]
    sys.path[0] = ""
    return program, {}


def _exit_code(program: str, names: dict[str, Any]) -> int:
    """Run a program as the main module to its end and that of its threads, and return its exit code."""
    main = sys.modules["__main__"] = ModuleType("__main__")
    vars(main).update(names)
    code: Any = 0
    try:
        exec(compile(program, "<string>", "exec"), vars(main))
    except SystemExit as exit_:
        code = exit_.code
    except BaseException as error:  # noqa: BLE001  (as an interpreter does, to print it)
        error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
        sys.excepthook(type(error), error, error.__traceback__)
        code = 1
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code or 0


if __name__ == "__main__":
    serve(sys.argv[1])
