"""How values look on a page: amounts, days, charts and small parts."""
