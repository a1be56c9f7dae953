"""What a dataset says of itself: `dataset.toml`."""

from __future__ import annotations

import contextlib
import datetime
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE_NAME = "dataset.toml"
BASE_IRI = "https://w3id.org/armsdata/"
_LISTS = ("keywords", "spatial")
_TEXTS = (
    "name", "title", "description", "version", "license", "base_iri", "download_base", "language", "publisher",
)  # fmt: skip
_KNOWN = (*_TEXTS, *_LISTS, "date", "authors")
_REQUIRED = ("title", "version", "date", "license")
#: Controls (line breaks too) and what turns the direction of reading.
_ACTIVE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_FORMS = {"name": r"[a-z0-9]+(-[a-z0-9]+)*", "version": r"[A-Za-z0-9][A-Za-z0-9._+-]*"}


class MetadataError(ValueError):
    """`dataset.toml` cannot be used; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Author:
    """One author of the dataset."""

    name: str
    orcid: str = ""
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The content of `dataset.toml`.

    Attributes:
        title: the dataset's title.
        version: its version, such as ``0.1.0``.
        date: the day of the version.
        license: an SPDX identifier, or an address or text of the terms.
        name: a slug for file names; made of the title where it is not given.
        description: a paragraph.
        base_iri: what the IRIs of all records begin with; ends with ``/``.
        download_base: the address at which the release folder will be found; ends with ``/``.
        language: BCP 47.
        keywords: words for catalogues.
        spatial: names of the regions covered.
        publisher: who publishes it.
        authors: who made it.
    """

    title: str
    version: str
    date: datetime.date
    license: str
    name: str = ""
    description: str = ""
    base_iri: str = BASE_IRI
    download_base: str = ""
    language: str = "en"
    keywords: tuple[str, ...] = ()
    spatial: tuple[str, ...] = ()
    publisher: str = ""
    authors: tuple[Author, ...] = field(default=())

    def __post_init__(self) -> None:
        slug = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-") or "dataset"
        object.__setattr__(self, "name", self.name or slug)
        object.__setattr__(self, "download_base", self.download_base or f"{self.base_iri}release/{self.version}/")


def read_metadata(path: Path) -> Metadata:
    """Read a `dataset.toml`.

    Args:
        path: the file.

    Raises:
        MetadataError: it is no TOML, lacks what is required, or holds what is not known.
        OSError: it cannot be read.
    """
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise MetadataError(f"{path}: not UTF-8 (byte {error.start + 1}); save it as UTF-8") from None
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, but for too many digits and too deep nesting
        raise MetadataError(f"{path}: not TOML: {error}") from None
    try:
        return _metadata(content)
    except MetadataError as error:
        raise MetadataError(f"{path}: {error}") from None


def _metadata(content: dict[str, Any]) -> Metadata:
    if unknown := sorted(content.keys() - set(_KNOWN)):
        raise MetadataError(f"`{unknown[0]}` is not known; known are {', '.join(_KNOWN)}")
    if missing := [key for key in _REQUIRED if content.get(key) in ("", None)]:
        raise MetadataError(f"`{missing[0]}` is missing; required are {', '.join(_REQUIRED)}")
    for key in _TEXTS:
        if not isinstance(content.get(key, ""), str):
            raise MetadataError(f"`{key}` must be a text in quotation marks")
    for key in _LISTS:
        values = content.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise MetadataError(f'`{key}` must be a list of texts, such as ["Iraq", "Syria"]')
    for key, value in _all_texts(content):
        if _ACTIVE.search(value.replace("\n", " ") if key == "description" else value):
            raise MetadataError(f"`{key}` holds a line break, or a character that nobody sees; remove it")
    for key, form in _FORMS.items():  # they stand in the names of files
        if content.get(key) and not re.fullmatch(form, content[key]):
            raise MetadataError(f"`{key}` is {content[key]!r}; it must be of the form {form}")
    for key, ending in (("base_iri", "/"), ("download_base", "/")):
        _check_address(key, content.get(key, ""), ending)
    given: dict[str, Any] = {key: tuple(content[key]) if key in _LISTS else content[key] for key in content}
    given |= {"date": _date(content["date"]), "authors": _authors(content.get("authors", []))}
    return Metadata(**given)


def _all_texts(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts, those of lists and of authors too; they go into pages and catalogues."""
    for key, value in content.items():
        for one in value if isinstance(value, list) else [value]:
            for text in one.values() if isinstance(one, dict) else [one]:
                if isinstance(text, str):
                    yield key, text


def _check_address(key: str, value: str, ending: str) -> None:
    if value and not (re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", value) and value[-1] in ending):
        raise MetadataError(f"`{key}` must be an http or https address that ends with {' or '.join(ending)}")


def _date(value: object) -> datetime.date:
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = datetime.date.fromisoformat(value)
    if isinstance(value, datetime.datetime) or not isinstance(value, datetime.date):
        raise MetadataError("`date` must be a day, such as 2026-11-24")
    return value


def _authors(value: object) -> tuple[Author, ...]:
    fields = ("name", "orcid", "affiliation")
    if not isinstance(value, list) or not all(
        isinstance(one, dict)
        and one.get("name")
        and set(one) <= set(fields)
        and all(isinstance(v, str) for v in one.values())
        for one in value
    ):
        raise MetadataError(
            "each [[authors]] needs a `name`, and may have `orcid` and `affiliation`, all of them texts"
        )
    return tuple(Author(**one) for one in value)
