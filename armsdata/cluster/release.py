"""`export --engine dask`: the release in parts, all or nothing."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from armsdata.errors import ClusterError, InvalidData, UsageError
from armsdata.exporters.contract import Facts, FileFact
from armsdata.exporters.documents import DOCUMENTS
from armsdata.findings import DEFAULT_LIMIT, Report
from armsdata.folder import curated
from armsdata.release import ALL_FORMATS, chosen, create, sums_of
from armsdata.schema import DISPLAY_ORDER, TABLES
from armsdata.schema.edtf import day_text
from armsdata.schema.metadata import Metadata
from armsdata.staging import SUMS, Staging

from .connection import connected
from .job import Job
from .places import file_system, find, is_address
from .stores import StoreStaging
from .writing import DRAFT, Wanted

if TYPE_CHECKING:
    from .parts import Summary

#: Documents that speak of whole tables, and those that list single files; the others of a release are left out.
OF_TABLES = (
    "jsonld/vocabularies.jsonld",
    "jsonld/shapes.ttl",
    "CITATION.cff",
    "datacite.json",
    "datapackage.json",
    "README.md",
)
OF_FILES = ("jsonld/dataset.jsonld", "ro-crate-metadata.json")


def export(
    dataset: str | Path | None = None,
    out: str | Path = "dist",
    *,
    formats: Sequence[str] = ALL_FORMATS,
    scheduler: str = "",
    strict: bool = False,
    workers: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Validate a dataset part by part on a cluster, and write its release in parts.

    Args:
        dataset: a dataset folder on this machine (then all workers must see it) or at any address that fsspec knows;
            the curated dataset where it is not given.
        out: the release folder, or an address for fsspec at which nothing is yet.
        formats: some of ``csv``, ``parquet``, ``jsonld``.
        scheduler: the address of a Dask scheduler; without one, worker processes of this machine are started.
        strict: do not export when there are warnings.
        workers: how many workers are started where there is no scheduler; 0: one for each processor.
        progress: is told the number of rows as they are done.

    Returns:
        The report, which has no errors.

    Raises:
        InvalidData: the data have errors; nothing was written.
        UsageError: the dataset or a format is not known, `out` holds something else, or Dask is not installed.
        ClusterError: the cluster cannot be reached, or has failed; nothing was written.
        OSError: a part cannot be read or written; nothing was changed.
    """
    names = tuple(form.name for form in chosen(formats))
    found = find(str(curated() if dataset is None else dataset))
    metadata = found.metadata
    if metadata is None:
        raise UsageError(f"{dataset}: a release already; export the dataset that it was made from")
    with _staged(str(out)) as staging, connected(scheduler, workers) as client:

        def wanted(number: int) -> Wanted:
            return Wanted(staging.place, str(out), metadata, names, number)

        job = Job(client, found.parts, limit=DEFAULT_LIMIT, strict=strict, progress=progress, wanted=wanted)
        report = job.run()
        if not report.valid:
            raise InvalidData(report)
        parts = [(part.table, job.summaries[part]) for part in found.parts]
        hashes = _content_hashes(job, staging.place, parts) if "csv" in names else {}
        _finish(staging, metadata, parts, hashes)
        staging.publish()
    return report


class _Staging(Protocol):
    """Where a release in parts is made; see `Staging` and `StoreStaging`."""

    @property
    def place(self) -> str:
        """Where workers put their parts."""

    def create(self, path: str) -> IO[bytes]:
        """Begin a file."""

    def finished(self, path: str) -> None:
        """A file is complete."""

    def naming(self, path: str) -> AbstractContextManager[None]:
        """Let errors name the file by what it will be called."""

    def sizes(self) -> dict[str, int]:
        """The size of every file that is there."""

    def remove(self, path: str) -> None:
        """Remove a file."""

    def publish(self) -> None:
        """Let it be the release."""


class _FolderStaging(Staging):
    """A release in parts on this machine, or a folder that it shares with the workers."""

    def __enter__(self) -> _FolderStaging:
        return self

    @property
    def place(self) -> str:
        return str(self.folder)

    def sizes(self) -> dict[str, int]:
        files = (one for one in self.folder.rglob("*") if one.is_file())
        return {one.relative_to(self.folder).as_posix(): one.stat().st_size for one in files}

    def remove(self, path: str) -> None:
        (self.folder / path).unlink()

    def __exit__(self, *error: Any) -> None:
        if self.folder.exists():  # a worker that cannot be stopped any more finds no way to what is removed here
            self.folder.rename(self.folder.with_name("left"))
        super().__exit__(*error)


@contextmanager
def _staged(out: str) -> Iterator[_Staging]:
    if is_address(out):
        with StoreStaging(out.rstrip("/")) as store:
            yield store
    else:
        with _FolderStaging(Path(out)) as folder:
            yield folder


# ------------------------------------------------------------------------------------ content hashes


def _content_hashes(job: Job, place: str, parts: Sequence[tuple[str, Summary]]) -> dict[str, str]:
    """The content hash of each table: the sum of the CSV that it would be in one piece."""
    paths: dict[str, list[str]] = {name: [] for name in TABLES}
    for table, summary in parts:
        paths[table] += [f"{place}/{file.path}" for file in summary.files if file.path.startswith("csv/")]
    asked = [job.waiting.submit(content_hash, table, some) for table, some in paths.items()]
    return dict(zip(paths, job.waiting.in_order(asked), strict=True))


def content_hash(table: str, paths: Sequence[str]) -> str:
    """The sum of the parts of a CSV, one after the other, with one header."""
    header = _header(table)
    total = hashlib.sha256(header)
    for path in paths:
        with _opened(path) as stream:
            stream.seek(len(header))
            while block := stream.read(1 << 20):
                total.update(block)
    return total.hexdigest()


def _header(table: str) -> bytes:
    return (",".join(column.name for column in TABLES[table].columns) + "\n").encode("utf-8")


def _opened(path: str) -> Any:
    if not is_address(path):
        return Path(path).open("rb")
    system, root = file_system(path)
    return system.open(root, "rb")


# ------------------------------------------------------------------------------------ what speaks of all parts


def _finish(
    staging: _Staging, metadata: Metadata, parts: Sequence[tuple[str, Summary]], hashes: dict[str, str]
) -> None:
    """Make sure that all parts are there and nothing else, and write the documents; at last the sums."""
    files = [file for _, summary in parts for file in summary.files]
    _check(staging, files)
    days = [day for _, summary in parts for day in summary.days]
    earliest, latest = (day_text(min(days)), day_text(max(days))) if days else ("", "")
    facts = Facts(metadata, tuple(_tables(files, hashes)), earliest, latest, hashes)
    documents: list[FileFact] = []
    written = {file.path.partition("/")[0] for file in files}
    for document in DOCUMENTS:
        if (document.needs and not written.intersection(document.needs)) or document.path not in OF_TABLES + OF_FILES:
            continue
        told = facts.files if document.path in OF_TABLES else files
        content = document.render(dataclasses.replace(facts, files=(*told, *documents)))
        documents.append(create(staging, document.path, content, document.media_type))
    create(staging, SUMS, sums_of([*files, *documents]))


def _check(staging: _Staging, files: Iterable[FileFact]) -> None:
    """Every part is there in its size; drafts that a lost worker left are removed.

    Raises:
        ClusterError: what workers say they have written is not there.
    """
    found = staging.sizes()
    for file in files:
        if found.pop(file.path, None) != file.size:
            raise ClusterError(
                f"{file.path}: a worker says that it wrote this file, but it is not there; "
                "workers on other machines need a folder that is shared, or an address for --out"
            )
    for path in found:
        if not path.endswith(DRAFT):
            raise ClusterError(f"{path}: nobody says that he wrote this file")
        staging.remove(path)


def _tables(files: Sequence[FileFact], hashes: dict[str, str]) -> Iterator[FileFact]:
    """The facts of each table in each format, from those of its parts."""
    by_table: dict[tuple[str, str], list[FileFact]] = {}
    for file in files:
        by_table.setdefault((file.path.partition("/")[0], file.table), []).append(file)
    for form in dict.fromkeys(form for form, _ in by_table):
        for table in DISPLAY_ORDER:
            parts = by_table[form, table]
            size = sum(part.size for part in parts)
            if form == "csv":  # as one file it would have one header
                size -= len(_header(table)) * (len(parts) - 1)
            yield FileFact(
                f"{form}/{table}",
                parts[0].media_type,
                size,
                hashes.get(table, "") if form == "csv" else "",
                table,
                sum(part.rows for part in parts),
                tuple(part.path for part in parts),
            )
