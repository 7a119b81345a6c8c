"""Learned models as pure functions: frames in, frames out."""
