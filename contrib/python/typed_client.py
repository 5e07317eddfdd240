#!/usr/bin/env python3
"""Writes a typed Python module for the programs of a process-registry: a method each, with typed parameters.

    python3 typed_client.py openapi.json > programs.py

openapi.json is what GET /api/process_definition/openapi.json gives. What is written needs Python 3.8 and nothing but
its standard library. docs/how-to/a-typed-client.md shows how it is used.
"""
import json
import keyword
import re
import sys

# The first part of every module that is written.
RUNTIME = '''
import json
import os
import secrets
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Dict, List, Literal, Optional, Tuple, Union

File = Union[bytes, "os.PathLike[str]"]
Message = Union[str, File]


class Output:
    """What a program has written, and the id of its run."""

    def __init__(self, content: bytes, run: str) -> None:
        self.content = content
        self.run = run

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class Failed(Exception):
    """The server has refused the call, or the program has failed."""

    def __init__(self, status: int, problem: Dict[str, Any]) -> None:
        super().__init__(problem.get("error", str(status)))
        self.status = status
        self.problem = problem
        self.code: str = problem.get("code", "")
        self.exit_code: Optional[int] = problem.get("exit_code")
        self.stderr: str = problem.get("stderr") or ""


def _bytes(value: Message) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return value
    with open(value, "rb") as file:
        return file.read()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _given(values: Dict[str, Any]) -> Dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _parts(values: Dict[str, Any]) -> List[Tuple[str, Any]]:
    pairs = [(name, value if isinstance(value, list) else [value]) for name, value in _given(values).items()]
    return [(name, one) for name, several in pairs for one in several]


def _form(values: Dict[str, Any]) -> Tuple[bytes, str]:
    boundary = secrets.token_hex(16)
    body = b""
    for name, value in _parts(values):
        is_file = isinstance(value, (bytes, os.PathLike))
        given = os.path.basename(value) if isinstance(value, os.PathLike) else "data"
        head = f'--{boundary}\\r\\nContent-Disposition: form-data; name="{name}"'
        # any name, in the form of RFC 5987, which the server prefers
        named = f"; filename*=UTF-8\'\'{urllib.parse.quote(given, safe='')}" if is_file else ""
        body += (head + named + "\\r\\n\\r\\n").encode()
        body += (_bytes(value) if is_file else _text(value).encode()) + b"\\r\\n"
    return body + f"--{boundary}--\\r\\n".encode(), f"multipart/form-data; boundary={boundary}"


class Programs:
    """`authorization`: the whole header, such as "Bearer pr_..."."""

    def __init__(self, url: str, authorization: str) -> None:
        self._url = url.rstrip("/")
        self._authorization = authorization

    def _message(self, path: str, message: Message, content_type: str, query: Dict[str, Any]) -> Output:
        pairs = [(name, _text(value)) for name, value in _parts(query)]
        return self._send(path + ("?" + urllib.parse.urlencode(pairs) if pairs else ""), _bytes(message), content_type)

    def _form(self, path: str, values: Dict[str, Any]) -> Output:
        return self._send(path, *_form(values))

    def _json(self, path: str, required: Dict[str, Any], optional: Dict[str, Any]) -> Output:
        return self._send(path, json.dumps({**required, **_given(optional)}).encode(), "application/json")

    def _send(self, path: str, body: bytes, content_type: str) -> Output:
        headers = {"Authorization": self._authorization, "Content-Type": content_type}
        try:
            with urllib.request.urlopen(urllib.request.Request(self._url + path, body, headers, method="POST")) as answer:
                return Output(answer.read(), answer.headers.get("Run-Id", ""))
        except urllib.error.HTTPError as error:
            try:
                problem = json.loads(error.read())
            except ValueError:
                problem = {}
            raise Failed(error.code, problem) from None
'''

SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


class Document:
    def __init__(self, document):
        self.document = document
        # what the annotations name, and the methods that there are
        self.methods = set("str int float bool bytes Any Dict List Literal Optional Union File Message Output".split())
        self.methods |= {"_message", "_form", "_json", "_send"}

    def resolved(self, part):
        while "$ref" in part:
            found = self.document
            for key in part["$ref"].split("/")[1:]:
                found = found[key]
            part = found
        return part

    def type_of(self, schema, depth=0):
        """The annotation of a value. A schema that contains itself ends as Any."""
        if not isinstance(schema, dict) or depth > 8:
            return "Any"
        schema = self.resolved(schema)
        choices = [schema["const"]] if "const" in schema else schema.get("enum", [])
        if choices and all(isinstance(one, (str, bool, int)) or one is None for one in choices):
            return f"Literal[{', '.join(map(repr, choices))}]"
        some = schema.get("anyOf") or schema.get("oneOf")
        if some:
            return union([self.type_of(one, depth + 1) for one in some])
        if schema.get("format") == "binary":
            return "File"
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        return union([self.type_of_kind(kind, schema, depth) for kind in kinds])

    def type_of_kind(self, kind, schema, depth):
        if kind == "array":
            return f"List[{self.type_of(schema.get('items'), depth + 1)}]"
        return "Dict[str, Any]" if kind == "object" else SIMPLE.get(kind, "Any")

    def method(self, path, operation):
        parameters = [self.resolved(one) for one in operation.get("parameters", [])]
        # the switches of the server begin with a dash
        query = {one["name"]: one for one in parameters if not one["name"].startswith("-")}
        content = operation.get("requestBody", {}).get("content", {})
        kind = next(iter(content), "")
        schema = self.resolved(content[kind].get("schema", {})) if kind in ("application/json", "multipart/form-data") else {}
        fields = {**schema.get("properties", {}), **{name: one.get("schema", {"type": "object"}) for name, one in query.items()}}
        required = set(schema.get("required", [])) | {name for name, one in query.items() if one.get("required")}
        takes_message = bool(content) and not schema and kind not in ("application/json", "multipart/form-data")
        taken = {"self", "message"} if takes_message else {"self"}
        names = {name: identifier(name, taken) for name in sorted(fields, key=lambda name: name not in required)}
        arguments = ["self"]
        if takes_message:
            arguments.append(f"message: {'Message' if kind.startswith('text/') else 'File'}")
        if names:
            arguments.append("*")
        for name, python in names.items():
            annotation = self.type_of(fields[name])
            arguments.append(f"{python}: {annotation}" if name in required else f"{python}: Optional[{annotation}] = None")
        if takes_message:
            call = f"_message({path!r}, message, {type_of_message(kind)}, {given(names)})"
        elif kind == "multipart/form-data":
            call = f"_form({path!r}, {given(names)})"
        else:
            needed = [name for name in names if name in required]
            others = [name for name in names if name not in required]
            call = f"_json({path!r}, {given({name: names[name] for name in needed})}, {given({name: names[name] for name in others})})"
        name = identifier(operation["operationId"], self.methods)
        said = operation.get("description") or operation["summary"]
        return f"    def {name}({', '.join(arguments)}) -> Output:\n        {said!r}\n        return self.{call}"


def given(names):
    """An expression with the value of each parameter."""
    return "{" + ", ".join(f"{name!r}: {python}" for name, python in names.items()) + "}"


def type_of_message(kind):
    """An expression: text has a character set, and bytes are not known to be text."""
    if not kind.startswith("text/"):
        return repr(kind)
    return f"{kind + '; charset=utf-8'!r} if isinstance(message, str) else 'application/octet-stream'"


def union(types):
    found = sorted(set(types or ["Any"]), key=lambda one: one == "None")
    if "Any" in found:
        return "Any"
    return found[0] if len(found) == 1 else f"Union[{', '.join(found)}]"


def identifier(name, taken):
    """A name of Python that is not taken, which is taken from then on."""
    wanted = re.sub(r"\W", "_", name, flags=re.ASCII)
    wanted = f"_{wanted}" if not wanted or wanted[0].isdigit() else wanted
    found = wanted
    while keyword.iskeyword(found) or found in taken or found.startswith("__"):
        found = f"p{found}" if found.startswith("__") else f"{found}_"
    taken.add(found)
    return found


def main():
    with open(sys.argv[1], encoding="utf-8") if len(sys.argv) > 1 else sys.stdin as file:
        document = json.load(file)
    made = Document(document)
    methods = [made.method(path, item["post"]) for path, item in document["paths"].items()]
    print('"""Programs of a process-registry as methods. Made by typed_client.py: make it anew instead of changing it."""')
    print(RUNTIME + "\n" + "\n\n".join(methods))


if __name__ == "__main__":
    main()
