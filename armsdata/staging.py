"""Writing a folder or a file all or nothing: in a draft beside the target, moved into place in one step at the end."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from . import placing
from .drafts import Draft, clear, prefix_of
from .errors import NotOurs, UsageError
from .placing import naming

#: The file that lists every other file of a release, and tells that the folder is one.
SUMS = "SHA256SUMS"
#: A list of sums is ours when it names one of these, or a part of one.
_TELLING = re.compile(r"(csv|parquet|jsonld)/transfers(/part-[0-9]+)?\.\1")


def check_release(target: Path) -> None:
    """Make sure that only an earlier release, or nothing, stands in a folder.

    Raises:
        NotOurs: it holds files that no release lists.
    """
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


class Staging:
    """A folder in the making.

    It is written in a draft beside the target. `publish` puts it in the target's place; what stood there is swapped out
    in one step where the system can do that, and removed afterwards. Leaving the context without `publish` removes what
    was written.

    Args:
        target: where the folder will stand.
        check: raises when what stands in the target must not be replaced.

    Raises:
        UsageError: the target is a file.
        NotOurs: the target holds what must not be replaced.
        OSError: the folder cannot be made.
    """

    def __init__(self, target: Path, check: Callable[[Path], None] = check_release) -> None:
        self.target, self._check = target, check
        self._place = target.resolve()
        if not target.is_symlink():
            with self.naming(""), suppress(FileNotFoundError, NotADirectoryError):
                clear(self._place.parent, prefix_of(self._place), self._place)
        self._check_target()
        with self.naming(""):
            self._parents = [one for one in self._place.parents if not one.exists()]
            self._place.parent.mkdir(parents=True, exist_ok=True)
            self._draft = Draft(self._place.parent, prefix_of(self._place))
            self.folder = self._draft.new
        self._pool = ThreadPoolExecutor(1)
        self._syncing: list[Future[None]] = []

    def __enter__(self) -> Staging:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._draft.remove()
        for parent in self._parents:  # those that were made for nothing
            with suppress(OSError):
                parent.rmdir()

    def create(self, path: str) -> IO[bytes]:
        """Begin a file of the folder."""
        whole = self.folder / path
        with self.naming(path):
            whole.parent.mkdir(parents=True, exist_ok=True)
            return whole.open("xb")

    def finished(self, path: str) -> None:
        """Bring a file to the disk while others are written: at the end, one would have to wait for it."""
        self._syncing.append(self._pool.submit(placing.sync_file, self.folder / path))

    @contextmanager
    def naming(self, path: str | Path) -> Iterator[None]:
        """Let errors name the file that was to be written, not the draft of which nobody has heard."""
        with naming(self.target / path):
            yield

    def publish(self) -> None:
        """Put the folder in the target's place."""
        with self.naming(""):
            for one in self._syncing:
                one.result()
            placing.sync(self.folder)
            self._check_target()  # somebody may have put something there meanwhile
            while not self._moved():  # another run was faster: replace its release
                self._check_target()
            placing.sync_names(self._place.parent)

    def _check_target(self) -> None:
        check_place(self.target)
        if self.target.exists():
            self._check(self.target)

    def _moved(self) -> bool:
        """Move the folder to the target; False when another run was faster.

        Without an exchange in one step there is a moment with no target: a crash in it leaves the earlier folder in the
        draft, and the next run puts it back.
        """
        draft = self._draft
        if self._place.exists():
            if placing.exchange(draft.new, self._place):
                return True
            try:
                placing.move(self._place, draft.earlier)
            except FileNotFoundError:
                return False
        try:
            placing.move(draft.new, self._place)
        except OSError:
            if self._place.exists() and draft.new.exists():
                shutil.rmtree(draft.earlier, ignore_errors=True)
                return False
            if draft.earlier.exists():
                placing.move(draft.earlier, self._place)
            raise
        return True


def check_place(target: Path) -> None:
    """Make sure that a folder can be made or stand at the target.

    Raises:
        UsageError: it is a file, or there is no way to it.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise UsageError(f"{target}: not a folder; the release needs a folder of its own")
    for parent in target.absolute().parents:
        if parent.exists():
            if not parent.is_dir():
                raise UsageError(f"{parent}: not a folder, so {target} cannot be made in it")
            break


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path to write a file at, which takes the place of the target at the end, all or nothing.

    Raises:
        OSError: it cannot be written; what stood there is untouched.
    """
    with naming(target):
        clear(target.parent, prefix_of(target))
        draft = Draft(target.parent, prefix_of(target))
        try:
            made = draft.new / target.name
            yield made
            placing.sync(draft.new)
            placing.move(made, target)
            placing.sync_names(target.parent)
        finally:
            draft.remove()


def write_file(path: Path, text: str | bytes) -> None:
    """Write a file all or nothing; a text in UTF-8 with Unix line ends.

    Raises:
        UsageError: it is a folder.
        OSError: it cannot be written; what stood there is untouched.
    """
    content = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
    if path.is_dir():
        raise UsageError(f"{path}: a folder; name a file to write")
    with naming(path):
        if path.exists() and not path.is_file():  # a device or a pipe: nothing can be put in its place
            path.write_bytes(content)
            return
        with replacing(path.resolve()) as made:  # a link stays, what it points at is replaced
            made.write_bytes(content)
