"""Choices dealt out: a few for each of many tests, other ones than its neighbours."""

from zlib import crc32

from hypothesis import settings


def is_long_tier():
    """Whether this is the long tier, where everything is tried."""
    return settings.get_current_profile_name() == "release"


def dealt(choices, key, few):
    """A few of the choices, other ones for every key, so that each comes often; all in the long tier."""
    if is_long_tier():
        return choices
    begin = crc32(key.encode()) % len(choices)
    names = [*choices, *choices][begin : begin + len(choices) : len(choices) // few]
    return {name: choices[name] for name in names}


def share(named, key, *, one_in):
    """One in so many of what begins with its name, others for every key; all in the long tier."""
    if is_long_tier():
        return named
    return [one for one in named if crc32(f"{one[0]} {key}".encode()) % one_in == 0]
