"""Tests of the assistant's reader."""
