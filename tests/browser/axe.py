"""What axe says about a page, as a list of rule ids with the first element each."""

from axe_playwright_python.sync_playwright import Axe

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


def violations(page):
    """Return (rule, first element) for everything axe finds on the page."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]
