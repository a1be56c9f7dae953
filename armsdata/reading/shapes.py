"""The words for what is wrong with the shape of a file or a record."""

from __future__ import annotations

from .repair import Fault


def message(fault: Fault, width: int) -> tuple[str, str]:
    """Message and hint for a fault of shape in a file whose header has `width` columns."""
    match fault.code, fault.detail:
        case "ragged-row", found:
            more = int(found) > width
            return (
                f"the row has {found} cells, the header {width}",
                'put a text that holds a comma in quotation marks: "Mosul, Iraq"'
                if more
                else "add the missing commas: an empty cell keeps its comma",
            )
        case "blank-row", _:
            return "the row is blank", "delete the line"
        case "runaway-quote", _:
            return (
                "a quotation mark opens here and is not closed before other records begin",
                'close it at the end of the cell, or delete it; a mark within a text is doubled: ""',
            )
        case "malformed-csv", "bare":
            return (
                "a quotation mark stands bare within the cell",
                f"put the whole cell in quotation marks and double those within: {_quoted(fault.value)}",
            )
        case "malformed-csv", "after":
            return (
                "text follows the closing quotation mark of the cell",
                'put the whole cell in quotation marks and double those within: "12"" shells"',
            )
        case "malformed-csv", "nul":
            return "a NUL byte is in the cell", "the file was damaged: take the cell from an earlier copy"
        case "malformed-csv", "return":
            return (
                "a carriage return stands alone as line end, as old Macintosh programs write it",
                "save the file with the line ends of Unix or Windows",
            )
        case "encoding-error", detail:
            return (
                f"the line is not UTF-8: {detail}",
                f"the likely encoding is Windows-1252, which would read: {_cut(fault.value)}; save the file as "
                "“CSV UTF-8”, or convert it with iconv -f WINDOWS-1252 -t UTF-8",
            )
    raise ValueError(fault.code)


def _quoted(text: str) -> str:
    doubled = _cut(text).replace('"', '""')
    return f'"{doubled}"'


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
