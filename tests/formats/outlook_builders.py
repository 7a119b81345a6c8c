"""How files of Outlook (.msg) of tests are built: compound files of folders, properties, files."""

import struct
from datetime import UTC, datetime

SECTOR, MINI, CUTOFF = 512, 64, 4_096
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
HEADS = {"mail": 32, "inner": 24, "part": 8}


def compound(tree):
    """A compound file of version 3: names to bytes (streams) or to further names (folders)."""
    sectors, chains, mini, mini_chain = [], [], bytearray(), []

    def kept(data):
        if not data:
            return END
        first = len(sectors)
        pieces = [
            data[at : at + SECTOR].ljust(SECTOR, b"\0") for at in range(0, len(data), SECTOR)
        ]
        sectors.extend(pieces)
        chains.extend([*range(first + 1, first + len(pieces)), END])
        return first

    def kept_small(data):
        first = len(mini_chain)
        mini.extend(data.ljust(-(-len(data) // MINI) * MINI, b"\0"))
        count = len(mini) // MINI - first
        mini_chain.extend([*range(first + 1, first + count), END])
        return first

    entries = [["Root Entry", 5, FREE, FREE, END, 0]]

    def add(children):
        """Entries of a folder, each the right neighbour of the one before; the first one."""
        first = before = None
        for name, value in children.items():
            here = len(entries)
            is_folder = isinstance(value, dict)
            start = 0 if is_folder else (kept if len(value) >= CUTOFF else kept_small)(value)
            size = 0 if is_folder else len(value)
            entries.append([name, 1 if is_folder else 2, FREE, FREE, start, size])
            if before is None:
                first = here
            else:
                entries[before][2] = here
            before = here
            if is_folder:
                entries[here][3] = add(value)
        return FREE if first is None else first

    entries[0][3] = add(tree)
    entries[0][5] = len(mini)
    entries[0][4] = kept(bytes(mini))
    mini_table = kept(struct.pack(f"<{len(mini_chain)}I", *mini_chain))
    directory = kept(b"".join(_entry(*one) for one in entries))
    # the table tells of itself too, so it may need one sector more
    count = -(-(len(sectors) + 1) // (SECTOR // 4))
    while count * (SECTOR // 4) < len(sectors) + count:
        count += 1
    at = len(sectors)
    table = [*chains, *[TABLE] * count]
    table += [FREE] * (count * (SECTOR // 4) - len(table))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0")
    head += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory, 0, CUTOFF,
                        mini_table, -(-len(mini_chain) // (SECTOR // 4)), END, 0)  # fmt: skip
    listed = [*range(at, at + count)]
    head += struct.pack("<109I", *listed, *[FREE] * (109 - count))
    return head + b"".join(sectors) + struct.pack(f"<{len(table)}I", *table)


def _entry(name, kind, right, child, start, size):
    told = name.encode("utf-16-le")
    return (
        told.ljust(64, b"\0") + struct.pack("<HBBIII", len(told) + 2, kind, 1, FREE, right, child)
        + bytes(36) + struct.pack("<IQ", start, size)
    )  # fmt: skip


def properties(kind, values):
    """Streams of properties: text, bytes, numbers and moments by their ids; bytes of 8-bit text as ("cp", text)."""
    streams, fixed = {}, bytes(HEADS[kind])
    for key, value in values.items():
        if isinstance(value, str):
            streams[f"__substg1.0_{key:04X}001F"] = value.encode("utf-16-le")
        elif isinstance(value, tuple):
            streams[f"__substg1.0_{key:04X}001E"] = value[1].encode(value[0])
        elif isinstance(value, bytes):
            streams[f"__substg1.0_{key:04X}0102"] = value
        elif isinstance(value, dict):
            streams[f"__substg1.0_{key:04X}000D"] = value
        elif isinstance(value, datetime):
            ticks = int((value - EPOCH).total_seconds()) * 10_000_000
            fixed += struct.pack("<IIQ", key << 16 | 0x40, 6, ticks)
        else:
            fixed += struct.pack("<IIi4x", key << 16 | 3, 6, value)
    return {"__properties_version1.0": fixed, **streams}


def attached(name, data, **more):
    """A file of a mail; a mail within the mail where `data` is one."""
    values = {0x3707: name, **{int(key[1:], 16): value for key, value in more.items()}}
    if data is not None:
        values[0x3701] = data
    return properties("part", values)


def recipient(name, address, kind=1):
    """Who gets the mail: To (1), Cc (2) or Bcc (3)."""
    return properties("part", {0x3001: name, 0x39FE: address, 0x0C15: kind})


def outlook(*files, kind="mail", to=(), **values):
    """A mail as a tree, by ids such as p1000 for its text; `kind` is inner for one within another."""
    told = {0x001A: "IPM.Note", **{int(key[1:], 16): value for key, value in values.items()}}
    tree = properties(kind, told)
    for number, one in enumerate(to):
        tree[f"__recip_version1.0_#{number:08X}"] = one
    for number, one in enumerate(files):
        tree[f"__attach_version1.0_#{number:08X}"] = one
    return tree


SENDER = {"p0C1A": "Ann Lee", "p0C1E": "SMTP", "p0C1F": "ann@buyer.example"}


def msg(*files, **values):
    """The bytes of a .msg from Ann Lee."""
    return compound(outlook(*files, **{**SENDER, **values}))
