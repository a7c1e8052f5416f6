"""Writes the workbooks of ../openpyxl with openpyxl 3.0.9: python3 openpyxl_books.py ../openpyxl"""
import datetime
import sys

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from rows import HEADER, ROWS

FOLDER = sys.argv[1]


def book(title="Clients", **options):
    b = Workbook(**options)
    b.properties.creator = ""
    s = b.create_sheet(title) if options.get("write_only") else b.active
    s.title = title
    return b, s


def save(b, name):
    b.save(f"{FOLDER}/{name}")


def plain(name, **options):
    b, s = book(**options)
    for row in [HEADER] + ROWS:
        s.append(row)
    save(b, name)


def text_cells():
    b, s = book()
    s.append(["Account #", "Customer #", "Client", "Bill to client"])
    for row in [["00123456", "C012345678", "leading zeros", "yes"], ["x12 34567", "C012345678", "a space within", "no"], ["\u00a0X1234568\u00a0", "c012345678", "spaces around", "no"], ["X123456\u200b9", "C012345678", "an invisible character", "no"]]:
        s.append(row)
    for row in s["A2:B5"]:
        for c in row:
            c.number_format = "@"
    s["C2"].comment = Comment("not a cell", "")
    valid = DataValidation(type="list", formula1='"yes,no"')
    s.add_data_validation(valid)
    valid.add("D2:D5")
    s.add_table(Table(displayName="Roster", ref="A1:D5"))
    save(b, "text-cells.xlsx")


def dates():
    b, s = book()
    s.append(["account_id", "start date", "bill to client"])
    for i, value in enumerate([datetime.date(2026, 12, 1), datetime.datetime(2026, 12, 1, 8, 30), "2026-12-01", "01/12/2026", "25/12/2026", "1 December 2026", 46357, datetime.time(8, 30), datetime.date(2020, 1, 1)]):
        s.append([180012345 + i, value, "yes"])
    save(b, "dates.xlsx")


def hidden():
    b, s = book("Secret")
    s.sheet_state = "hidden"
    s.append(HEADER)
    s.append(ROWS[0])
    v = b.create_sheet("Clients")
    b.active = 1
    v.append(["account_id", "client", "bill to client", "Owner"])
    for i in range(4):
        v.append([180012345 + i, f"Client {i}", "yes", "North"])
    v.row_dimensions[3].hidden = True
    v.column_dimensions["D"].hidden = True
    v.auto_filter.ref = "A1:D5"
    v.auto_filter.add_filter_column(1, ["Client 0", "Client 2", "Client 3"])
    save(b, "hidden.xlsx")


def report():
    """A roster that was once a report, and comes back with its columns."""
    b, s = book("Report")
    s.append(["account_id", "client", "bill to client", "outcome", "op", "reason"])
    s.append([180012345, "Birch Ltd", "yes", "refused", "add", "the service refused this link"])
    s.append([180012346, "=SUM(1)", "yes", "done", "add", ""])
    s["B3"].data_type = "s"
    save(b, "report.xlsx")


plain("plain.xlsx")
plain("write-only.xlsx", write_only=True)
text_cells()
dates()
hidden()
report()
