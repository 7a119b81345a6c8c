"""May we contact a customer now, by which channel, under which rule, and if not, when again?

Rules are data (`rules`), a company's own limits too (`policy`); `verdicts` asks them of frames.
"""
