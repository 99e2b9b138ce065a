"""An echo server on aiohttp, whose permessage-deflate is on by itself."""

import sys

from aiohttp import WSMsgType, web


async def echo(request):
    socket = web.WebSocketResponse(max_msg_size=32 << 20)
    await socket.prepare(request)
    async for message in socket:
        if message.type == WSMsgType.TEXT:
            await socket.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await socket.send_bytes(message.data)
    return socket


def main(host, port):
    app = web.Application()
    app.router.add_get("/{path:.*}", echo)
    web.run_app(app, host=host, port=int(port), print=None)  # ends on SIGTERM


main(*sys.argv[1].split(":"))
