"""A dataset in memory: five pandas frames with real types, and what the dataset says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from armsdata.schema import TABLES, Table
from armsdata.schema.cells import Cells
from armsdata.schema.metadata import Metadata

from .checking import dataset_inputs
from .errors import InvalidData, UsageError
from .folder import curated, find_tables
from .validation.judge import Judged, frame
from .validation.run import run

if TYPE_CHECKING:
    import pandas as pd

    from .tracing import Trace


@dataclass
class Dataset:
    """Five frames. Types are real ones: strings, `Int32`, `boolean`, `datetime64[s]`, Arrow decimals and lists.

    Attributes:
        transfers: one row a transfer; the days that its dates allow stand beside them (`delivered_earliest` …).
        claims: one row a claim: what one source says about one transfer.
        actors: one row an actor.
        weapons: one row a weapon.
        sources: one row a source.
        metadata: title, version, licence, authors …, from `dataset.toml`.
    """

    transfers: pd.DataFrame
    claims: pd.DataFrame
    actors: pd.DataFrame
    weapons: pd.DataFrame
    sources: pd.DataFrame
    metadata: Metadata

    def tables(self) -> dict[str, pd.DataFrame]:
        """The frames by the names of their tables."""
        return {name: getattr(self, name) for name in TABLES}

    def trace(
        self,
        subject: str,
        *,
        direction: str = "to",
        depth: int | None = None,
        category: str = "",
        since: str = "",
        until: str = "",
    ) -> Trace:
        """Follow the chains of custody that lead to an actor or a transfer, or on from it.

        Args:
            subject: an actor by id, name or alias (case and accents do not matter), or a transfer by id. A state is
                traced with the forces and bodies that are part of it.
            direction: ``to``: how arms came there; ``from``: where arms went on.
            depth: how many steps are followed; all where it is not given.
            category: only the actor's transfers of this weapon category and those below it.
            since: only the actor's transfers that may have happened on or after this date (EDTF).
            until: only the actor's transfers that may have happened on or before this date (EDTF).

        Returns:
            The chains: `trace.rows`, `trace.totals`, `trace.parties`; `text()`, `json()`, `dot()`.

        Raises:
            UsageError: nothing, or more than one thing, is called so; or a limit makes no sense.
        """
        from .tracing import trace

        return trace(self, subject, direction=direction, depth=depth, category=category, since=since, until=until)


def load(path: str | Path | None = None) -> Dataset:
    """Read a dataset folder into frames with real types.

    Args:
        path: the folder; the curated dataset where it is not given.

    Returns:
        The dataset.

    Raises:
        UsageError: the folder is no dataset.
        InvalidData: the data have errors; nothing is read half.
        OSError: a file cannot be read.
    """
    tables = find_tables(Path(path) if path is not None else curated())
    if not tables.is_dataset:
        raise UsageError(f"{tables.path}: not a dataset: it has no dataset.toml")
    sink = Frames()
    report = run(dataset_inputs(tables), sink=sink)
    if not report.valid:
        raise InvalidData(report)
    return sink.dataset(tables.metadata())


class Frames:
    """Gathers typed batches as frames. See `Sink`."""

    def __init__(self) -> None:
        self._parts: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}

    def begin(self, table: Table) -> None:
        """Nothing to do."""

    def render(self, table: Table, judged: Judged) -> Any:
        """The frame of a batch."""
        return frame(table, judged.cells)

    def write(self, table: Table, rendered: Any) -> None:
        """Keep it."""
        self._parts[table.name].append(rendered)

    def end(self, table: Table) -> None:
        """Nothing to do."""

    def add(self, table: Table, cells: Mapping[str, Cells]) -> None:
        """Keep the columns of a batch."""
        self.write(table, frame(table, cells))

    def whole(self, table: Table) -> pd.DataFrame:
        """The frame of a table."""
        import pandas as pd

        from armsdata.schema.models import pandas_type

        if self._parts[table.name]:
            return pd.concat(self._parts[table.name], ignore_index=True)
        return pd.DataFrame({column.name: pd.Series(dtype=pandas_type(column)) for column in table.columns})

    def dataset(self, metadata: Metadata) -> Dataset:
        """The dataset of all that was gathered."""
        return Dataset(**{name: self.whole(table) for name, table in TABLES.items()}, metadata=metadata)
