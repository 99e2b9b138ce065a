"""An echo server on gevent-websocket, which has no permessage-deflate and no limit
to the size of a message."""

import sys

from gevent.pywsgi import WSGIServer
from geventwebsocket import WebSocketError
from geventwebsocket.handler import WebSocketHandler


def echo(environ, start_response):
    socket = environ.get("wsgi.websocket")
    if socket is None:
        start_response("426 Upgrade Required", [("Upgrade", "websocket")])
        return [b""]
    try:
        while (message := socket.receive()) is not None:
            socket.send(message)
    except WebSocketError:
        pass  # closed while it was read from or written to
    return []


def main(host, port):
    server = WSGIServer(
        (host, int(port)), echo, handler_class=WebSocketHandler, log=None, error_log=None
    )
    server.serve_forever()  # SIGTERM ends the process


main(*sys.argv[1].split(":"))
