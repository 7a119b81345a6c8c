"""What the same work cost others, by the design notes: measured once, not by this bench."""

PEERS: tuple[tuple[str, str, str, str], ...] = (
    ("reminder run: decide and create 89,345", "stopped after 442; 69 under `python -O`",
     "186; 1.44 GB", "0.04, a list only"),
    ("the same again, nothing new", "3.3 under `python -O`", "375, creates all again", "-"),
    ("aged balance, all customers", "2.8 s (q) rows, 36 s (q) report",
     "10 values, 157 with items (2.9 GB)", "0.03 from Parquet"),
    ("credit check of one customer, p50 / p95", "14 / 25 ms (q); fails while a line is written",
     "3.1 / 3.6 ms", "-"),
    ("credit exposure, all customers", "6.0 s (q)", "3.7", "0.04"),
    ("1,000 mails or letters", "24.4 s (q) mails, 10.9 s (q) letters .odt",
     "94 s (q) without PDF", "-"),
    ("group 10,000 lines into letters", "-", "97, quadratic", "-"),
    ("bank: import 1,000 lines", "3.9-8.8 s (q)", "58.7 s (q)", "-"),
    ("bank: match one line, 10k / 100k book", "20 / 488 ms", "20 / - ms", "-"),
    ("of 1,000: exact / hands-free / wrong", "658 / 0 / 0", "847 / 725 / 0", "-"),
    ("create and post invoices", "4/s (q)", "19.6/s (q)", "-"),
    ("1 M items as .xlsx: write / read", "-", "-", "203 / 157 s, 4.5 GB"),
)  # fmt: skip
"""Work, Tryton 8.2, Odoo 18 with OCA modules, pandas with openpyxl."""
