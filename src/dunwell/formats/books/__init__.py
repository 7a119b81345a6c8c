"""Books as other systems write them out: audit files and known exports, to tables of a ledger."""
