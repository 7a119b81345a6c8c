"""What a piece of work costs by itself: CPU time of this thread, without the collector.

A worker that ran thousands of tests holds millions of objects. A full collection over them, or
a thread another test left behind, would be charged to whatever runs now.
"""

import gc
import time
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Effort:
    seconds: float = 0.0


@contextmanager
def effort():
    """CPU seconds of the block, known after it."""
    spent = Effort()
    gc.disable()
    begun = time.thread_time()
    try:
        yield spent
    finally:
        spent.seconds = time.thread_time() - begun
        gc.enable()
