"""An echo server on websockets, which has permessage-deflate on by itself."""

import asyncio
import signal
import sys

import websockets


async def echo(connection):
    try:
        async for message in connection:
            await connection.send(message)
    except websockets.ConnectionClosedError:
        pass  # the library has said why, in its Close frame


async def main(host, port):
    stop = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set_result, None)
    async with websockets.serve(echo, host, int(port), max_size=32 << 20):
        await stop


asyncio.run(main(*sys.argv[1].split(":")))
