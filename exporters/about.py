"""What catalogues want to know of a dataset, in the words that their formats share."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from armsdata.schema.metadata import Author, Metadata
from armsdata.schema.tables import DISPLAY_ORDER, TABLES

from .contract import Facts, FileFact

#: Dataset searches take descriptions of this length.
SHORTEST, LONGEST = 50, 5000

_CREATIVE_COMMONS = re.compile(r"CC-(BY(?:-NC)?(?:-ND|-SA)?)-([1-4]\.[05])")
_LICENCES = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "ODC-By-1.0": "https://opendatacommons.org/licenses/by/1-0/",
    "PDDL-1.0": "https://opendatacommons.org/licenses/pddl/1-0/",
    "OGL-UK-3.0": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "MIT": "https://opensource.org/license/mit",
}


@dataclass(frozen=True, slots=True)
class Licence:
    """The terms: what they are called, and, where known, their address and SPDX identifier."""

    name: str
    url: str = ""
    spdx: str = ""


def licence(metadata: Metadata) -> Licence:
    """The licence of the dataset. Only identifiers that we are sure of are said to be SPDX's."""
    text = metadata.license.strip()
    if re.fullmatch(r"https?://\S+", text):
        return Licence(text, url=text)
    if found := _CREATIVE_COMMONS.fullmatch(text):
        return Licence(text, f"https://creativecommons.org/licenses/{found[1].lower()}/{found[2]}/", text)
    return Licence(text, _LICENCES.get(text, ""), text if text in _LICENCES else "")


def description(metadata: Metadata) -> str:
    """The description, made long enough for catalogues by naming what is inside, and cut where it is too long."""
    text = metadata.description.strip() or f"{metadata.title}."
    if len(text) < SHORTEST:
        inside = " ".join(f"{TABLES[name].title}: {_small(TABLES[name].description)}" for name in DISPLAY_ORDER)
        text = f"{text} One row of each table is: {inside}"
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def _small(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def creators(metadata: Metadata) -> tuple[Author, ...]:
    """The authors; where none is named, the publisher or the contributors as one body."""
    return metadata.authors or (Author(metadata.publisher or f"The contributors of {metadata.title}"),)


def person_names(author: Author) -> tuple[str, str]:
    """Family and given name of an author who is written `Family, Given`; nothing is guessed for others."""
    family, comma, given = (part.strip() for part in author.name.partition(","))
    return (family, given) if comma and family and given else ("", "")


def orcid(author: Author) -> str:
    """The address of an author's ORCID; empty where there is none."""
    digits = author.orcid.strip().removesuffix("/").rsplit("/", 1)[-1]
    return f"https://orcid.org/{digits}" if digits else ""


def is_person(author: Author) -> bool:
    """Whether it is told that the author is a person (an ORCID, an affiliation, `Family, Given`)."""
    return bool(author.orcid or author.affiliation or person_names(author)[0])


def coverage(facts: Facts) -> str:
    """The time covered, as an ISO 8601 interval with `..` for an end that is open; empty where nothing is dated."""
    return f"{facts.earliest or '..'}/{facts.latest or '..'}" if facts.earliest or facts.latest else ""


def citation(metadata: Metadata) -> str:
    """How to cite the release, in one line."""
    names = "; ".join(author.name for author in creators(metadata))
    publisher = f" {metadata.publisher}." if metadata.publisher else ""
    head = f"{names} ({metadata.date.year}). {metadata.title}, version {metadata.version} [data set]."
    return f"{head}{publisher} {metadata.base_iri}"


def dataset_iri(metadata: Metadata) -> str:
    """What the dataset as such is called."""
    return metadata.base_iri


def address(metadata: Metadata, path: str) -> str:
    """Where a file of the release is to be found."""
    return f"{metadata.download_base}{path}"


def midnight(metadata: Metadata) -> str:
    """The beginning of the dataset's own day, as a timestamp."""
    return f"{metadata.date.isoformat()}T00:00:00Z"


def table_files(facts: Facts, folder: str) -> list[FileFact]:
    """The finished tables of one format, in the order in which people expect to see them."""
    found = {file.table: file for file in facts.files if file.table and file.path.startswith(f"{folder}/")}
    return [found[name] for name in DISPLAY_ORDER if name in found]


def filled(**members: Any) -> dict[str, Any]:
    """The members that have something to say: no empty text or list, no null. A trailing `_` spares Python's words."""
    return {key.removesuffix("_"): value for key, value in members.items() if value not in ("", None, [], (), {})}


def json_bytes(content: object) -> bytes:
    """JSON as it stands in a release."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
