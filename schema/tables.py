"""The five tables: every column, declared once. Nothing else in the project lists them."""

from __future__ import annotations

from .columns import SLUG, STATE_CODE, Column, Kind, Table


def _text(name: str, title: str, description: str, *aligned: str, required: bool = False) -> Column:
    return Column(name, Kind.TEXT, title, description, required=required, aligned=aligned)


def _code(name: str, title: str, description: str, vocabulary: str, *, required: bool = False) -> Column:
    return Column(name, Kind.CODE, title, description, required=required, vocabulary=vocabulary)


def _ref(name: str, table: str, title: str, description: str, *aligned: str, required: bool = False) -> Column:
    return Column(name, Kind.REFERENCE, title, description, required=required, references=table, aligned=aligned)


def _refs(name: str, table: str, title: str, description: str, *aligned: str, ordered: bool = False) -> Column:
    return Column(
        name, Kind.REFERENCE, title, description, many=True, ordered=ordered, references=table, aligned=aligned
    )


def _number(name: str, title: str, description: str, unit: str, *, positive: bool = True) -> Column:
    return Column(name, Kind.DECIMAL, title, description, unit=unit, positive=positive)


def _key(name: str, title: str, description: str, pattern: str = SLUG) -> Column:
    return Column(name, Kind.ID, title, description, required=True, pattern=pattern, aligned=("dcterms:identifier",))


def _edtf(name: str, title: str, description: str, *aligned: str, bounds: bool = False) -> tuple[Column, ...]:
    column = Column(name, Kind.EDTF, title, description, aligned=aligned)
    if not bounds:
        return (column,)
    return (
        column,
        *(
            Column(
                f"{name}_{end}",
                Kind.DATE,
                f"{title}: {end} day",
                f"The {end} day that the text of `{name}` allows; empty where that end is open or unknown. "
                "Derived, in releases only.",
                derived_from=name,
                end=end,
            )
            for end in ("earliest", "latest")
        ),
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_UNIT = "the unit in quantity_unit"

TRANSFERS = Table(
    "transfers",
    "transfer",
    "Transfers",
    "A documented change, or loss, of custody of arms.",
    (
        _key("transfer_id", "Transfer", "The key of the transfer: a lower-case slug, never changed once published."),
        _code("kind", "Kind", "How custody changed or was lost.", "transfer-kind", required=True),
        _code("status", "Status", "How far the transfer got.", "transfer-status", required=True),
        _ref(
            "supplier",
            "actors",
            "Supplier",
            "Who gave up custody, willingly or not; `unknown` where no source says.",
            "prov:wasAssociatedWith",
            required=True,
        ),
        _ref(
            "recipient",
            "actors",
            "Recipient",
            "Who gained custody; `unknown` where no source says, as after most losses.",
            "prov:wasAssociatedWith",
            required=True,
        ),
        _ref("end_user", "actors", "End user", "For whom the arms were meant, where that is not the recipient."),
        _refs("origin", "actors", "Origin", "The states that produced the arms."),
        _refs(
            "via",
            "actors",
            "Via",
            "Through whose hands the arms went between supplier and recipient, in the order of movement.",
            ordered=True,
        ),
        _refs("brokers", "actors", "Brokers", "Who arranged the deal without holding the arms."),
        _refs("carriers", "actors", "Carriers", "Who moved the arms."),
        _refs("funders", "actors", "Funders", "Who paid, where that is not the recipient."),
        _code("category", "Category", "The category of weapon or equipment.", "weapon-category", required=True),
        _ref("weapon", "weapons", "Weapon", "The model or type, where the sources name one."),
        _text("designation", "Designation", "The arms as the sources call them."),
        _code("condition", "Condition", "New or used.", "condition"),
        _number(
            "quantity", "Quantity", "The number or amount that changed hands, where one figure is supported.", _UNIT
        ),
        _number("quantity_low", "Quantity, at least", "The least that the sources allow.", _UNIT),
        _number("quantity_high", "Quantity, at most", "The most that the sources allow.", _UNIT),
        _code("quantity_unit", "Unit", "The unit of every quantity of the row.", "unit"),
        Column(
            "quantity_approximate",
            Kind.BOOLEAN,
            "Quantity is approximate",
            "`true` where the sources give a round or estimated figure, `false` where they give a count.",
        ),
        _number("quantity_ordered", "Quantity ordered", "The number or amount ordered.", _UNIT),
        *_edtf("ordered", "Ordered", "When contracted, licensed, notified or decided (EDTF).", bounds=True),
        *_edtf(
            "delivered",
            "Delivered",
            "When delivered, or when the capture, theft, loss or seizure happened (EDTF).",
            "prov:endedAtTime",
            bounds=True,
        ),
        _number(
            "value",
            "Value",
            "The price or worth that a source states.",
            "the currency in value_currency",
            positive=False,
        ),
        _code("value_currency", "Currency", "The currency of the value (ISO 4217, withdrawn ones too).", "currency"),
        _number(
            "tiv", "TIV", "SIPRI trend-indicator value of what was delivered.", "millions of SIPRI TIV", positive=False
        ),
        _text("place", "Place", "Where it happened, as the sources name it.", "prov:atLocation"),
        _ref(
            "part_of",
            "transfers",
            "Part of",
            "The aggregate transfer that already counts this one.",
            "dcterms:isPartOf",
        ),
        _refs(
            "upstream",
            "transfers",
            "Upstream",
            "The earlier transfers that these arms came from.",
            "prov:wasInformedBy",
        ),
        _code(
            "confidence",
            "Confidence",
            "How sure the curators are that it happened as recorded.",
            "confidence",
            required=True,
        ),
        _text("notes", "Notes", "What a reader must know besides.", "skos:note"),
        Column(
            "recorded_on",
            Kind.DATE,
            "Recorded on",
            "The day the record was first entered.",
            required=True,
            aligned=("dcterms:created",),
        ),
        Column(
            "revised_on", Kind.DATE, "Revised on", "The day the record was last changed.", aligned=("dcterms:modified",)
        ),
    ),
    alike=_names(
        "kind supplier recipient end_user via category weapon designation condition quantity "
        "quantity_low quantity_high quantity_unit quantity_ordered ordered delivered value "
        "value_currency tiv place"
    ),
    aligned=("prov:Activity",),
)

CLAIMS = Table(
    "claims",
    "claim",
    "Claims",
    "What one source says about one transfer, with the place in the source.",
    (
        _key("claim_id", "Claim", "The key of the claim: a lower-case slug."),
        _ref("transfer_id", "transfers", "Transfer", "The transfer it speaks of.", "schema:about", required=True),
        _ref("source_id", "sources", "Source", "The document that says so.", "prov:hadPrimarySource", required=True),
        _text("locator", "Locator", "The page, section or table of the source."),
        _code("framing", "Framing", "How the source puts it.", "framing", required=True),
        _text("quantity_reported", "Quantity as reported", "The source's own short wording of the quantity."),
        _number("quantity", "Quantity", "The figure that the source gives.", "the unit of the transfer"),
        _number(
            "quantity_low",
            "Quantity, at least",
            "The least that the source's wording supports.",
            "the unit of the transfer",
        ),
        _number(
            "quantity_high",
            "Quantity, at most",
            "The most that the source's wording supports.",
            "the unit of the transfer",
        ),
        *_edtf("date_reported", "Date reported", "When it happened, according to the source (EDTF)."),
        Column("read_at", Kind.URL, "Read at", "The address at which the source was read.", aligned=("schema:url",)),
        _text("notes", "Notes", "What a reader must know besides.", "skos:note"),
    ),
    alike=_names(
        "transfer_id source_id locator framing quantity_reported quantity quantity_low quantity_high date_reported"
    ),
    aligned=("prov:Entity", "schema:Claim"),
)

ACTORS = Table(
    "actors",
    "actor",
    "Actors",
    "A state, armed group, force, company, organisation, person, or the unknown party.",
    (
        _key(
            "actor_id",
            "Actor",
            "The key of the actor: the ISO 3166-1 alpha-3 code of a state (a former state's code of ISO 3166-3), "
            "a lower-case slug for everybody else.",
            f"{STATE_CODE}|{SLUG}",
        ),
        _text("name", "Name", "The name in common English use.", "schema:name", "skos:prefLabel", required=True),
        _code("kind", "Kind", "What sort of actor it is.", "actor-kind", required=True),
        _ref("part_of", "actors", "Part of", "The state or body it belongs to.", "dcterms:isPartOf"),
        Column(
            "aliases",
            Kind.TEXT,
            "Aliases",
            "Other names, spellings and abbreviations under which people look for it.",
            many=True,
            aligned=("schema:alternateName", "skos:altLabel"),
        ),
        *_edtf("active", "Active", "From when to when it existed (EDTF)."),
        Column(
            "iso3166",
            Kind.IDENTIFIER,
            "ISO 3166",
            "Its ISO 3166-1 alpha-2 code; a former state's four letters of ISO 3166-3.",
            pattern="[A-Z]{2}|[A-Z]{4}",
        ),
        Column("gwcode", Kind.INTEGER, "Gleditsch-Ward number", "Its number in the Gleditsch-Ward list of states."),
        Column("wikidata", Kind.IDENTIFIER, "Wikidata", "Its Wikidata item, such as `Q796`.", pattern="Q[1-9][0-9]*"),
        _text("notes", "Notes", "What a reader must know besides.", "skos:note"),
    ),
    alike=("name", "kind", "part_of"),
    aligned=("prov:Agent",),
)

WEAPONS = Table(
    "weapons",
    "weapon",
    "Weapons",
    "A model or type of weapon, ammunition or equipment.",
    (
        _key("weapon_id", "Weapon", "The key of the weapon: a lower-case slug."),
        _text(
            "designation",
            "Designation",
            "The model or type by its common designation.",
            "schema:name",
            "skos:prefLabel",
            required=True,
        ),
        _code("category", "Category", "Its category.", "weapon-category", required=True),
        _refs("origin", "actors", "Origin", "The states that designed or produced it."),
        _text("calibre", "Calibre", "Its calibre, as written in the sources."),
        Column(
            "aliases",
            Kind.TEXT,
            "Aliases",
            "Other designations under which people look for it.",
            many=True,
            aligned=("schema:alternateName", "skos:altLabel"),
        ),
        Column("wikidata", Kind.IDENTIFIER, "Wikidata", "Its Wikidata item, such as `Q37116`.", pattern="Q[1-9][0-9]*"),
        _text("notes", "Notes", "What a reader must know besides.", "skos:note"),
    ),
    alike=("designation", "category", "calibre"),
    aligned=("schema:ProductModel",),
)

SOURCES = Table(
    "sources",
    "source",
    "Sources",
    "A published document.",
    (
        _key("source_id", "Source", "The key of the source: a lower-case slug."),
        _code("type", "Type", "What sort of document it is.", "source-type", required=True),
        _text("title", "Title", "Its title.", "dcterms:title", "schema:name", required=True),
        Column(
            "authors",
            Kind.TEXT,
            "Authors",
            "Who wrote it, in the order of the document.",
            many=True,
            ordered=True,
            aligned=("schema:author",),
        ),
        _text("publisher", "Publisher", "Who published it.", "schema:publisher"),
        *_edtf("published", "Published", "When it was published (EDTF).", "dcterms:issued", "schema:datePublished"),
        _text("document_number", "Document number", "Its number in a series, such as `GAO-07-711`."),
        Column("url", Kind.URL, "Address", "Where it is to be found.", aligned=("schema:url",)),
        Column(
            "doi",
            Kind.IDENTIFIER,
            "DOI",
            "Its DOI, without address: `10.…/…`.",
            pattern=r"10\.[0-9]{4,9}/[!-~]+",
        ),
        Column(
            "language",
            Kind.LANGUAGE,
            "Language",
            "The language it is written in (BCP 47).",
            aligned=("dcterms:language",),
        ),
        Column("accessed", Kind.DATE, "Accessed", "The day it was read."),
        _text("notes", "Notes", "What a reader must know besides.", "skos:note"),
    ),
    alike=_names("title type authors publisher published url"),
    aligned=("prov:Entity", "schema:CreativeWork"),
)

#: Every table by name, in the order in which they are read: what others refer to comes first.
TABLES: dict[str, Table] = {table.name: table for table in (SOURCES, ACTORS, WEAPONS, TRANSFERS, CLAIMS)}

#: The order in which people expect to see them.
DISPLAY_ORDER = ("transfers", "claims", "actors", "weapons", "sources")


def iri_prefix(column: Column) -> str:
    """What stands before the text of a cell in its relative IRI: a reference or a code; empty for other columns."""
    if column.kind is Kind.REFERENCE:
        return f"{TABLES[column.references].record}/"
    return f"vocab/{column.vocabulary}/" if column.kind is Kind.CODE else ""
