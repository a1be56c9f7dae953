"""The command `armsdata`: every error becomes one sentence and an exit status, never a traceback."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import os
import sys
from typing import TextIO

_CALL_IS_WRONG = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


def main() -> None:
    """Run the command line and leave with its exit status.

    The process ends at once. To take apart every module and array, as Python does at its own end, costs 20 ms and
    gives nobody anything: what was written is closed. With `ARMSDATA_DEBUG` it ends as others do, for a profiler that
    waits for that; and so it does where a client of a cluster is at work, whose threads end in order.
    """
    status = command()
    if os.environ.get("ARMSDATA_DEBUG") or "distributed" in sys.modules:
        sys.exit(status)
    os._exit(status)


def command() -> int:
    """Run the command line with the settings that suit it, which it leaves behind in this process; its exit status."""
    if sys.platform == "linux":  # this one gives memory back soonest: a tenth less at the peak of an export
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
        _share_one_heap()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy starts threads for matrices: there are none here
    os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")  # looking for large pages costs more than they save here
    for plugins in ("PYDANTIC_DISABLE_PLUGINS", "TYPEGUARD_DISABLE_PLUGIN_AUTOLOAD"):
        os.environ.setdefault(plugins, "1")  # which would be looked for in all packages that are installed
    # pandera looks for geopandas at each column of each batch: where it is not installed, that is a search of the disk.
    # It loads hypothesis where it is installed, which only those who make frames up need.
    for unused in ("geopandas", "hypothesis"):
        sys.modules.setdefault(unused, None)  # type: ignore[arg-type]
    gc.set_threshold(500_000, 20, 20)  # looking for rubbish among what is only being imported costs a tenth of that
    sys.setswitchinterval(0.0002)  # a thread that has done its part in Arrow waits less for one that works in Python
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()  # a caller may have closed them
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    status = _status()
    try:
        sys.stdout.flush()
    except OSError:  # Python must not flush to it again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    return status


def _share_one_heap() -> None:
    """Let all threads take memory from one heap, where glibc is the C library: what one gives back the next one takes.

    With a heap each, a tenth more memory is asked of the system. `MALLOC_ARENA_MAX` says another number.
    """
    arena_max = -8
    if "MALLOC_ARENA_MAX" not in os.environ:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(arena_max, 1)


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123


def _status() -> int:
    from .cli import app
    from .errors import ArmsdataError

    try:
        code = app(standalone_mode=True, prog_name="armsdata")
        return int(code or 0)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except KeyboardInterrupt:
        return _say("stopped", 130)
    except ArmsdataError as error:
        return _say(str(error), error.status)
    except OSError as error:
        return _machine(error)
    except MemoryError:
        return _say("the memory is not enough for this file", 3)
    except Exception as error:
        if os.environ.get("ARMSDATA_DEBUG"):
            raise
        where = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        return _say(f"a fault of armsdata itself, please report it ({where}); ARMSDATA_DEBUG=1 shows the details", 3)


def _machine(error: OSError) -> int:
    name = f"{error.filename}: " if error.filename else ""
    reason = (error.strerror or str(error)).lower()
    wrong = isinstance(error, _CALL_IS_WRONG) or error.errno in (errno.ENAMETOOLONG, errno.ELOOP)
    return _say(f"{name}{reason}", 2 if wrong else 3)


def _say(text: str, status: int) -> int:
    from .output.escaping import visible

    with contextlib.suppress(OSError):  # nobody listens: the status says it
        print(f"armsdata: {visible(text)}", file=sys.stderr)
    return status


if __name__ == "__main__":
    main()
