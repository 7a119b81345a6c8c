"""What recording a bank file is made of: accounts, statements, entries, payments, coverage."""
