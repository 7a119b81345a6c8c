"""Bank files: statements, notifications and remittances, bytes in, rows of one kind out."""
