// Command xnet is an echo server on golang.org/x/net/websocket. It takes
// websocket.Server rather than websocket.Handler, as that package says to where
// clients may have no Origin, and a codec that keeps text and binary apart.
package main

import (
	"log"
	"net/http"
	"os"

	"golang.org/x/net/websocket"
)

const maxMessage = 32 << 20

// message is one message with the opcode that it came under.
type message struct {
	opcode  byte
	payload []byte
}

var codec = websocket.Codec{
	Marshal: func(v any) ([]byte, byte, error) {
		m := v.(*message)
		return m.payload, m.opcode, nil
	},
	Unmarshal: func(payload []byte, opcode byte, v any) error {
		*v.(*message) = message{opcode, payload}
		return nil
	},
}

func main() {
	log.Fatal(http.ListenAndServe(os.Args[1], websocket.Server{Handler: echo}))
}

func echo(conn *websocket.Conn) {
	defer conn.Close() // sends the Close frame, which the package leaves to us
	conn.MaxPayloadBytes = maxMessage
	for {
		var m message
		if err := codec.Receive(conn, &m); err != nil {
			return
		}
		if err := codec.Send(conn, &m); err != nil {
			return
		}
	}
}
