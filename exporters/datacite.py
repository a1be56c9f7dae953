"""DataCite 4.5: what a data repository needs to give the release a DOI."""

from __future__ import annotations

from typing import Any

from armsdata.schema.metadata import Author
from armsdata.schema.tables import DISPLAY_ORDER, TABLES

from .about import (
    address,
    coverage,
    creators,
    dataset_iri,
    description,
    filled,
    is_person,
    json_bytes,
    licence,
    orcid,
    person_names,
)
from .contract import Facts


def datacite(facts: Facts) -> bytes:
    """`datacite.json`."""
    metadata = facts.metadata
    size = sum(file.rows for file in facts.files if file.path.startswith(_first_folder(facts)))
    return json_bytes(
        filled(
            url=address(metadata, ""),
            types={"resourceTypeGeneral": "Dataset", "resourceType": "Tables of arms transfers"},
            creators=[_creator(author) for author in creators(metadata)],
            titles=[filled(title=metadata.title, lang=metadata.language)],
            publisher={"name": metadata.publisher or ":unav"},
            publicationYear=str(metadata.date.year),
            subjects=[{"subject": keyword} for keyword in dict.fromkeys(metadata.keywords)],
            dates=_dates(facts),
            language=metadata.language,
            alternateIdentifiers=[
                {"alternateIdentifier": dataset_iri(metadata), "alternateIdentifierType": "IRI"},
            ],
            sizes=[f"{size} rows"] if size else [],
            formats=sorted({file.media_type for file in facts.files}),
            version=metadata.version,
            rightsList=[_rights(facts)],
            descriptions=[
                {"description": description(metadata), "descriptionType": "Abstract"},
                {"description": _columns(), "descriptionType": "TechnicalInfo"},
            ],
            geoLocations=[{"geoLocationPlace": place} for place in dict.fromkeys(metadata.spatial)],
            schemaVersion="http://datacite.org/schema/kernel-4",
        )
    )


def _first_folder(facts: Facts) -> str:
    """The folder of one of the formats: each holds the same rows."""
    return next((file.path.split("/")[0] + "/" for file in facts.files if file.table), "-")


def _creator(author: Author) -> dict[str, Any]:
    family, given = person_names(author)
    identifier = {"nameIdentifier": orcid(author), "nameIdentifierScheme": "ORCID", "schemeUri": "https://orcid.org"}
    return filled(
        name=author.name,
        nameType="Personal" if is_person(author) else "",
        givenName=given,
        familyName=family,
        affiliation=[{"name": author.affiliation}] if author.affiliation else [],
        nameIdentifiers=[identifier] if author.orcid else [],
    )


def _dates(facts: Facts) -> list[dict[str, str]]:
    issued = {"date": facts.metadata.date.isoformat(), "dateType": "Issued"}
    if not (facts.earliest and facts.latest):
        return [issued]
    return [issued, {"date": coverage(facts), "dateType": "Other", "dateInformation": "Time covered by the transfers"}]


def _rights(facts: Facts) -> dict[str, Any]:
    terms = licence(facts.metadata)
    spdx = {"rightsIdentifierScheme": "SPDX", "schemeUri": "https://spdx.org/licenses/"} if terms.spdx else {}
    return filled(rights=terms.name, rightsUri=terms.url, rightsIdentifier=terms.spdx, **spdx)


def _columns() -> str:
    tables = (TABLES[name] for name in DISPLAY_ORDER)
    return " ".join(f"Table {table.name}: {', '.join(column.name for column in table.columns)}." for table in tables)
