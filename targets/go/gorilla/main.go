// Command gorilla is an echo server on github.com/gorilla/websocket, written as
// that library's echo example is, with its compression switched on.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
)

const maxMessage = 32 << 20

var upgrader = websocket.Upgrader{EnableCompression: true}

func main() {
	log.Fatal(http.ListenAndServe(os.Args[1], http.HandlerFunc(echo)))
}

func echo(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered with an HTTP error
	}
	defer conn.Close()
	conn.SetReadLimit(maxMessage)
	for {
		kind, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if err := conn.WriteMessage(kind, message); err != nil {
			return
		}
	}
}
