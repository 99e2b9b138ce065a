package chatserver

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// maxHead is how long a request head may be. net/http answers 431 some 4 KiB beyond it.
const maxHead = 64 << 10

// Serve serves what config says on listener until ctx ends, then closes every
// connection with 1001 and returns when all are gone; within a few seconds, as
// config's CloseTimeout bounds it. The error is what ended the listener before.
func Serve(ctx context.Context, listener net.Listener, config Config) error {
	chat := New(config)
	server := &http.Server{
		Handler:           chat,
		ReadHeaderTimeout: chat.conf.HandshakeTimeout,
		ReadTimeout:       chat.conf.HandshakeTimeout, // a WebSocket takes these deadlines off
		WriteTimeout:      chat.conf.WriteTimeout,
		IdleTimeout:       chat.conf.IdleTimeout,
		MaxHeaderBytes:    maxHead,
		ErrorLog:          slog.NewLogLogger(chat.conf.Log.Handler(), slog.LevelInfo),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	stop(server, chat)
	return err
}

// stop shuts both halves down. While the WebSockets close, the port still
// answers with 503; then the little that http.Server still has gets a second.
func stop(server *http.Server, chat *Server) {
	ctx, cancel := context.WithTimeout(context.Background(), 4*chat.conf.CloseTimeout)
	defer cancel()
	chat.Shutdown(ctx)
	ctx, cancel = context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		server.Close()
	}
}
