"""Excel workbooks: archives of XML parts, each of which may be anything; and any bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from armsdata.schema import TABLES

from datasets import FULL

from .choices import Choices
from .judging import WHOLE, check_file

#: Of the first byte: the bytes are the parts of the archive, and not the archive; for the rest see `check_file`.
_PARTS = 8
_BETWEEN = b"\x1e"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: What a workbook needs, in the order in which an input gives the parts; those that it does not give stay so.
_DEFAULTS = {
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData/></worksheet>',
    "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}"><si><t>GBR</t></si><si><t>a</t></si><si><r><t>b</t></r></si></sst>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="mmm\\-yy"/></numFmts><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border><left/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>'
    '<sheet name="data" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="rId3" Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
}


def sheet_of(rows: list[list[str]]) -> bytes:
    """A sheet with these texts; some cells of other types behind them."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(f'<c t="inlineStr"><is><t>{_escaped(text)}</t></is></c>' for text in row)
        lines.append(f'<row r="{number}">{cells}</row>')
    sheet = f'<dimension ref="A1:C9"/><sheetData>{"".join(lines)}</sheetData>'
    return f'<worksheet xmlns="{_MAIN}">{sheet}</worksheet>'.encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def seeds() -> Iterator[bytes]:
    """Sheets of each table, alone and in whole workbooks, and a cell of every type."""
    for number, name in enumerate(TABLES):
        names = [column.name for column in TABLES[name].source_columns if FULL.tables[name][0].get(column.name)]
        rows = [names, *([row.get(one, "") for one in names] for row in FULL.tables[name])]
        for level in range(4):
            yield bytes([number | _PARTS | level << 4]) + sheet_of(rows)
        yield bytes([number]) + workbook([sheet_of(rows)])
        yield bytes([number]) + workbook([sheet_of(rows)], zipfile.ZIP_DEFLATED)
    cells = (
        '<c r="A2" t="s"><v>0</v></c><c r="B2" s="1"><v>44256.5</v></c><c r="C2" s="2"><v>38412</v></c>'
        '<c r="D2" t="b"><v>1</v></c><c r="E2" t="e"><v>#REF!</v></c><c r="F2"><f>1+1</f><v>2</v></c>'
        '<c r="G2" t="d"><v>2014-06-09T00:00:00</v></c><c r="H2" t="str"><v>x</v></c><c r="I2"><v>1E400</v></c>'
        '<c r="J2" s="1"><v>-1</v></c><c r="XFD2"><v>1</v></c><c r="A1048577"><v>1</v></c>'
    )
    head = "".join(f'<c t="inlineStr"><is><t>{column.name}</t></is></c>' for column in TABLES["sources"].columns[:12])
    odd = (
        f'<worksheet xmlns="{_MAIN}"><sheetData><row r="1">{head}</row><row r="2">{cells}</row></sheetData></worksheet>'
    )
    parts = [odd.encode(), *(text.encode() for text in list(_DEFAULTS.values())[1:])]
    yield bytes([0 | _PARTS]) + _BETWEEN.join(parts)
    yield bytes([0 | _PARTS | WHOLE << 4]) + _BETWEEN.join(parts)


def check(data: bytes) -> None:
    """No archive and no XML breaks the reader."""
    choices = Choices(data)
    control = choices.below(256)
    content = choices.rest()
    if control & _PARTS:
        content = workbook(content.split(_BETWEEN))
    check_file(control, ".xlsx", content)


def workbook(parts: list[bytes], packing: int = zipfile.ZIP_STORED) -> bytes:
    """A workbook of these parts, and the usual ones where none is given."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for place, (name, usual) in enumerate(_DEFAULTS.items()):
            given = parts[place] if place < len(parts) else b""
            archive.writestr(name, given or usual.encode())
    return stream.getvalue()
