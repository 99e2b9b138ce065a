"""An echo server on Hypercorn, whose WebSockets are wsproto's: permessage-deflate
is on by itself."""

import asyncio
import sys

from hypercorn.asyncio import serve
from hypercorn.config import Config


async def echo(scope, receive, send):
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "http":
        await upgrade_required(send)
    else:
        await websocket(receive, send)


async def websocket(receive, send):
    event = await receive()
    while event["type"] != "websocket.disconnect":
        if event["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        else:
            await send({**event, "type": "websocket.send"})
        event = await receive()


async def upgrade_required(send):
    headers = [(b"upgrade", b"websocket"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 426, "headers": headers})
    await send({"type": "http.response.body"})


async def lifespan(receive, send):
    for _ in range(2):
        event = await receive()
        await send({"type": event["type"] + ".complete"})


def main(address):
    config = Config()
    config.bind = [address]
    config.errorlog = None
    config.websocket_max_message_size = 32 << 20
    asyncio.run(serve(echo, config))  # ends on SIGTERM


main(sys.argv[1])
