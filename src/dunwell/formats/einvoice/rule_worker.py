"""The process that runs rules: one line of JSON in, one out, until its input ends.

It is started by its path, alone (`connectors.rule_process`), so that a stylesheet that hangs,
grows or crashes takes nothing else with it. Asked `{"sheet": path, "xml": text}`, it answers
`{"svrl": text}` or `{"error": text}`. A stylesheet is compiled once.
"""

import json
import sys
from typing import Any, TextIO


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
        sheets[path] = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=path)
    node = processor.parse_xml(xml_text=asked["xml"])
    found = sheets[path].transform_to_string(xdm_node=node)
    if not found:
        raise ValueError("the rules gave no report")
    return str(found)


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
