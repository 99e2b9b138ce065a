"""An echo server on Autobahn with permessage-deflate accepted where offered."""

import asyncio
import sys

from autobahn.asyncio.websocket import WebSocketServerFactory, WebSocketServerProtocol
from autobahn.websocket.compress import (
    PerMessageDeflateOffer,
    PerMessageDeflateOfferAccept,
)


class Echo(WebSocketServerProtocol):
    def onMessage(self, payload, isBinary):
        self.sendMessage(payload, isBinary)


def accept(offers):
    for offer in offers:
        if isinstance(offer, PerMessageDeflateOffer):
            return PerMessageDeflateOfferAccept(offer)


async def main(host, port):
    factory = WebSocketServerFactory(f"ws://{host}:{port}")
    factory.protocol = Echo
    factory.setProtocolOptions(
        maxMessagePayloadSize=32 << 20, perMessageCompressionAccept=accept
    )
    server = await asyncio.get_running_loop().create_server(factory, host, int(port))
    await server.serve_forever()  # SIGTERM ends the process


asyncio.run(main(*sys.argv[1].split(":")))
