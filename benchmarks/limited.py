"""`python limited.py group|space MIB COMMAND…`: a command with limited memory, by the operating system.

`group` limits what a control group of Linux has in memory, cached files included, as a container does; it needs root.
`space` limits the address space of the process: all that it maps, its libraries (about 300 MiB here), its stacks, and
what its allocators reserve without using it. So the allocator that reserves the least is taken, and one arena of it.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

#: Where control groups for memory are, and the file that holds their limit: version 1 and version 2.
GROUPS = (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max"))
FRUGAL = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}


def join_group(size: int) -> None:
    """Put this process into a control group whose memory has this limit."""
    for root, limit in GROUPS:
        folder = Path(root) / "armsdata-benchmark"
        try:
            folder.mkdir(exist_ok=True)
            if (folder / limit).exists():
                (folder / limit).write_text(str(size), encoding="ascii")
                (folder / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
                return
        except OSError:
            continue
    sys.exit("no control group can be made here")


def main() -> None:
    """Limit this process, then become the command."""
    how, size, command = sys.argv[1], int(sys.argv[2]) << 20, sys.argv[3:]
    if how == "group":
        join_group(size)
        os.execvp(command[0], command)
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    os.execvpe(command[0], command, os.environ | FRUGAL)


if __name__ == "__main__":
    main()
