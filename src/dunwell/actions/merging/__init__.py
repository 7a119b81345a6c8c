"""Merging a ledger that was read from files into the records: only what is new is added.

`actions.imports` runs the steps inside one transaction: customers, items, money, disputes.
"""
