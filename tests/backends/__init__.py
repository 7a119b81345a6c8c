"""Tests of the engines that run the engine's functions."""
