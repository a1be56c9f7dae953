"""Writing a folder all or nothing: beside the target, and moved into place in one step at the end."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import uuid
from pathlib import Path
from types import TracebackType
from typing import IO

from .errors import NotOurs, UsageError

#: The file that lists every other file of a release, and tells that the folder is one.
SUMS = "SHA256SUMS"
_MARK = ".armsdata-"


class Staging:
    """A folder in the making.

    It is written under a name of its own beside the target. `publish` puts it in the target's place; an earlier
    release there is swapped out in one step where the system can do that, and removed afterwards. Leaving the
    context without `publish` removes what was written.

    Args:
        target: where the folder will stand.

    Raises:
        UsageError: the target is a file.
        NotOurs: the target holds files that are not of an earlier release.
        OSError: the folder cannot be made.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        check_target(target)
        parent = target.absolute().parent
        parent.mkdir(parents=True, exist_ok=True)
        recover(target)
        self.folder = parent / f".{target.name}{_MARK}{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.folder.mkdir()

    def __enter__(self) -> Staging:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, path: str) -> IO[bytes]:
        """Begin a file of the folder."""
        whole = self.folder / path
        whole.parent.mkdir(parents=True, exist_ok=True)
        return whole.open("xb")

    def publish(self) -> None:
        """Put the folder in the target's place."""
        check_target(self.target)  # somebody may have put something there meanwhile
        target = self.target.absolute()
        if not target.exists():
            self.folder.rename(target)
        elif not _exchange(self.folder, target):
            # Without an exchange in one step there is a moment with no target: a crash in it leaves the earlier
            # release under the name of `recover`, which the next run puts back.
            earlier = target.parent / f".{target.name}{_MARK}earlier"
            if earlier.exists():
                shutil.rmtree(earlier)
            target.rename(earlier)
            self.folder.rename(target)
            shutil.rmtree(earlier, ignore_errors=True)


def check_target(target: Path) -> None:
    """Make sure that only an earlier release, or nothing, stands at the target.

    Raises:
        UsageError: it is a file, or there is no way to it.
        NotOurs: it holds files that no release lists.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise UsageError(f"{target}: not a folder; the release needs a folder of its own")
    for parent in target.absolute().parents:
        if parent.exists():
            if not parent.is_dir():
                raise UsageError(f"{parent}: not a folder, so {target} cannot be made in it")
            break
    if not target.exists():
        return
    listed = _listed(target)
    for file in sorted(target.rglob("*")):
        name = file.relative_to(target).as_posix()
        if (file.is_symlink() or not file.is_dir()) and name not in listed:
            raise NotOurs(
                f"{target}: holds {name}, which armsdata did not write; name another folder with --out, or move it away"
            )


def _listed(folder: Path) -> set[str]:
    try:
        text = (folder / SUMS).read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return set()
    return {SUMS, *(line.split("  ", 1)[1] for line in text.splitlines() if "  " in line)}


def recover(target: Path) -> None:
    """Put back, or clear away, what a run that was killed has left beside the target."""
    target = target.absolute()
    earlier = target.parent / f".{target.name}{_MARK}earlier"
    if earlier.exists() and not target.exists():
        earlier.rename(target)
    for left in target.parent.glob(f".{target.name}{_MARK}*"):
        owner = left.name.removeprefix(f".{target.name}{_MARK}").partition("-")[0]
        if owner == "earlier" or (owner.isdigit() and not _alive(int(owner))):
            shutil.rmtree(left, ignore_errors=True)


def _alive(process: int) -> bool:
    if sys.platform == "win32":  # os.kill would end the process there
        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, process)
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where the system cannot."""
    if sys.platform == "win32":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    here = -100  # AT_FDCWD
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        return bool(library.renameat2(here, names[0], here, names[1], 2) == 0)  # RENAME_EXCHANGE
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return bool(library.renamex_np(names[0], names[1], 2) == 0)  # RENAME_SWAP
    return False


def write_file(path: Path, text: str) -> None:
    """Write a text file all or nothing, in UTF-8 with Unix line ends."""
    made = path.absolute().parent / f".{path.name}{_MARK}{os.getpid()}-{uuid.uuid4().hex[:8]}"
    try:
        made.write_text(text, encoding="utf-8", newline="\n")
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)
