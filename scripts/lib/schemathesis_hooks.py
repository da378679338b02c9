"""Teaches schemathesis lines of JSON: each line is what the description says of the body."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def write(_context, value):
    lines = value if isinstance(value, list) else [value]
    return "".join(json.dumps(line) + "\n" for line in lines).encode("utf-8", "surrogatepass")


@schemathesis.deserializer("application/x-ndjson")
def read(_context, response):
    return json.loads(response.content.splitlines()[0])
