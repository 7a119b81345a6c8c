"""The process that runs rules: one line of JSON in, one out, until its input ends.

It is started by its path, alone (`connectors.rule_process`), so that a stylesheet that hangs,
grows or crashes takes nothing else with it. Asked `{"sheet": path, "xml": text}`, it answers
`{"svrl": text}` or `{"error": text}`. A sheet is compiled once, a schematron (`.sch`) through the
stylesheet SchXslt2 makes of it (`schxslt/transpile.xsl`: version 1.3.4, MIT, unchanged).
"""

import json
import sys
from pathlib import Path
from typing import Any, TextIO

TRANSPILE = Path(__file__).with_name("schxslt") / "transpile.xsl"


def main(asked: TextIO, answers: TextIO) -> None:
    """Answer each line until there are no more."""
    import saxonche  # noqa: PLC0415 -- 150 ms and a runtime of its own, in this process alone

    processor = saxonche.PySaxonProcessor(license=False)
    sheets: dict[str, Any] = {}
    for line in asked:
        try:
            answer = {"svrl": _checked(processor, sheets, json.loads(line))}
        except (saxonche.PySaxonApiError, RuntimeError, ValueError, KeyError) as error:
            answer = {"error": str(error)[:2000]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _checked(processor: Any, sheets: dict[str, Any], asked: dict[str, str]) -> str:
    path = asked["sheet"]
    if path not in sheets:
        sheets[path] = _compiled(processor, path)
    node = processor.parse_xml(xml_text=asked["xml"])
    found = sheets[path].transform_to_string(xdm_node=node)
    if not found:
        raise ValueError("the rules gave no report")
    return str(found)


def _compiled(processor: Any, path: str) -> Any:
    if not path.endswith(".sch"):
        return processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=path)
    transpile = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(TRANSPILE))
    sheet = transpile.transform_to_string(source_file=path)
    if not sheet:
        raise ValueError("the schematron made no stylesheet")
    return processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=sheet)


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
