"""Bytes to rows and back: files people and banks send. Pure: no database, no network."""
