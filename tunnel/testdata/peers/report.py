"""What the Python peers have in common: a report of one connection, printed as a line of JSON when it has closed."""

import hashlib
import json

HEADER = "Sec-WebSocket-Extensions"


def passed(message):
    """Describes a message by its hash."""
    data = message.encode() if isinstance(message, str) else message
    op = "text" if isinstance(message, str) else "binary"
    return {"op": op, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def write(value):
    print(json.dumps(value), flush=True)
