"""Django's backend for PostgreSQL, which also tells the server for which companies it works."""
