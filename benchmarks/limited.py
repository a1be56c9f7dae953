"""`python limited.py MIB COMMAND…`: a command whose address space is limited, by the operating system.

The limit holds for everything that the process maps: its libraries (about 300 MiB here), its stacks, and what its
allocators reserve without using it. So the allocator that reserves the least is taken, and one arena of it.
"""

from __future__ import annotations

import os
import resource
import sys

if __name__ == "__main__":
    size = int(sys.argv[1]) << 20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    frugal = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
    os.execvpe(sys.argv[2], sys.argv[2:], os.environ | frugal)
