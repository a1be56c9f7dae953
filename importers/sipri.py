"""SIPRI's trade register of major arms, in the two layouts in which its database hands it out.

The mapping is told in `docs/importing.md`; the names are in `sipri-actors.csv` and `sipri-descriptions.csv`.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from armsdata.schema.columns import ID_LIMIT, PLACES

from .register import Imported, Importer, ImportFailure, Notes, Row, cut_slug, guard, plain, short_hash, statement
from .sipri_balance import balances
from .sipri_deals import Deal, Year, deals, doubted
from .sipri_layouts import DEALS, Download, read_download
from .sipri_names import UNKNOWN, Parties, category, known

ADDRESS = "https://www.sipri.org/databases/armstransfers"
PUBLISHER = "Stockholm International Peace Research Institute (SIPRI)"
LICENSE = "SIPRI terms and conditions, https://www.sipri.org/about/terms-and-conditions"
TERMS = (
    "The data are (c) SIPRI and stay under SIPRI's terms, which are not ours: read "
    "https://www.sipri.org/about/terms-and-conditions before you publish them or anything made of much of them, "
    "and name the SIPRI Arms Transfers Database as their source."
)
SOURCE = "sipri-trade-register"
#: `-claim` and a number must still fit behind the stem of a transfer's id.
_STEM = ID_LIMIT - 14
_FINEST = Decimal(1).scaleb(-PLACES)


def read(file: Path, base_iri: str) -> Imported:
    """Read a trade register.

    Args:
        file: the download.
        base_iri: the beginning of the dataset's addresses.

    Raises:
        ImportFailure: it is no trade register, or has records that cannot be read.
    """
    notes = Notes()
    download = read_download(file, notes, known)
    found = deals(download.layout, download.records, notes)
    errors = [note for note in notes.all() if note.severity == "error"]
    if errors:
        count = f"{len(errors)} place{'s' if len(errors) > 1 else ''}"
        raise ImportFailure(f"{file} has {count} where no record can be read; nothing was written", notes.all())
    if not found:
        notes.warn(1, "", "the register has no deals; the tables are empty")
    tables = _Tables(download, found, notes).build()
    date = _date(download, notes)
    for row in tables["transfers"]:
        row["recorded_on"] = date.isoformat()
    for row in tables["sources"]:
        row["accessed"] = date.isoformat()
    check = balances(download.layout, download.records)
    return Imported(tables, _metadata(download, date, base_iri), notes.all(), TERMS, check, date)


SIPRI = Importer("sipri", "SIPRI Arms Transfers Database, trade register", read)


def _date(download: Download, notes: Notes) -> datetime.date:
    if download.generated is not None:
        return download.generated
    today = datetime.date.today()
    notes.warn(1, "", "the download does not say when it was generated; the day of the import stands for it",
               "keep the lines above the header", today.isoformat())  # fmt: skip
    return today


def _metadata(download: Download, date: datetime.date, base_iri: str) -> dict[str, str]:
    return {
        "name": "sipri-trade-register",
        "title": "SIPRI Arms Transfers Database: trade register",
        "description": "Imported by armsdata from a download of the trade register. "
        + " ".join(_self_description(download)) + " " + TERMS,
        "version": f"{date.year}.{date.month}.{date.day}",
        "date": date.isoformat(),
        "license": LICENSE,
        "base_iri": base_iri,
        "language": "en",
        "publisher": PUBLISHER,
    }  # fmt: skip


def _self_description(download: Download) -> list[str]:
    """What the download says of its selection, source and date."""
    lines = download.preamble
    return [line for line in lines if line == lines[0] or line.startswith(("Source:", "Data generated", "Information"))]


class _Tables:
    """Makes the five tables of the deals."""

    def __init__(self, download: Download, found: list[Deal], notes: Notes) -> None:
        self.download = download
        self.deals = found
        self.notes = notes
        columns = (("recipient", "Recipient"), ("supplier", "Supplier"))
        self.parties = Parties(
            ((getattr(deal, name), deal.line, column) for deal in found for name, column in columns), notes
        )
        described = "Weapon description" if download.layout is DEALS else "Description"
        self.categories = [category(deal.description, deal.line, described, notes) for deal in found]
        self.weapons = _weapon_ids({(d.designation, c) for d, c in zip(found, self.categories, strict=True)})

    def build(self) -> dict[str, list[Row]]:
        """Every table, its rows in the order of their keys."""
        transfers, claims = [], []
        for deal, code, ident in sorted(
            zip(self.deals, self.categories, self._ids(), strict=True), key=lambda item: item[2]
        ):
            transfer = self._transfer(deal, code, ident)
            transfers.append(transfer)
            claims.append(self._claim(deal, transfer))
        used = {row[column] for row in transfers for column in ("supplier", "recipient")}
        return {
            "transfers": transfers,
            "claims": claims,
            "actors": self.parties.rows(used),
            "weapons": [
                {"weapon_id": ident, "designation": guard(name, "Designation"), "category": code}
                for (name, code), ident in sorted(self.weapons.items(), key=lambda item: item[1])
            ],
            "sources": [self._source()] if claims else [],
        }

    def _ids(self) -> list[str]:
        """The id of each deal's transfer: the register's number, else what the deal is and its place among equals."""
        if self.download.layout is not DEALS:
            return [f"sipri-{deal.ident}" for deal in self.deals]
        equal: defaultdict[str, list[int]] = defaultdict(list)
        for position, deal in enumerate(self.deals):
            equal[self._stem(deal)].append(position)
        ids = [""] * len(self.deals)
        for stem, positions in equal.items():
            for place, position in enumerate(sorted(positions, key=lambda p: self.deals[p].stable), 1):
                ids[position] = stem if place == 1 else f"{stem}-n{place}"
        return ids

    def _stem(self, deal: Deal) -> str:
        year = deal.order_years[0][0] if deal.order_years else "undated"
        parties = f"{self.parties[deal.recipient]}-{self.parties[deal.supplier]}".lower()
        head = cut_slug(f"sipri-{parties}", 40)
        what = cut_slug(deal.designation or deal.description, _STEM - len(head) - 9)
        return f"{head}-{year}-{what or short_hash(deal.designation)}"

    def _transfer(self, deal: Deal, code: str, ident: str) -> Row:
        supplier, recipient = self.parties[deal.supplier], self.parties[deal.recipient]
        if supplier == recipient != UNKNOWN:
            self.notes.warn(
                deal.line, "Supplier",
                f"supplier and recipient are both {recipient}; the supplier is entered as unknown",
                "the register's names stand in the claim's notes", deal.supplier,
            )  # fmt: skip
            supplier = UNKNOWN
        quantity = deal.delivered or None
        ordered = deal.ordered or None
        numbered = quantity is not None or ordered is not None
        status, delivered = self._status(deal)
        return {
            "transfer_id": ident,
            "kind": "licensed-production" if deal.local else "unspecified",
            "status": status,
            "supplier": supplier,
            "recipient": recipient,
            "category": code,
            "weapon": self.weapons.get((deal.designation, code), ""),
            "designation": guard(deal.designation, "Designation"),
            "condition": deal.condition,
            "quantity": str(quantity or ""),
            "quantity_unit": "item" if numbered else "",
            "quantity_approximate": ("true" if deal.estimated else "false") if numbered else "",
            "quantity_ordered": str(ordered or ""),
            "ordered": self._ordered(deal, delivered),
            "delivered": delivered,
            "tiv": self._tiv(deal),
            "confidence": "probable",
            "notes": guard(deal.comment, "Comment"),
        }

    def _status(self, deal: Deal) -> tuple[str, str]:
        """How far the deal got, and when it was delivered."""
        if not deal.delivered:
            if deal.delivered == 0 or not deal.delivery_years:
                if deal.delivery_years:
                    self.notes.warn(deal.line, "Number delivered", "nothing was delivered, but there are years of "
                                    "delivery", "the years stand in the claim's notes alone")  # fmt: skip
                return "ordered", ""
            self.notes.warn(deal.line, "Number delivered", "there are years of delivery, but no number delivered",
                            "the transfer is delivered, without a quantity")  # fmt: skip
        part = deal.ordered is not None and deal.delivered is not None and deal.delivered < deal.ordered
        return "partly-delivered" if part else "delivered", edtf(deal.delivery_years, "{}")

    def _ordered(self, deal: Deal, delivered: str) -> str:
        """When it was ordered; empty where every delivery lies before it, for both cannot be true."""
        if delivered and deal.order_years and deal.delivery_years[-1][0] < deal.order_years[0][0]:
            self.notes.warn(
                deal.line, "Year of order",
                f"delivered {delivered}, before it was ordered, {edtf(deal.order_years, '[]')}; `ordered` stays empty",
                "the register contradicts itself; both stand in the claim's notes",
            )  # fmt: skip
            return ""
        return edtf(deal.order_years, "[]")

    def _tiv(self, deal: Deal) -> str:
        if deal.tiv is None:
            return ""
        rounded = deal.tiv.quantize(_FINEST) if deal.tiv != deal.tiv.quantize(_FINEST) else deal.tiv
        if rounded != deal.tiv:
            self.notes.warn(deal.line, "", f"the TIV has more than {PLACES} places and was rounded",
                            "as it was, it stands in the claim's notes", str(deal.tiv))  # fmt: skip
        return plain(rounded)

    def _claim(self, deal: Deal, transfer: Row) -> Row:
        ordered = edtf(deal.order_years, "[]") or "at an unknown date"
        place = f"{deal.recipient} from {deal.supplier}, ordered {ordered}"
        if deal.ident:
            place = f"deal {deal.parts['SIPRI AT Database ID']}"
        return {
            "claim_id": f"{transfer['transfer_id']}-claim",
            "transfer_id": transfer["transfer_id"],
            "source_id": SOURCE,
            "locator": f"Trade register, {place}",
            "framing": "estimated" if deal.doubted else "reported",
            "quantity_reported": deal.wording,
            "quantity": transfer["quantity"],
            "date_reported": transfer["delivered"],
            "notes": statement(deal.parts),
        }  # fmt: skip

    def _source(self) -> Row:
        return {
            "source_id": SOURCE,
            "type": "database",
            "title": "SIPRI Arms Transfers Database: trade register",
            "publisher": PUBLISHER,
            "url": ADDRESS,
            "language": "en",
            "notes": guard(" ".join((*self.download.preamble, TERMS)), "Notes"),
        }


def _weapon_ids(pairs: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The id of each designation with a category: the two as a slug, a hash behind it where slugs meet."""
    ids: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for name, code in sorted(pair for pair in pairs if pair[0]):
        ident = f"{cut_slug(name, ID_LIMIT - 40) or 'weapon'}-{code}"
        if ident in taken:
            ident = f"{ident}-{short_hash(name)}"
        taken.add(ident)
        ids[name, code] = ident
    return ids


def edtf(years: tuple[Year, ...], brackets: str) -> str:
    """Years as EDTF: one alone, or a set; a doubted year bears its question mark."""
    texts = [doubted(*year) for year in years]
    return texts[0] if len(texts) == 1 else f"{brackets[0]}{','.join(texts)}{brackets[1]}" if texts else ""
