"""Writes the files of ../bent: workbooks written by hand, and workbooks of
other programs with something changed. python3 bent.py ../bent"""
import io
import os
import struct
import sys
import zipfile

FOLDER = sys.argv[1]
HERE = os.path.dirname(os.path.abspath(__file__)) + "/.."
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{TYPE}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="Clients" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>account_id</t></si><si><t>client</t></si><si><t>Birch Ltd</t></si></sst>',
}
SHEET, SST = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
HEADER = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
ROW2 = '<row r="2"><c r="A2"><v>180012345</v></c><c r="B2" t="s"><v>2</v></c></row>'
ROW3 = '<row r="3"><c r="A3"><v>180012346</v></c><c r="B3" t="inlineStr"><is><t>Alder Ltd</t></is></c></row>'


def sheet(rows, before="", after=""):
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{REL}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def package(parts, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, text in parts:
            info = zipfile.ZipInfo(name, (2026, 11, 1, 0, 0, 0))
            info.compress_type, info.external_attr = method, 0o644 << 16
            z.writestr(info, text if isinstance(text, bytes) else text.encode())
    return out.getvalue()


def write(name, data):
    with open(f"{FOLDER}/{name}", "wb") as f:
        f.write(data)


def bend(name, rows=None, body=None, method=zipfile.ZIP_DEFLATED, **parts):
    """A workbook with these rows or this sheet part; None takes a part away."""
    all = dict(PARTS)
    all[SHEET] = body if body is not None else sheet(HEADER + rows)
    all.update(parts)
    write(name, package([(k, v) for k, v in all.items() if v is not None], method))


def other(folder, name):
    with open(f"{HERE}/{folder}/{name}", "rb") as f:
        return f.read()


def rewrite(data, change):
    z = zipfile.ZipFile(io.BytesIO(data))
    return package([(n, change(n, z.read(n))) for n in z.namelist()])


bend("good.xlsx", ROW2 + ROW3)
bend("stored.xlsx", ROW2 + ROW3, method=zipfile.ZIP_STORED)
bend("control-character.xlsx", ROW2.replace(' t="s"><v>2', ' t="str"><v>a\x0bb') + ROW3)
bend("control-character-entity.xlsx", ROW2.replace(' t="s"><v>2', ' t="str"><v>a&#11;b') + ROW3)
bend("escaped-control-character.xlsx", ROW2.replace(' t="s"><v>2', ' t="str"><v>a_x000B_b') + ROW3)
bend("control-character-in-shared-string.xlsx", ROW2 + ROW3, **{SST: PARTS[SST].replace("Birch", "Bi\x01rch")})
bend("bad-utf8.xlsx", body=sheet(HEADER + ROW2 + ROW3).encode().replace(b"Alder", b"Al\xff\xfeder"))
bend("bare-ampersand.xlsx", ROW2 + ROW3.replace("Alder", "Alder & sons"))
bend("cut-xml.xlsx", body=sheet(HEADER + ROW2 + ROW3)[:-60])
bend("cut-between-rows.xlsx", body=sheet(HEADER + ROW2 + ROW3).split('<row r="3"')[0])
bend("index-beyond-strings.xlsx", ROW2.replace("<v>2<", "<v>3<") + ROW3)
bend("index-negative.xlsx", ROW2.replace("<v>2<", "<v>-1<") + ROW3)
bend("no-string-table.xlsx", ROW2 + ROW3, **{SST: None})
bend("empty-string-table.xlsx", ROW2 + ROW3, **{SST: f'<sst xmlns="{MAIN}"/>'})
bend("cut-string-table.xlsx", ROW2 + ROW3, **{SST: PARTS[SST][:-30]})
bend("row-twice.xlsx", ROW2 + ROW3.replace("3", "2"))
bend("rows-out-of-order.xlsx", ROW3 + ROW2)
bend("row-zero.xlsx", ROW2.replace('r="2"', 'r="0"') + ROW3)
bend("row-beyond-the-last.xlsx", ROW2 + '<row r="1048577"><c r="A1048577"><v>180012347</v></c></row>')
bend("row-huge.xlsx", ROW2 + '<row r="4294967298"><c r="A4294967298"><v>180012347</v></c></row>')
bend("last-row.xlsx", ROW2 + '<row r="1048576"><c r="A1048576"><v>180012347</v></c></row>')
bend("far-corner.xlsx", ROW2 + '<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>')
bend("far-column.xlsx", ROW2 + '<row r="3"><c r="A3"><v>180012346</v></c><c r="XFD3"/></row>')
bend("column-beyond-the-last.xlsx", ROW2 + '<row r="3"><c r="XFE3"><v>1</v></c></row>')
bend("cells-out-of-order.xlsx", ROW2 + '<row r="3"><c r="B3" t="str"><v>b</v></c><c r="A3"><v>180012346</v></c></row>')
bend("cell-twice.xlsx", ROW2 + '<row r="3"><c r="A3"><v>180012346</v></c><c r="A3"><v>180012347</v></c></row>')
bend("cell-of-another-row.xlsx", ROW2 + ROW3.replace('"A3"', '"A7"'))
bend("no-references.xlsx", body=sheet((HEADER + ROW2 + ROW3).replace(' r="A1"', "").replace(' r="B1"', "").replace(' r="A2"', "").replace(' r="B2"', "").replace(' r="A3"', "").replace(' r="B3"', "").replace(' r="1"', "").replace(' r="2"', "").replace(' r="3"', "")))
bend("wrong-dimension.xlsx", body=sheet(HEADER + ROW2 + ROW3, before='<dimension ref="A1:A2"/>'))
bend("huge-dimension.xlsx", body=sheet(HEADER + ROW2 + ROW3, before='<dimension ref="A1:XFD1048576"/>'))
bend("prefixed.xlsx", body=sheet(HEADER + ROW2 + ROW3).replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:").replace("xmlns=", "xmlns:x="))
bend("entity-bomb.xlsx", body='<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>' + sheet(HEADER + ROW2.replace(' t="s"><v>2', ' t="str"><v>&c;')))
bend("entity-bomb-in-strings.xlsx", ROW2, **{SST: '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>' + PARTS[SST].replace("Birch", "&a;")})
bend("entity-bomb-in-workbook.xlsx", ROW2, **{"xl/workbook.xml": '<!DOCTYPE x [<!ENTITY a "Clients">]>' + PARTS["xl/workbook.xml"].replace("Clients", "&a;")})
bend("decompression-bomb.xlsx", body=sheet(HEADER + ROW2 + ROW3, after="<!--" + " " * 20_000_000 + "-->"))
bend("bomb-of-rows.xlsx", body=sheet(HEADER + '<row r="2"><c r="A2"><v>1</v></c></row>' + "<row/>" * 1_100_000))
bend("phonetic.xlsx", ROW2 + ROW3, **{SST: PARTS[SST].replace("<t>Birch Ltd</t>", "<t>Birch Ltd</t><rPh sb=\"0\" eb=\"5\"><t>BAACHI</t></rPh><phoneticPr fontId=\"1\"/>")})
bend("rich-runs.xlsx", ROW2 + ROW3.replace("<t>Alder Ltd</t>", '<r><t>Al</t></r><r><rPr><b/></rPr><t xml:space="preserve">der </t></r><r><t>Ltd</t></r>'), **{SST: PARTS[SST].replace("<t>Birch Ltd</t>", "<r><t>Birch</t></r><r><t> Ltd</t></r>")})
bend("formula-without-value.xlsx", ROW2 + '<row r="3"><c r="A3"><f>A2+1</f></c><c r="B3" t="str"><f>"x"</f></c></row>')
bend("cdata.xlsx", ROW2.replace(' t="s"><v>2', ' t="str"><v><![CDATA[Birch <Ltd>]]>') + ROW3)
bend("numbers-as-written.xlsx", "".join(f'<row r="{i + 2}"><c r="A{i + 2}"><v>{v}</v></c></row>' for i, v in enumerate(["1.80012345E8", "1.80012346E+8", "180012347.0", "18001234800E-2", "180012349.00000001", "1.8001235E30", "123456789012345678", " 180012351 ", "1,8", "NaN", "0x10", "1E400", "-0", "-180012352", ""])))
bend("two-values.xlsx", ROW2.replace("<v>180012345</v>", "<v>180012345</v><v>180012399</v>") + ROW3)
bend("unknown-cell-type.xlsx", ROW2.replace('t="s"', 't="z"') + ROW3)
bend("backslash-names.xlsx", ROW2 + ROW3)
data = open(f"{FOLDER}/backslash-names.xlsx", "rb").read()
write("backslash-names.xlsx", data.replace(b"xl/worksheets/sheet1.xml", b"xl\\worksheets\\sheet1.xml"))
bend("no-sheet-part.xlsx", "", **{SHEET: None})
bend("no-workbook-part.xlsx", ROW2, **{"xl/workbook.xml": None})
bend("no-relationships.xlsx", ROW2, **{"xl/_rels/workbook.xml.rels": None})
bend("sheet-outside-the-package.xlsx", ROW2, **{"xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"].replace("worksheets/sheet1.xml", "../../../etc/sheet1.xml")})
bend("utf16-part.xlsx", body=('<?xml version="1.0" encoding="UTF-16"?>' + sheet(HEADER + ROW2)).encode("utf-16"))
merged = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
bend("merged-identifier.xlsx", body=sheet(HEADER + ROW2 + ROW3.replace("<v>180012346</v>", ""), after=merged))
bend("merged-identifier-with-hidden-value.xlsx", body=sheet(HEADER + ROW2 + ROW3, after=merged))
bend("very-hidden-sheet.xlsx", ROW2, **{"xl/workbook.xml": PARTS["xl/workbook.xml"].replace('sheetId="1"', 'sheetId="1" state="veryHidden"')})
bend("all-rows-hidden.xlsx", (ROW2 + ROW3).replace("<row ", '<row hidden="1" '))
bend("two-sheets-of-one-part.xlsx", ROW2, **{"xl/workbook.xml": PARTS["xl/workbook.xml"].replace("</sheets>", '<sheet name="Again" sheetId="2" r:id="rId1"/></sheets>')})

# Bytes of the package, changed.
good = open(f"{FOLDER}/good.xlsx", "rb").read()
stored = open(f"{FOLDER}/stored.xlsx", "rb").read()
write("truncated.xlsx", good[: len(good) * 2 // 3])
write("truncated-before-the-directory.xlsx", good[: good.rindex(b"PK\x01\x02") - 200])
write("wrong-checksum.xlsx", stored.replace(b"180012346", b"180012347"))
at = good.index(b"xl/worksheets/sheet1.xml") + 60
write("flipped-bit.xlsx", good[:at] + bytes([good[at] ^ 4]) + good[at + 1 :])
write("appended-bytes.xlsx", good + b"\r\n" * 8)
write("bytes-before.xlsx", b"\r\n" + good)
twice = list(PARTS.items()) + [(SHEET, sheet(HEADER + ROW2)), (SHEET.upper(), sheet(HEADER + ROW3))]
write("two-parts-of-one-name.xlsx", package(twice))
at = good.rindex(b"PK\x01\x02", 0, good.index(SHEET.encode(), good.index(b"PK\x01\x02")))
size = struct.pack("<I", 0xF0000000)
write("bomb-by-its-directory.xlsx", good[:at + 24] + size + good[at + 28:])
# The classic encryption of zip, as zip -P does it.
os.system(f"cd {FOLDER} && rm -rf encrypted.xlsx && mkdir parts && cd parts && python3 -m zipfile -e ../good.xlsx . && zip -q -X -r -P secret ../encrypted.xlsx . && cd .. && rm -r parts")
write("half-of-xls.xls", other("libreoffice", "plain.xls")[:700])
write("half-of-ods.ods", other("libreoffice", "plain.ods")[:5000])

# Workbooks of other programs, changed.
STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    b"http://schemas.openxmlformats.org/drawingml/2006/main": b"http://purl.oclc.org/ooxml/drawingml/main",
}


def strict(name, text):
    if name == "xl/workbook.xml":
        text = text.replace(b"<workbook ", b'<workbook conformance="strict" ', 1)
    for old, new in STRICT.items():
        text = text.replace(old, new)
    return text


write("strict-libreoffice.xlsx", rewrite(other("libreoffice", "plain.xlsx"), strict))
write("strict-xlsxwriter.xlsx", rewrite(other("xlsxwriter", "plain.xlsx"), strict))
bend("strict-iso-date.xlsx", '<row r="2"><c r="A2"><v>180012345</v></c><c r="B2" t="d"><v>2026-12-01</v></c></row>', **{SST: PARTS[SST].replace("client", "start_date")})
write("xlsx-named.csv", other("openpyxl", "plain.xlsx"))
write("ods-named.xlsx", other("libreoffice", "plain.ods"))
write("xls-named.xlsx", other("libreoffice", "plain.xls"))
