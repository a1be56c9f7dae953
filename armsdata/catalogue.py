"""The catalogue of findings: what each code means, and how to mend it. `docs/findings.md` is made from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One code.

    Attributes:
        code: the stable code.
        title: what it is, in a few words.
        meaning: what is wrong and why it matters.
        example: a cell or line that shows it.
        mend: how to mend it.
        warning: it is a warning everywhere.
        warning_in_prose: it is a warning in free text, an error elsewhere.
    """

    code: str
    title: str
    meaning: str
    example: str
    mend: str
    warning: bool = False
    warning_in_prose: bool = False


_ENTRIES = (
    Entry(
        "encoding-error",
        "The file is not UTF-8",
        "Bytes of the line are not UTF-8, so the letters they stand for can only be guessed. Most often the file was "
        "saved in the old encoding of a Windows or Macintosh computer. A file in UTF-16 is reported once.",
        "Fran\\xe7ais  (byte 0xE7: `ç` in Windows-1252)",
        "Save the file again as “CSV UTF-8”, or convert it: `iconv -f WINDOWS-1252 -t UTF-8 old.csv > new.csv`.",
    ),
    Entry(
        "byte-order-mark",
        "The file begins with a byte-order mark",
        "Three invisible bytes (EF BB BF) stand before the first column's name. Spreadsheets write them; many readers "
        "take them for a part of the name.",
        "\\xef\\xbb\\xbftransfer_id,kind,…",
        "Save the file as UTF-8 without BOM. The data are read all the same.",
        warning=True,
    ),
    Entry(
        "malformed-csv",
        "The file breaks the rules of its format",
        "A quotation mark stands bare within a cell, a NUL byte or a lone carriage return is in the file, or text "
        "follows a closing quotation mark. A file of another format that cannot be read as a table has this code, too.",
        '…,12" shells,…',
        'Put the cell in quotation marks and double those within: `"12"" shells"`. Saving the file from a spreadsheet '
        "does this by itself.",
    ),
    Entry(
        "empty-file",
        "The file is empty",
        "There is not even a header row, so nothing can be judged.",
        "(0 bytes)",
        "Start from a template: `armsdata template transfers`. A header alone is fine.",
    ),
    Entry(
        "missing-column",
        "A required column is missing",
        "The header does not name a column that every record must fill.",
        "transfer_id,kind,supplier,…  (no `status`)",
        "Add the column, with that very name, and fill it.",
    ),
    Entry(
        "unexpected-column",
        "The table has no such column",
        "The header names a column that the schema does not know, or leaves a name empty. What stands in it would be "
        "lost.",
        "transfer_id,kind,…,my_remarks",
        "Rename the column to the one that was meant, or take it out; remarks belong into `notes`.",
    ),
    Entry(
        "duplicate-column",
        "A column stands twice",
        "The header names the same column more than once, so it is not plain which of them holds.",
        "transfer_id,kind,kind,…",
        "Take out one of the two.",
    ),
    Entry(
        "wrong-delimiter",
        "The columns are not parted by commas",
        "The file is parted by semicolons, tabs or bars, as some spreadsheets do where the comma is the decimal mark.",
        "transfer_id;kind;status;…",
        "Save the file as CSV with commas.",
    ),
    Entry(
        "ragged-row",
        "The row has too many or too few cells",
        "The number of cells differs from the header's. Most often a comma within a text is not in quotation marks, so "
        "that the cells behind it stand one column too far.",
        "…,Mosul, Iraq,…  (one cell too many)",
        'Put the text in quotation marks: `"Mosul, Iraq"`.',
    ),
    Entry(
        "blank-row",
        "The row is blank",
        "The line holds no cell that is filled. It is passed over.",
        ",,,,,",
        "Delete the line.",
        warning=True,
    ),
    Entry(
        "missing-value",
        "A required cell is empty",
        "The column must be filled in every record.",
        "kind = (empty)",
        "Fill the cell. A party that no source names is the actor `unknown`.",
    ),
    Entry(
        "wrong-type",
        "The cell is not of the right form",
        "The column holds numbers, true/false or addresses, and the cell is none. Numbers are plain: digits, at most "
        "one point, at most 18 digits, of which at most 3 behind the point; no separators between thousands.",
        "quantity = 1,500",
        "Write the number plainly: `1500`.",
    ),
    Entry(
        "out-of-range",
        "The number cannot be",
        "Numbers are not negative, quantities are not zero, and a cell holds at most one MiB.",
        "quantity = -5",
        "Correct the number; leave the cell empty where no source gives one.",
    ),
    Entry(
        "not-in-vocabulary",
        "The code is not in its list",
        "The column takes the codes of a fixed list (or of ISO 4217 for currencies, BCP 47 for languages).",
        "kind = gift",
        "Take a code of the list; `armsdata schema` prints them, with what each means.",
    ),
    Entry(
        "bad-identifier",
        "The identifier is not of its form",
        "Keys are lower-case slugs (`islamic-state`) of at most 80 characters; states have their ISO 3166-1 alpha-3 "
        "code in capitals. ISO 3166 and Gleditsch-Ward codes, Wikidata items and DOIs have forms of their own.",
        "transfer_id = China to UK 2007",
        "Write it as a slug: `china-to-uk-2007`.",
    ),
    Entry(
        "duplicate-id",
        "The key stands twice",
        "Two records of a table have the same key, so that a reference to it is not plain.",
        "actor_id = islamic-state  (again)",
        "Give one of them another key, or merge the two records.",
    ),
    Entry(
        "unknown-reference",
        "There is no such record",
        "The cell names an actor, weapon, source or transfer that the dataset does not hold.",
        "supplier = UK",
        "Take the key that the hint offers, or add the record to its table.",
    ),
    Entry(
        "reference-cycle",
        "The references run in a circle",
        "A record is, over some steps, part of itself, or came from itself.",
        "a is part of b, b is part of a",
        "Take out the step that is wrong; the hint shows the whole circle.",
    ),
    Entry(
        "bad-date",
        "The date is not a date that can be read",
        "Dates are written in EDTF: `2014-06-09`, `2014-06`, `2014`, `2007~` (about), `2005-03/2006-12` (from, to), "
        "`199X` (some year of the decade). Plain dates are `year-month-day`. A derived day must be the one that its "
        "date allows.",
        "delivered = 12/06/2014",
        "Write it as EDTF; the hint offers what may have been meant.",
    ),
    Entry(
        "impossible-order",
        "The dates cannot follow each other so",
        "Something came before what it came from: a delivery before its order, a revision before the first record, "
        "arms before the transfer they came from. Only what no reading of the dates allows is reported.",
        "ordered = 2015, delivered = 2014",
        "Correct one of the dates.",
    ),
    Entry(
        "inconsistent-quantity",
        "The quantities contradict each other",
        "The least is more than the quantity or the most, or a counted thing comes in fractions.",
        "quantity_low = 200, quantity = 100",
        "Correct the figures, or the unit.",
    ),
    Entry(
        "missing-unit",
        "A quantity has no unit",
        "A number says nothing without what it counts.",
        "quantity = 20000, quantity_unit = (empty)",
        "Fill `quantity_unit`: `item`, `round`, `tonne` …",
    ),
    Entry(
        "missing-currency",
        "A value has no currency",
        "An amount of money says nothing without its currency.",
        "value = 1500000, value_currency = (empty)",
        "Fill `value_currency` with the ISO 4217 code, such as `USD`.",
    ),
    Entry(
        "self-transfer",
        "Supplier and recipient are the same",
        "A change of custody has two sides.",
        "supplier = IRQ, recipient = IRQ",
        "Name the force, ministry or group that gave or got the arms (`iraqi-police`), or `unknown`.",
    ),
    Entry(
        "inconsistent-status",
        "Status, kind and dates do not agree",
        "A deal that is only planned, licensed, notified or ordered, or was cancelled or denied, has no date of "
        "delivery; a capture, theft or loss has no date of order.",
        "status = licensed, delivered = 2014",
        "Correct the status, or take out the date.",
    ),
    Entry(
        "uncited-transfer",
        "No source speaks of the transfer",
        "Every transfer has at least one claim: a source that says so.",
        "(no row of `claims` names the transfer)",
        "Add a claim with the source and the place in it.",
    ),
    Entry(
        "conflicting-claim",
        "A claim's figure contradicts the transfer's",
        "No figure within the claim's bounds agrees with the transfer's (for an approximate quantity: within a tenth), "
        "and the transfer is not marked as disputed.",
        "claim: 63800; transfer: 20000",
        "Correct the figure that is wrong, widen `quantity_low` and `quantity_high`, or set `confidence` to "
        "`disputed`.",
        warning=True,
    ),
    Entry(
        "spreadsheet-damage",
        "A spreadsheet has changed the cell",
        "The cell holds what a spreadsheet makes of other texts: a date made of a number, a day counted from 1900, a "
        "rounded big number, an error value, or hashes.",
        "delivered = Mar-05",
        "Type the original text again, with the column formatted as text.",
        warning_in_prose=True,
    ),
    Entry(
        "formula-text",
        "The text would run as a formula",
        "The cell begins with `=`, `@`, a tab or a carriage return, or with `+` or `-` before something that is no "
        "number. The next reader's spreadsheet would run it.",
        'notes = =HYPERLINK("http://…")',
        "Begin the text with another character.",
    ),
    Entry(
        "untidy-text",
        "The text is untidy",
        "Blanks stand before or behind the text, characters that nobody sees are in it, it is not in Unicode NFC, or "
        "the items of a list are not joined with `; `. In a header: the name is right but for case or blanks.",
        "name = “ Islamic State ”",
        "Take out what is not seen; `armsdata format` does it for a whole dataset.",
        warning_in_prose=True,
    ),
    Entry(
        "probable-duplicate",
        "Two records are probably one",
        "The record agrees with an earlier one in all that describes it.",
        "(same parties, arms, quantity and dates as line 12)",
        "Delete one of them, or say in a column what sets them apart.",
        warning=True,
    ),
    Entry(
        "unused-record",
        "Nothing refers to the record",
        "No other record names this actor, weapon or source.",
        "weapon_id = m79-osa  (named nowhere)",
        "Delete it, or use it.",
        warning=True,
    ),
    Entry(
        "runaway-quote",
        "A quotation mark is never closed",
        "A cell begins with a quotation mark and swallows the lines that follow. They are judged as if the mark were "
        "not there. A text in a file of another format has this code when lines of it look like records of its table: "
        "written as CSV it could not be told from such a mistake.",
        '…,"Mosul,…  (no second mark)',
        "Close the quotation mark in the line named; join the lines of a text that holds them on purpose.",
    ),
)

#: Every code, in the order of the catalogue.
CATALOGUE: dict[str, Entry] = {entry.code: entry for entry in _ENTRIES}
