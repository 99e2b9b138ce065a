package main

import (
	"context"
	"fmt"
	"net"

	"wsprobe/chatserver"
)

// startBundled starts the reference server inside this process. stop ends it
// and everything that is connected to it.
func startBundled() (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, trouble("", "starting the bundled server: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		chatserver.Serve(ctx, l, chatserver.Config{})
	}()
	stop = func() {
		cancel()
		<-ended
	}
	return fmt.Sprintf("ws://%s/echo", l.Addr()), stop, nil
}
