"""Python servers that send every message back: server.py '{"MODE": DEFLATE or null, …}'. It prints the port of each
mode, then a report of each connection, and ends when its standard input does."""

import asyncio
import json
import sys

import websockets
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

from report import HEADER, passed, write


async def echo(ws, path):
    report = {"path": path, "offered": ws.request_headers.get(HEADER), "extensions": ws.response_headers.get(HEADER)}
    report["sent"], report["received"] = [], []
    pong = await ws.ping("from the server")
    try:
        async for message in ws:
            report["received"].append(passed(message))
            if message == "close":
                await ws.close(4002, "the server goes, 再见")
                break
            report["sent"].append(passed(message))
            await ws.send(message)
    except websockets.ConnectionClosed:
        pass
    await ws.wait_closed()
    if pong.done() and not pong.exception():
        report["pong"] = "from the server"
    write({**report, "code": ws.close_code, "reason": ws.close_reason})


async def main(modes):
    ports = {}
    for mode, parameters in modes.items():
        extensions = [] if parameters is None else [ServerPerMessageDeflateFactory(**parameters)]
        server = await websockets.serve(
            echo, "127.0.0.1", 0, compression=None, extensions=extensions, max_size=None, ping_interval=None
        )
        ports[mode] = server.sockets[0].getsockname()[1]
    write(ports)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main(json.loads(sys.argv[1])))
