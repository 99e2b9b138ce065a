package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"wsprobe/chatserver"
)

// startBundled starts the reference server inside this process. stop ends it
// and everything that is connected to it.
func startBundled() (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, trouble("", "starting the bundled server: %w", err)
	}
	server := chatserver.New(chatserver.Config{})
	web := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		web.Serve(l)
	}()
	stop = func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		web.Close()
		server.Shutdown(ctx)
		<-ended
	}
	return fmt.Sprintf("ws://%s/echo", l.Addr()), stop, nil
}
