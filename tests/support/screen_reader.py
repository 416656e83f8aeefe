"""What a screen reader is told of a program. Run by the system's Python, which has pyatspi.

Reads process ids from standard input, one a line, and answers each with one line of JSON: the nodes of
that program's accessibility tree, parents before children.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pyatspi

MOST_CHILDREN = 300


def read_node(accessible: Any, depth: int) -> dict[str, Any]:
    interfaces = pyatspi.listInterfaces(accessible)
    node = {
        "depth": depth,
        "role": accessible.getRoleName(),
        "name": accessible.name,
        "description": accessible.description,
        "states": [pyatspi.stateToString(state) for state in accessible.getState().getStates()],
        "box": None,
        "value": None,
        "text": None,
    }
    if "Component" in interfaces:
        box = accessible.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
        node["box"] = [box.x, box.y, box.width, box.height]
    if "Value" in interfaces:
        node["value"] = accessible.queryValue().currentValue
    if "Text" in interfaces:
        node["text"] = accessible.queryText().getText(0, -1)
    return node


def walk(accessible: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    yield read_node(accessible, depth)
    for index in range(min(accessible.childCount, MOST_CHILDREN)):
        child = accessible.getChildAtIndex(index)
        if child is not None:
            yield from walk(child, depth + 1)


def read_program(pid: int) -> list[dict[str, Any]]:
    desktop = pyatspi.Registry.getDesktop(0)
    desktop.clearCache()
    programs = [program for program in desktop if program is not None and program.get_process_id() == pid]
    return [node for program in programs for node in walk(program)]


def main() -> None:
    for line in sys.stdin:
        try:
            nodes = read_program(int(line))
        except Exception:  # noqa: BLE001 - the tree changed under our hands; the next look will tell
            nodes = []
        print(json.dumps(nodes), flush=True)


if __name__ == "__main__":
    main()
