"""Process mining of invoice to cash: what follows what, where money waits, what is redone.

A log is rows of what happened to a case (an invoice, or whatever a foreign log calls one). All
that is told of it is made of marks, a row per case and thing told (`marks.MARKS`): a figure is
a sum over marks, so it opens into the very rows that it is made of.
"""
