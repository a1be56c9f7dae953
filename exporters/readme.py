"""`README.md` of a release: what it is, which file is for whom, and the data dictionary."""

from __future__ import annotations

from collections.abc import Iterator

from .about import citation, coverage, creators, licence, orcid
from .contract import Facts
from .markdown import all_tables, cell, code_lists, dictionary

#: What each document of a release is for; tables of the formats are told of in `_FOLDERS`.
PURPOSES = {
    "csv/csv-metadata.json": "what the CSV columns are, for tools that know CSV on the Web",
    "jsonld/vocabularies.jsonld": "the ontology, and the code lists as SKOS concept schemes",
    "jsonld/shapes.ttl": "SHACL shapes for the merged graph of all tables",
    "jsonld/dataset.jsonld": "the dataset for search engines and data portals (schema.org, DCAT)",
    "datapackage.json": "Frictionless Data Package, version 2",
    "croissant.json": "Croissant 1.0, for machine-learning tools",
    "ro-crate-metadata.json": "RO-Crate 1.1, for research archives",
    "datacite.json": "DataCite 4.5 metadata, for a DOI",
    "CITATION.cff": "how to cite, for reference managers",
    "index.html": "what is in the data, drawn; opens in any browser",
    "SHA256SUMS": "checksums; `sha256sum -c SHA256SUMS` tests the folder",
}
_FOLDERS = {
    "csv": "the tables as CSV: for spreadsheets, R, Stata, and everything else",
    "parquet": "the tables with real types: for pandas, polars, DuckDB, R (`arrow`)",
    "jsonld": "the tables as linked data (JSON-LD 1.1)",
}
_ALWAYS = ("ro-crate-metadata.json", "datacite.json", "CITATION.cff", "SHA256SUMS")

_READING = """\
* Text is UTF-8 in Unicode NFC. CSV files follow RFC 4180 and have one header row.
* **The only null is the empty cell. `NA` is Namibia**: tell R `na.strings = ""`, pandas `keep_default_na=False`.
* Lists are joined with `; ` in CSV, and are real lists in Parquet and JSON-LD.
* Dates marked EDTF are as precise, or as vague, as their source has them: `2007~` is about 2007, `2006/2008` from 2006
  to 2008, `199X` some year of the nineties, `2014-06-10?` uncertain. The earliest and the latest day that such a text
  allows stand in the columns `…_earliest` and `…_latest`; they are empty where that end is open or unknown.
* Quantities are decimals in the unit of their row. Do not add up units, nor transfers that are `part_of` another one.
* `unknown` is a party of its own: somebody whom no source names."""


def readme(facts: Facts) -> bytes:
    """The file."""
    lines = [*_head(facts), *_files(facts), *_tables(facts), *_use(facts)]
    return ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8")


def _head(facts: Facts) -> Iterator[str]:
    metadata = facts.metadata
    yield from (f"# {cell(metadata.title)}", "")
    if metadata.description.strip():
        yield from (metadata.description.strip().replace("<", "&lt;"), "")
    yield f"Version {metadata.version}, {metadata.date.isoformat()}."
    if coverage(facts):
        yield f"The transfers' dates allow {facts.earliest or 'an open beginning'} to {facts.latest or 'an open end'}."
    if metadata.spatial:
        yield f"Regions: {cell(', '.join(metadata.spatial))}."
    yield ""


def _files(facts: Facts) -> Iterator[str]:
    """What is in the folder. Documents that are finished after this one are known by name."""
    folders = {file.path.split("/")[0] for file in facts.files if file.table}
    present = {file.path for file in facts.files} | set(_ALWAYS)
    yield from ("## Files", "", "| file | what it is |", "|---|---|")
    for folder, purpose in _FOLDERS.items():
        if folder in folders:
            yield f"| `{folder}/` | {purpose} |"
    for path, purpose in PURPOSES.items():
        if path in present:
            yield f"| `{path}` | {purpose} |"
    if "index.html" not in present:
        yield from ("", "There is no `index.html`: so many records are too much for one page.")
    yield from ("", "## How to read them", "", _READING, "")


def _tables(facts: Facts) -> Iterator[str]:
    rows = {file.table: file.rows for file in facts.files if file.table}
    yield from ("## Tables", "", *dictionary(all_tables(), rows))
    yield from ("## Code lists", "", *code_lists(all_tables()))


def _use(facts: Facts) -> Iterator[str]:
    metadata, terms = facts.metadata, licence(facts.metadata)
    yield from ("## Citing", "", f"> {cell(citation(metadata))}", "")
    for author in creators(metadata):
        more = ", ".join(filter(None, (author.affiliation, orcid(author))))
        yield f"* {cell(author.name)}{f' ({cell(more)})' if more else ''}"
    yield from ("", "## Licence", "", f"[{cell(terms.name)}]({terms.url})" if terms.url else cell(terms.name))
