"""JSON-LD: files that are written line by line, as ours are, and others."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

from armsdata.exporters.contract import TypedBatch
from armsdata.exporters.jsonld import JsonLdFormat
from armsdata.schema import TABLES, Table
from armsdata.schema.metadata import read_metadata

from armsdata.validation.judge import Judged
from datasets import FULL, Data
from made_datasets import NASTY

from .choices import Choices
from .judging import WRITTEN, check_file, dataset, read_file

#: Of the first byte: context and frame are given, and not part of the bytes; for the rest see `check_file`.
_WITH_FRAME = 8
_FRAME = b'{"@context":{"@version":1.1},\n"@graph":['


def seeds() -> Iterator[bytes]:
    """Good files of each table, whole and their nodes alone, on one line and on many."""
    for number, table in enumerate(TABLES):
        for data in (FULL, FULL.with_rows(table, NASTY[table])):
            content = _written(TABLES[table], data)
            nodes = content.split(b'"@graph":[\n', 1)[-1]
            yield bytes([number]) + content
            for level in range(4):
                yield bytes([number | _WITH_FRAME | level << 4]) + b"\n" + nodes
            document = json.loads(content)
            yield (
                bytes([number | WRITTEN << 4])
                + json.dumps(document | {"@context": {"@base": "https://w3id.org/armsdata/"}}).encode()
            )
            yield bytes([number]) + json.dumps(document, indent=1).encode()


def _written(table: Table, data: Data) -> bytes:
    """The JSON-LD of a table."""
    found = read_file(table, ".csv", data.content(table.name), judging=False)
    assert found is not None
    stream, metadata = io.BytesIO(), read_metadata(dataset(table.name, ".csv") / "dataset.toml")
    writer = JsonLdFormat().open(stream, table, metadata)
    for one in found[1]:
        writer.write(JsonLdFormat().render(TypedBatch(table, one.batch.size, one.cells), metadata))
    writer.close()
    return stream.getvalue()


def check(data: bytes) -> None:
    """No bytes break the reader, and what it reads is what the JSON says."""
    choices = Choices(data)
    control = choices.below(256)
    content = choices.rest()
    if control & _WITH_FRAME:
        content = _FRAME + content
    found = check_file(control, ".jsonld", content)
    if found is not None:
        table, _, judged = found
        _as_json_says(table, judged, content)


def _as_json_says(table: Table, judged: list[Judged], content: bytes) -> None:
    """What is read line by line is one JSON document with the same nodes."""
    nodes = json.loads(content, parse_float=str).get("@graph", [])
    assert sum(one.batch.size for one in judged) == len(nodes)
    key = [text for one in judged for text in one.batch.columns[table.key].to_pylist()]
    for node, text in zip(nodes, key, strict=True):
        if isinstance(node.get(table.key), str) and text is not None:
            assert node[table.key].endswith(text)
