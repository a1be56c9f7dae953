"""The page itself: what stands in it without scripts, and what the scripts fill."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib import resources
from typing import Any

from armsdata.exporters.about import address, citation, creators, description, is_person, licence, orcid
from armsdata.schema.metadata import Metadata
from armsdata.schema.tables import DISPLAY_ORDER, TABLES
from armsdata.tracing import words

from .figures import Figures, Share
from .payload import as_json, link

_SCRIPTS = ("unpack", "data", "words", "filters", "flows", "timeline", "table", "actor", "start")
_FORMATS = (("CSV", "csv", "csv"), ("Parquet", "parquet", "parquet"), ("JSON-LD", "jsonld", "jsonld"))
_TOO_MANY = (
    '<p class="note">There are too many transfers to draw in one page: flows, time and table are empty here. '
    "The figures are those of all; the tables are under “Cite and download”, and <code>armsdata trace</code> follows "
    "any actor.</p>"
)
_MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "jsonld": "application/ld+json"}


def page(metadata: Metadata, told: Figures, content: dict[str, Any], *, drawn: bool = True) -> str:
    """The whole page; `drawn` tells whether its data are those of the dataset, or were too many."""
    style = _text("style.css")
    libraries = _text("vendor/d3.min.js") + _text("vendor/d3-sankey.min.js")
    script = '"use strict";\n(() => {\n' + "".join(_text(f"script/{name}.js") for name in _SCRIPTS) + "})();\n"
    return _filled(
        "page.html",
        policy=escape(_policy(style, libraries, script)),
        language=escape(metadata.language),
        title=escape(metadata.title),
        summary=escape(description(metadata)[:300]),
        body=_body(metadata, told, drawn),
        jsonld=as_json(json_ld(metadata, told)),
        style=style,
        data=as_json(content),
        libraries=libraries,
        script=script,
    )


def _filled(template: str, **parts: str) -> str:
    """A template with its parts, put in at one go: what stands in a part is never taken for a place."""
    return re.sub(r"\{\{(\w+)\}\}", lambda place: parts[place[1]], _text(template))


@cache
def _text(name: str) -> str:
    return (resources.files(__package__) / name).read_text(encoding="utf-8")


def _policy(style: str, *scripts: str) -> str:
    """Nothing is fetched, sent or run but what is here: each script and the style by its hash."""
    allowed = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


# -------------------------------------------------------------------------------------------- body


def _body(metadata: Metadata, told: Figures, drawn: bool) -> str:
    return _filled(
        "body.html",
        title=escape(metadata.title),
        description=escape(description(metadata)),
        edition=escape(f"Version {metadata.version} of {metadata.date.isoformat()}"),
        figures=_numbers(told) + ("" if drawn else _TOO_MANY),
        doubt=_doubt(told),
        quality=_quality(told),
        use=_use(metadata),
    )


def _numbers(told: Figures) -> str:
    items = [f"<li><b>{told.rows[name]:,}</b> {TABLES[name].title.lower()}</li>" for name in DISPLAY_ORDER]
    if told.first and told.last:
        first, last = told.first.rsplit("-", 2)[0], told.last.rsplit("-", 2)[0]
        items.append(f"<li><b>{escape(first)} – {escape(last)}</b> time covered</li>")
    sums = "".join(f"<li>{escape(one)}</li>" for one in words.totals(told.totals))
    return (
        f'<ul class="figures">{"".join(items)}</ul>'
        f"<h3>All changes of custody added up</h3><p>{escape(_sentence(words.covered(told.totals)))}. "
        "Arms that changed hands several times count each time. "
        "Records that may speak of the same arms are told apart only where the data say that one is a part of "
        f'another; units are never mixed.</p><ul id="all-sums">{sums}</ul>'
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _doubt(told: Figures) -> str:
    return (
        _share_table("How sure the curators are of each transfer", "Confidence", "Transfers", told.confidence)
        + _share_table("How the sources put it", "Framing", "Claims", told.framing)
        + _share_table("How far the transfers got", "Status", "Transfers", told.status)
    )


def _quality(told: Figures) -> str:
    rows = [(escape(one.what), f"{one.number:,} of {one.of:,}", escape(one.percent)) for one in told.quality]
    found = [(escape(code), severity, f"{number:,}") for severity, code, number in told.findings]
    sums = [
        (escape(name), f"{one.transfers + one.parts:,}", escape("; ".join(words.totals(one)) or "no custody passed"))
        for name, one in told.categories
    ]
    claims = [(escape(what), f"{number:,}") for what, number in told.claims_per_transfer]
    return (
        _table("Coverage", ("What", "Number", "Share"), rows)
        + _table("Claims for each transfer", ("Claims", "Transfers"), claims)
        + _table("Transfers by decade of their earliest day", ("Decade", "Transfers"),
                 [(escape(name), f"{number:,}") for name, number in told.decades])
        + (_table("Findings of the validation", ("Finding", "Severity", "Number"), found) if found
           else "<p>Validation has no findings: every rule of the schema holds.</p>")
        + _table("How many, by category of weapon", ("Category", "Transfers with custody", "How many"), sums)
    )  # fmt: skip


def _share_table(caption: str, what: str, of: str, shares: Iterable[Share]) -> str:
    rows = [(escape(one.what), f"{one.number:,}", f"{_bar(one)} {escape(one.percent)}") for one in shares]
    return _table(caption, (what, of, "Share"), rows)


def _bar(share: Share) -> str:
    width = round(100 * share.number / share.of, 1) if share.of else 0
    return (
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="100" height="10"></rect><rect class="full" width="{width:g}" height="10"></rect></svg>'
    )


def _table(caption: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table; the cells are HTML already."""
    top = "".join(f'<th scope="col">{escape(one)}</th>' for one in head)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>' for first, *rest in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _use(metadata: Metadata) -> str:
    terms = licence(metadata)
    named = _anchor(terms.url, terms.name) if terms.url else escape(terms.name)
    files = "".join(
        f"<li>{form}: {', '.join(tables)}</li>"
        for form, folder, end in _FORMATS
        for tables in [[_anchor(address(metadata, f"{folder}/{name}.{end}"), name) for name in DISPLAY_ORDER]]
    )
    makers = ", ".join(_anchor(orcid(one), one.name) if one.orcid else escape(one.name) for one in creators(metadata))
    return (
        f'<h3>Cite</h3><p class="cite">{escape(citation(metadata))}</p>'
        f"<p>Made by {makers}.</p><h3>Licence</h3><p>{named}</p><h3>Download</h3>"
        f"<p>The same tables in three formats, at {_anchor(metadata.download_base, metadata.download_base)}:</p>"
        f"<ul>{files}</ul><p>In a release folder they stand beside this page.</p>"
    )


def _anchor(url: str, text: str) -> str:
    safe = link(url)
    return f'<a href="{escape(safe)}" rel="noopener noreferrer">{escape(text)}</a>' if safe else escape(text)


# ---------------------------------------------------------------------------------------- for machines


def json_ld(metadata: Metadata, told: Figures) -> dict[str, Any]:
    """The dataset in the words of schema.org, as dataset searches read it."""
    terms = licence(metadata)
    makers = [
        {"@type": "Person" if is_person(one) else "Organization", "name": one.name}
        | ({"sameAs": orcid(one)} if one.orcid else {})
        for one in creators(metadata)
    ]
    members: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": metadata.base_iri,
        "name": metadata.title,
        "description": description(metadata),
        "url": metadata.download_base,
        "identifier": metadata.base_iri,
        "version": metadata.version,
        "datePublished": metadata.date.isoformat(),
        "inLanguage": metadata.language,
        "license": terms.url or terms.name,
        "creator": makers,
        "publisher": {"@type": "Organization", "name": metadata.publisher} if metadata.publisher else None,
        "keywords": list(metadata.keywords),
        "spatialCoverage": list(metadata.spatial),
        "temporalCoverage": f"{told.first or '..'}/{told.last or '..'}" if told.first or told.last else "",
        "isAccessibleForFree": True,
        "citation": citation(metadata),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": f"{name} ({form})",
                "encodingFormat": _MEDIA[folder],
                "contentUrl": address(metadata, f"{folder}/{name}.{end}"),
            }
            for form, folder, end in _FORMATS
            for name in DISPLAY_ORDER
        ],
    }
    return {name: value for name, value in members.items() if value not in ("", None, [])}
