"""Pages for the debtor."""
