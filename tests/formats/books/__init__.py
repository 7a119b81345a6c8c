"""Tests of books as other systems write them out."""
