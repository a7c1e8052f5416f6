"""Writes the files of ../libreoffice through LibreOffice 7.4:

    soffice --headless --norestore --accept='socket,host=127.0.0.1,port=2002;urp' &
    python3 libreoffice.py ../libreoffice
"""
import datetime
import os
import sys

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.table import CellRangeAddress
from com.sun.star.util import Date

from rows import HEADER, ROWS

FOLDER = os.path.abspath(sys.argv[1])
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
context = resolver.resolve("uno:socket,host=127.0.0.1,port=2002;urp;StarOffice.ComponentContext")
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


def props(**values):
    return tuple(PropertyValue(Name=k, Value=v) for k, v in values.items())


def book(rows, name="Clients"):
    doc = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, props(Hidden=True))
    sheet = doc.Sheets.getByIndex(0)
    sheet.Name = name
    fill(doc, sheet, rows)
    return doc, sheet


def fill(doc, sheet, rows, first=0):
    formats = doc.NumberFormats
    day = formats.queryKey("DD.MM.YYYY", uno.createUnoStruct("com.sun.star.lang.Locale"), False)
    if day < 0:
        day = formats.addNew("DD.MM.YYYY", uno.createUnoStruct("com.sun.star.lang.Locale"))
    zero = doc.NullDate
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            cell = sheet.getCellByPosition(j, first + i)
            if isinstance(value, bool):
                cell.Formula = "=TRUE()" if value else "=FALSE()"
            elif isinstance(value, datetime.date):
                cell.Value = (value - datetime.date(zero.Year, zero.Month, zero.Day)).days
                cell.NumberFormat = day
            elif isinstance(value, (int, float)):
                cell.Value = value
            elif isinstance(value, str) and value.startswith("="):
                cell.Formula = value
            elif value is not None:
                cell.String = value


def save(doc, name, kind, **more):
    doc.storeToURL(uno.systemPathToFileUrl(os.path.join(FOLDER, name)), props(FilterName=kind, Overwrite=True, **more))


XLSX = "Calc MS Excel 2007 XML"
TEXT = "Text - txt - csv (StarCalc)"

doc, sheet = book([HEADER] + ROWS)
for name, kind in {
    "plain.xlsx": XLSX,
    "ooxml.xlsx": "Calc Office Open XML",
    "plain.xlsm": "Calc MS Excel 2007 VBA XML",
    "plain.xls": "MS Excel 97",
    "plain.ods": "calc8",
    "template.ots": "calc8_template",
    "flat.fods": "OpenDocument Spreadsheet Flat XML",
    "xml2003.xls": "MS Excel 2003 XML",
    "plain.pdf": "calc_pdf_Export",
    "html.xls": "HTML (StarCalc)",
    "plain.dif": "DIF",
    "symbolic.slk": "SYLK",
}.items():
    save(doc, name, kind)
save(doc, "password.xls", "MS Excel 97", Password="correct horse")
save(doc, "password.ods", "calc8", Password="correct horse")
save(doc, "comma-utf8.csv", TEXT, FilterOptions="44,34,76,1")
save(doc, "comma-short-dates.csv", TEXT, FilterOptions="44,34,76,1,,0,false,true")
save(doc, "semicolon-windows1252.csv", TEXT, FilterOptions="59,34,1,1")
save(doc, "tab-utf16.csv", TEXT, FilterOptions="9,34,65535,1")
save(doc, "quoted-all.csv", TEXT, FilterOptions="44,34,76,1,,0,true")
doc.close(True)

doc, sheet = book([])
doc.NullDate = Date(Day=1, Month=1, Year=1904)
fill(doc, sheet, [HEADER] + ROWS)
save(doc, "date1904.xlsx", XLSX)
doc.close(True)

doc, sheet = book([
    ["Kundenliste, viertes Quartal"], ["Stand: 1. November 2026"], [],
    ["Kontonummer", "Konto-ID", "Kunde", "Aktion", "Startdatum"],
    ["X1234567", 180012345, "Birke GmbH", "link", datetime.date(2026, 12, 1)],
    ["X1234568", "=180012000+346", "Ahorn AG", "link", datetime.date(2027, 4, 3)],
    ["X1234569", "=1/0", "Weide KG", "link", None],
    ["X123456A", "=NA()", "Eibe OHG", "link", None],
    ["Summe", "=COUNT(B5:B8)"],
])
sheet.getCellRangeByName("A1:E1").merge(True)
save(doc, "german-title-sum.xlsx", XLSX)
doc.close(True)

doc, sheet = book([["Account ID", "Client", "Bill to client"]] + [[180012345 + i, f"Client {i % 3}", "yes"] for i in range(6)])
cells = sheet.getCellRangeByName("A1:C7")
doc.DatabaseRanges.addNewByName("roster", CellRangeAddress(0, 0, 0, 2, 6))
area = doc.DatabaseRanges.getByName("roster")
area.AutoFilter = True
description = cells.createFilterDescriptor(True)
field = uno.createUnoStruct("com.sun.star.sheet.TableFilterField")
field.Field, field.IsNumeric, field.StringValue = 1, False, "Client 1"
field.Operator = uno.Enum("com.sun.star.sheet.FilterOperator", "EQUAL")
description.setFilterFields((field,))
description.ContainsHeader = True
cells.filter(description)
doc.Sheets.insertNewByName("Notes", 0)
doc.Sheets.getByName("Notes").getCellByPosition(0, 0).String = "Ask before sending"
save(doc, "filtered-second-sheet.xlsx", XLSX)
doc.close(True)

doc, sheet = book([["アカウントID", "アカウント番号", "クライアント名", "操作", "開始日"], [180012345, "X1234567", "株式会社さくら", "link", datetime.date(2026, 12, 1)]], "名簿")
save(doc, "japanese.xlsx", XLSX)
doc.close(True)

doc = desktop.loadComponentFromURL("private:factory/swriter", "_blank", 0, props(Hidden=True))
doc.Text.String = "account_id\n180012345\n"
save(doc, "letter.docx", "MS Word 2007 XML")
doc.close(True)
