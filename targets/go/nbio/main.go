// Command nbio is an echo server on github.com/lesismal/nbio: its own HTTP
// server on epoll, with compression switched on and the limit of 4 MiB a message
// raised.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/lesismal/nbio/nbhttp"
	"github.com/lesismal/nbio/nbhttp/websocket"
)

const maxMessage = 32 << 20

func main() {
	upgrader := newUpgrader()
	server := nbhttp.NewServer(nbhttp.Config{
		Network: "tcp",
		Addrs:   []string{os.Args[1]},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = upgrader.Upgrade(w, r, nil) // what fails has been answered with an HTTP error
		}),
	})
	if err := server.Start(); err != nil {
		log.Fatal(err)
	}
	select {} // until a signal ends it
}

func newUpgrader() *websocket.Upgrader {
	upgrader := websocket.NewUpgrader()
	upgrader.EnableCompression(true)
	upgrader.MessageLengthLimit = maxMessage
	upgrader.OnMessage(func(conn *websocket.Conn, kind websocket.MessageType, message []byte) {
		if err := conn.WriteMessage(kind, message); err != nil {
			_ = conn.Close()
		}
	})
	return upgrader
}
