"""An echo server on Tornado with its permessage-deflate switched on."""

import sys

import tornado.ioloop
import tornado.web
import tornado.websocket


class Echo(tornado.websocket.WebSocketHandler):
    def get_compression_options(self):
        return {}  # not None: on, with the library's settings

    def on_message(self, message):
        self.write_message(message, binary=isinstance(message, bytes))


def main(host, port):
    app = tornado.web.Application(
        [(r"/.*", Echo)],
        websocket_max_message_size=32 << 20,
        log_function=lambda handler: None,
    )
    app.listen(int(port), host)
    tornado.ioloop.IOLoop.current().start()  # SIGTERM ends the process


main(*sys.argv[1].split(":"))
