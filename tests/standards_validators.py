"""The validators that others wrote, each as a function from a release folder to what it complains of.

One that is not installed skips the test that asks for it. None of them may open a connection.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from armsdata.schema import TABLES

from standards_support import no_network

GRAPHS = [*(f"{name}.jsonld" for name in TABLES), "vocabularies.jsonld", "dataset.jsonld"]
#: jsonld.js is installed beside the package, by npm: this names the folder that holds `node_modules`.
NODE = os.environ.get("ARMSDATA_NODE", "")
CANONIZE = """
const jsonld = require('jsonld'), fs = require('fs');
const documentLoader = url => { throw new Error('a network was wanted for ' + url); };
jsonld.canonize(JSON.parse(fs.readFileSync(process.argv[1], 'utf8')),
    {algorithm: 'RDFC-1.0', format: 'application/n-quads', safe: true, documentLoader})
  .then(text => process.stdout.write(text), error => { console.error(error); process.exit(1); });
"""
CRATE_CONTEXT = "https://w3id.org/ro/crate/1.1/context"


# ---------------------------------------------------------------------------------------------- linked data


def canonical(quads: Any) -> str:
    """The canonical N-Quads of a graph by RDFC-1.0, as pyoxigraph makes them."""
    import pyoxigraph

    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset))


def by_pyld(path: Path) -> str:
    """The canonical graph of a file, read by PyLD. (The algorithm became RDFC-1.0 under its later name.)"""
    jsonld = pytest.importorskip("pyld").jsonld
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": no_network}
    return str(jsonld.normalize(json.loads(path.read_text("utf-8")), options))


def by_oxigraph(path: Path) -> str:
    """The canonical graph of a file, read by oxigraph."""
    pyoxigraph = pytest.importorskip("pyoxigraph")
    return canonical(pyoxigraph.parse(path.read_bytes(), format=pyoxigraph.RdfFormat.JSON_LD))


def by_rdflib(path: Path) -> str:
    """The canonical graph of a file, read by rdflib."""
    rdflib, pyoxigraph = pytest.importorskip("rdflib"), pytest.importorskip("pyoxigraph")
    triples = rdflib.Graph().parse(path, format="json-ld").serialize(format="nt11")
    return canonical(pyoxigraph.parse(triples.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES))


def by_jsonld_js(path: Path) -> str:
    """The canonical graph of a file, read by jsonld.js, which fails on any key that it would drop."""
    node = shutil.which("node")
    if not (NODE and node):
        pytest.skip("ARMSDATA_NODE names no folder into which npm has installed jsonld, or there is no node")
    command = [node, "-e", CANONIZE, os.fspath(path)]
    return subprocess.run(command, cwd=NODE, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def _reads(reader: Callable[[Path], str]) -> Callable[[Path], list[str]]:
    """Complaints: the files of which a reader sees another graph than PyLD."""

    def judge(release: Path) -> list[str]:
        paths = [release / "jsonld" / name for name in GRAPHS]
        graphs = {path: reader(path) for path in paths}
        return [path.name for path in paths if not graphs[path] or graphs[path] != by_pyld(path)]

    return judge


def merged(release: Path) -> Any:
    """The merged graph of all tables and vocabularies."""
    graph = pytest.importorskip("rdflib").Graph()
    for name in GRAPHS:
        graph.parse(release / "jsonld" / name, format="json-ld")
    return graph


def shacl_complaints(shapes: Path, graph: Any) -> list[str]:
    """What pyshacl has against a graph."""
    pyshacl = pytest.importorskip("pyshacl")
    valid, _, text = pyshacl.validate(graph, shacl_graph=os.fspath(shapes), inference="none")
    return [] if valid else [text]


# ---------------------------------------------------------------------------------------------- manifests


def by_frictionless(release: Path) -> list[str]:
    """Errors and warnings of `frictionless validate`."""
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(os.fspath(release / "datapackage.json"))
    found = [error.message for error in report.errors] + report.warnings
    for task in report.tasks:
        found += [f"{task.name}: {error.message}" for error in task.errors] + task.warnings
    return found if found or report.valid else ["not valid"]


def by_csvw(release: Path) -> list[str]:
    """What the `csvw` package has against the CSV files and their metadata."""
    csvw = pytest.importorskip("csvw")
    try:
        found = csvw.CSVW(os.fspath(release / "csv/csv-metadata.json"), validate=True)
        valid = found.is_valid
    except (ValueError, AssertionError) as error:
        return [str(error)]
    warned = [str(warning.message) for warning in found.warnings]
    return warned if warned or valid else ["not valid"]


def by_mlcroissant(release: Path) -> list[str]:
    """What mlcroissant has against the metadata, and record sets that do not iterate in full."""
    mlcroissant = pytest.importorskip("mlcroissant")
    try:
        dataset = mlcroissant.Dataset(jsonld=os.fspath(release / "croissant.json"))
    except mlcroissant.ValidationError as error:
        return [str(error)]
    issues = dataset.metadata.issues
    found = [*map(str, issues.errors), *map(str, issues.warnings)]
    for table in TABLES.values():
        try:
            keys = {record[f"{table.name}/{table.key}"] for record in dataset.records(record_set=table.name)}
        except Exception as error:
            found.append(f"{table.name}: {error}")
            continue
        rows = json.loads((release / f"jsonld/{table.name}.jsonld").read_text("utf-8"))["@graph"]
        if keys != {row[table.key].encode() for row in rows}:
            found.append(f"{table.name}: other records than the table has")
    return found


def by_roc_validator(release: Path) -> list[str]:
    """What RO-Crate 1.1 requires and is not met. The context that it demands comes from the `rocrate` package."""
    services = pytest.importorskip("rocrate_validator.services")
    models, http = (pytest.importorskip(f"rocrate_validator.{name}") for name in ("models", "utils.http"))
    context = _crate_context()

    def get(_: Any, url: str, *__: Any, **___: Any) -> Any:
        assert url == CRATE_CONTEXT, url
        headers = {"Content-Type": "application/ld+json"}
        return SimpleNamespace(status_code=200, headers=headers, text=json.dumps(context), json=lambda: context)

    settings = services.ValidationSettings(
        rocrate_uri=os.fspath(release),
        profile_identifier="ro-crate-1.1",
        requirement_severity=models.Severity.REQUIRED,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http.HttpRequester, "get", get, raising=False)
        result = services.validate(settings)
    return [f"{issue.check.identifier}: {issue.message}" for issue in result.get_issues()]


def _crate_context() -> Any:
    rocrate = pytest.importorskip("rocrate")
    context = json.loads((Path(rocrate.__file__).parent / "data/ro-crate.jsonld").read_text("utf-8"))
    if context["@id"] != CRATE_CONTEXT:
        pytest.skip("this rocrate package carries the context of another version of the standard")
    return context


def by_datacite(release: Path) -> list[str]:
    """What the schema of DataCite 4.5 has against the metadata."""
    schema45 = pytest.importorskip("datacite.schema45")
    content = json.loads((release / "datacite.json").read_text("utf-8"))
    return [error.message for error in schema45.validator.iter_errors(content)]


def by_cffconvert(release: Path) -> list[str]:
    """What cffconvert has against the citation file. It wants an environment of its own."""
    tool = os.environ.get("ARMSDATA_CFFCONVERT") or shutil.which("cffconvert")
    if not tool:
        pytest.skip("there is no cffconvert on the path, and ARMSDATA_CFFCONVERT names none")
    command = [tool, "--validate", "--infile", os.fspath(release / "CITATION.cff")]
    run = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    return [] if run.returncode == 0 else [run.stdout + run.stderr]


# ---------------------------------------------------------------------------------------------- all of them


@dataclass(frozen=True)
class Validator:
    """One validator, and what it judges."""

    name: str
    standard: str
    files: str
    judge: Callable[[Path], list[str]]

    def version(self) -> str:
        """Its installed version."""
        if self.name == "jsonld.js":
            return str(json.loads((Path(NODE) / "node_modules/jsonld/package.json").read_text("utf-8"))["version"])
        if self.name == "cffconvert":
            tool = os.environ.get("ARMSDATA_CFFCONVERT") or "cffconvert"
            return subprocess.run([tool, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]
        return importlib.metadata.version(self.name)


VALIDATORS = [
    Validator("PyLD", "JSON-LD 1.1", "jsonld/*.jsonld", _reads(by_pyld)),
    Validator("rdflib", "JSON-LD 1.1", "jsonld/*.jsonld", _reads(by_rdflib)),
    Validator("pyoxigraph", "JSON-LD 1.1, RDFC-1.0", "jsonld/*.jsonld", _reads(by_oxigraph)),
    Validator("jsonld.js", "JSON-LD 1.1, RDFC-1.0", "jsonld/*.jsonld", _reads(by_jsonld_js)),
    Validator(
        "pyshacl",
        "SHACL, SKOS",
        "jsonld/shapes.ttl, jsonld/*.jsonld",
        lambda release: shacl_complaints(release / "jsonld/shapes.ttl", merged(release)),
    ),
    Validator("csvw", "CSV on the Web", "csv/csv-metadata.json, csv/*.csv", by_csvw),
    Validator("frictionless", "Data Package 2", "datapackage.json, csv/*.csv, parquet/*.parquet", by_frictionless),
    Validator("mlcroissant", "Croissant 1.0", "croissant.json, parquet/*.parquet", by_mlcroissant),
    Validator("roc-validator", "RO-Crate 1.1", "ro-crate-metadata.json", by_roc_validator),
    Validator("datacite", "DataCite 4.5", "datacite.json", by_datacite),
    Validator("cffconvert", "Citation File Format 1.2.0", "CITATION.cff", by_cffconvert),
]
