package chatserver_test

import (
	"context"
	"fmt"
	"net"

	"github.com/gorilla/websocket"

	"wsprobe/chatserver"
)

// A server inside another program, on a port of its own.
func ExampleServe() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- chatserver.Serve(ctx, listener, chatserver.Config{}) }()

	conn, _, err := websocket.DefaultDialer.Dial("ws://"+listener.Addr().String()+"/echo", nil)
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	conn.WriteMessage(websocket.TextMessage, []byte("Hello"))
	_, p, err := conn.ReadMessage()
	fmt.Printf("%s %v\n", p, err)

	stop()
	_, _, err = conn.ReadMessage()
	fmt.Println(err)
	fmt.Println(<-ended)
	// Output:
	// Hello <nil>
	// websocket: close 1001 (going away): the server is shutting down
	// <nil>
}
