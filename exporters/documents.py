"""The documents of a release, in the order of writing: what carries sums and sizes follows what it speaks of."""

from __future__ import annotations

from .citation import citation_cff
from .contract import Document
from .croissant import croissant
from .csvw import csv_metadata
from .datacite import datacite
from .datapackage import datapackage
from .dataset import dataset_jsonld
from .ontology import vocabularies
from .readme import readme
from .rocrate import ro_crate
from .shacl import shapes

_JSON, _JSONLD = "application/json", "application/ld+json"

#: `index.html` belongs before the last of these, `SHA256SUMS` behind it.
DOCUMENTS: tuple[Document, ...] = (
    Document("csv/csv-metadata.json", "application/csvm+json", csv_metadata, ("csv",)),
    Document("jsonld/vocabularies.jsonld", _JSONLD, vocabularies, ("jsonld",)),
    Document("jsonld/shapes.ttl", "text/turtle", shapes, ("jsonld",)),
    Document("CITATION.cff", "application/yaml", citation_cff),
    Document("datacite.json", "application/vnd.datacite.datacite+json", datacite),
    Document("jsonld/dataset.jsonld", _JSONLD, dataset_jsonld, ("jsonld",)),
    Document("datapackage.json", _JSON, datapackage, ("csv", "parquet")),
    Document("croissant.json", _JSONLD, croissant, ("parquet",)),
    Document("README.md", "text/markdown", readme),
    Document("ro-crate-metadata.json", _JSONLD, ro_crate),
)
