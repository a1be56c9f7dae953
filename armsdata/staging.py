"""Writing a folder all or nothing: beside the target, and moved into place in one step at the end."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from .errors import NotOurs, UsageError

#: The file that lists every other file of a release, and tells that the folder is one.
SUMS = "SHA256SUMS"
_MARK = ".armsdata-"
#: A list of sums is ours when it names one of these, or a part of one.
_TELLING = re.compile(r"(csv|parquet|jsonld)/transfers(/part-[0-9]+)?\.\1")


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
        self._place = target.resolve()
        with self.naming(""):
            self._place.parent.mkdir(parents=True, exist_ok=True)
            recover(self._place)
            self.folder = draft_of(self._place)
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
        with self.naming(path):
            whole.parent.mkdir(parents=True, exist_ok=True)
            return whole.open("xb")

    @contextmanager
    def naming(self, path: str | Path) -> Iterator[None]:
        """Let errors name the file that was to be written, not the draft of which nobody has heard."""
        try:
            yield
        except OSError as error:
            error.filename = str(self.target / path)
            error.filename2 = None
            raise

    def publish(self) -> None:
        """Put the folder in the target's place."""
        check_target(self.target)  # somebody may have put something there meanwhile
        with self.naming(""):
            while not _moved(self.folder, self._place):  # another run was faster: replace its release
                continue


def _moved(folder: Path, target: Path) -> bool:
    """Move a folder to the target; False when somebody else was faster."""
    if not target.exists():
        try:
            folder.rename(target)
        except OSError:
            if target.exists() and folder.exists():
                return False
            raise
    elif not _exchange(folder, target):
        # Without an exchange in one step there is a moment with no target: a crash in it leaves the earlier
        # release under the name of `recover`, which the next run puts back.
        earlier = target.parent / f"{_prefix(target)}earlier"
        if earlier.exists():
            shutil.rmtree(earlier)
        target.rename(earlier)
        try:
            folder.rename(target)
        except OSError:
            earlier.rename(target)
            raise
        shutil.rmtree(earlier, ignore_errors=True)
    return True


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
    for file in _files(target):
        name = file.relative_to(target).as_posix()
        if name not in listed:
            raise NotOurs(
                f"{target}: holds {name}, which armsdata did not write; name another folder with --out, or move it away"
            )


def _files(folder: Path) -> Iterator[Path]:
    """Every file and link below a folder, one after the other: the first may already be one too many."""
    for file in sorted(folder.iterdir()):
        if file.is_dir() and not file.is_symlink():
            yield from _files(file)
        else:
            yield file


def _listed(folder: Path) -> set[str]:
    """The files that a release lists; none where the list is not one that armsdata writes."""
    try:
        text = (folder / SUMS).read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return set()
    listed = {line.split("  ", 1)[1] for line in text.splitlines() if "  " in line}
    return {SUMS, *listed} if any(map(_TELLING.fullmatch, listed)) else set()


def draft_of(target: Path) -> Path:
    """A new name beside the target under which it is written; `recover` knows it as ours."""
    return target.parent / f"{_prefix(target)}{os.getpid()}-{uuid.uuid4().hex[:8]}"


def _prefix(target: Path) -> str:
    return f".{target.name}{_MARK}"


def recover(target: Path) -> None:
    """Put back, or clear away, what a run that was killed has left beside the target (a folder or a file)."""
    prefix = _prefix(target)
    earlier = target.parent / f"{prefix}earlier"
    if earlier.exists() and not target.exists():
        earlier.rename(target)
    for left in target.parent.iterdir():
        if not left.name.startswith(prefix):
            continue
        owner = left.name.removeprefix(prefix).partition("-")[0]
        if owner == "earlier" or (owner.isdigit() and not process_lives(int(owner))):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def process_lives(process: int) -> bool:
    """Whether there is a process of that number."""
    if sys.platform == "win32":  # os.kill would end the process there
        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, process)
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
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


def write_file(path: Path, text: str | bytes) -> None:
    """Write a file all or nothing; a text in UTF-8 with Unix line ends.

    Raises:
        UsageError: it is a folder.
        OSError: it cannot be written; what stood there is untouched.
    """
    content = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
    if path.is_dir():
        raise UsageError(f"{path}: a folder; name a file to write")
    try:
        if path.exists() and not path.is_file():  # a device or a pipe: nothing can be put in its place
            path.write_bytes(content)
        else:
            _replace(path.resolve(), content)  # a link stays, what it points at is replaced
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def _replace(target: Path, content: bytes) -> None:
    made = draft_of(target)
    try:
        recover(target)
        made.write_bytes(content)
        made.replace(target)
    finally:
        with suppress(OSError):
            made.unlink(missing_ok=True)
