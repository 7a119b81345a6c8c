"""A seeded world of the product's real actions: any order of them leaves books that can be proved.

`python -m tests.simulator --seed N --steps 100` plays one sequence again.
"""
