"""Writes the workbooks of ../xlsxwriter with XlsxWriter 3.0.2: python3 xlsxwriter_books.py ../xlsxwriter"""
import datetime
import sys

import xlsxwriter

from rows import HEADER, ROWS

FOLDER = sys.argv[1]


def book(name, **options):
    b = xlsxwriter.Workbook(f"{FOLDER}/{name}", options)
    return b, b.add_worksheet("Clients")


def fill(b, s, rows, start=0):
    day = b.add_format({"num_format": "d mmm yyyy"})
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if isinstance(value, datetime.date):
                s.write_datetime(start + i, j, datetime.datetime(value.year, value.month, value.day), day)
            else:
                s.write(start + i, j, value)


for name, options in {"plain.xlsx": {}, "constant-memory.xlsx": {"constant_memory": True}, "date1904.xlsx": {"date_1904": True}}.items():
    b, s = book(name, **options)
    fill(b, s, [HEADER] + ROWS)
    b.close()

b, s = book("rich-and-formulas.xlsx")
bold = b.add_format({"bold": True})
fill(b, s, [["Account ID", "Client", "Bill to client"]])
s.write_formula("A2", "=180012000+345", None, 180012345)
s.write_rich_string("B2", "Birch ", bold, "Ltd")
s.write_boolean("C2", True)
s.write_formula("A3", "=1/0", None, "#DIV/0!")
s.write_string("B3", " Error ")
s.write_boolean("C3", False)
s.write_formula("A4", '="180012"&"347"', None, "180012347")
s.write_string("B4", "id by a text formula")
s.write_string("C4", "no")
b.close()

b, s = book("title-and-total.xlsx")
s.merge_range("A1:D1", "Client onboarding, fourth quarter", b.add_format({"bold": True}))
s.write("A2", "as of 1 November 2026")
fill(b, s, [["Account ID", "Client", "Action", "Bill to client"], [180012345, "Birch Ltd", "link", "yes"], [180012346, "Alder Ltd", "link", "no"], [], ["Account ID", "Client", "Action", "Bill to client"], [180012347, "Cedar Ltd", "link", "no"]], 3)
s.write("A10", "Total")
s.write_formula("B10", "=COUNTA(B5:B9)", None, 3)
s.write("A12", "Confidential")
b.close()

b, s = book("unformatted-number-ids.xlsx")
fill(b, s, [["Account ID", "Account #", "Client", "Bill to client"]])
for i, (id, number, client) in enumerate([(180012345, 12345678, "number cell that is an account number"), (1.80012346e8, "X1234567", "float"), (180012347.0000001, "X1234568", "not whole"), (9007199254740993, "X1234569", "beyond 15 digits"), (1e15, "X1234560", "16 digits")]):
    fill(b, s, [[id, number, client, "yes"]], i + 1)
b.close()

b, s = book("far-corner.xlsx")
fill(b, s, [["Account ID", "Client", "Bill to client"], [180012345, "Birch Ltd", "yes"]])
s.write(1048575, 16383, "lost in the corner")
b.close()

b, s = book("sparse.xlsx")
fill(b, s, [["Account ID", "Client", "Bill to client"]], 1)
fill(b, s, [[180012345, "Birch Ltd", "yes"]], 7)
fill(b, s, [[180012346, "Alder Ltd", "no"]], 999)
b.close()
