package recordtest

import (
	"testing"

	"github.com/gorilla/websocket"
)

// Chat has two people talk in the bundled chat, one after the other.
func Chat(t *testing.T, addr string) {
	var both [2]*websocket.Conn
	for i, nick := range []string{"ann", "ben"} {
		c, _, err := websocket.DefaultDialer.Dial("ws://"+addr+"/chat", nil)
		if err != nil {
			t.Fatal(err)
		}
		both[i] = c
		c.WriteMessage(websocket.TextMessage, []byte(`{"type": "join", "room": "lobby", "nick": "`+nick+`"}`))
		c.ReadMessage()
	}
	both[0].ReadMessage() // ben has joined
	both[1].WriteMessage(websocket.TextMessage, []byte(`{"type": "say", "text": "hi"}`))
	for _, c := range both {
		c.ReadMessage()
	}
	for i, c := range both {
		c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
		for err := error(nil); err == nil; {
			_, _, err = c.ReadMessage()
		}
		if c.Close(); i == 0 {
			both[1].ReadMessage() // ann has left
		}
	}
}
