"""Python clients: client.py '{"url": …, "ca": FILE, "modes": {"MODE": DEFLATE or null, …}, "connections": N,
"size": BYTES}' opens N connections for each mode, all at once, and prints a report of each."""

import asyncio
import json
import os
import random
import ssl
import sys

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from report import HEADER, passed, write

WORDS = ["culvert ", "frame ", "消息 ", "naïve ", "🌍 ", "wss ", "\n", '{"id": 1} ']


async def talk(job, context, path, parameters, server_closes):
    extensions = [] if parameters is None else [ClientPerMessageDeflateFactory(**parameters)]
    ws = await websockets.connect(
        job["url"] + path, ssl=context, compression=None, extensions=extensions, max_size=None, ping_interval=None,
        open_timeout=120, close_timeout=120,
    )
    size = job["size"]
    report = {"path": path, "extensions": ws.response_headers.get(HEADER), "sent": [], "received": []}

    async def send(*parts):
        report["sent"].append(passed(parts[0][:0].join(parts)))
        await ws.send(parts[0] if len(parts) == 1 else parts)

    async def receive():
        async for message in ws:
            report["received"].append(passed(message))
            if len(report["received"]) == 9:
                return

    receiving = asyncio.create_task(receive())
    await send("hello")
    await send("")
    await send("世界 🌍 naïve\u0000")
    await send("hello")  # with context takeover it refers to the first
    await send(bytes(range(256)))
    pong = await ws.ping("from the client")
    await send("".join(random.choices(WORDS, k=size // 6)))
    await send(os.urandom(size))
    await send("in ", "three ", "parts 🌍")
    await send(os.urandom(70), os.urandom(70_000), b"", b"z" * 200)
    await receiving
    await pong
    report["pong"] = "from the client"
    if server_closes:
        await send("close")
        await ws.wait_closed()
    else:
        await ws.close(4001, "the client goes, 再见")
    write({**report, "code": ws.close_code, "reason": ws.close_reason})


async def main(job):
    context = ssl.create_default_context(cafile=job["ca"])
    await asyncio.gather(*(
        talk(job, context, f"/{mode}?n={n}", parameters, (i + n) % 2 == 1)
        for i, (mode, parameters) in enumerate(job["modes"].items())
        for n in range(job["connections"])
    ))


asyncio.run(main(json.loads(sys.argv[1])))
