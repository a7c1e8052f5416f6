"""The same table as rows.js."""
import datetime

HEADER = ["Account ID", "Account Number", "Client", "Action", "Bill to client", "Start date", "Note"]
ROWS = [
    [180012345, "X1234567", "Birch Ltd", "link", "yes", datetime.date(2026, 12, 1), "first"],
    [180012346, "x7654321", "Müller & Söhne GmbH", "add", "no", datetime.date(2027, 1, 15), "two lines\nin one cell"],
    ["180012347", None, "Café Añejo, S.A.", "unlink", None, None, 'a 5" pipe'],
    [],
    [180012348, "F0000048", "株式会社さくら", "accept", True, None, "done 😀"],
]
