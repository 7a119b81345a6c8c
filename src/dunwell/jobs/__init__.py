"""Work nobody waits for: the day's cycle, delivery, imports in the background."""
