"""The invariants of the books as plain SQL, independent of the code that writes them.

Every query takes the company's key as %(company)s and returns the rows that break the
rule: no row, no break. The ids are those of the design's list: I of the ledger's
invariants, D of the domain's.
"""
