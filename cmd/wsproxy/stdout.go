package main

import (
	"context"
	"errors"
	"io"
	"syscall"
)

// reader is standard output as long as somebody reads it. Once its reader has had
// enough, or its terminal is gone, what is shown is shown to nobody, and everything
// else goes on.
type reader struct {
	io.Writer
	left func() // called once nobody reads any more; nil: nobody wants to know
	gone bool
}

// errUnread says that all there was to do was to show, and that nobody looks.
var errUnread = errors.New("nobody reads standard output any more")

// whileRead returns a context that ends, because of errUnread, once nobody reads
// standard output, where nothing else is made of what is shown.
func (o *outputFlags) whileRead(ctx context.Context) context.Context {
	if len(o.write) > 0 || o.ui.listen != "" {
		return ctx
	}
	ctx, end := context.WithCancelCause(ctx)
	o.unread = func() { end(errUnread) }
	return ctx
}

// unread reports whether a context ended because nobody looks.
func unread(ctx context.Context) bool { return context.Cause(ctx) == errUnread }

// Write implements io.Writer.
func (r *reader) Write(p []byte) (int, error) {
	if r.gone {
		return len(p), nil
	}
	n, err := r.Writer.Write(p)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.EIO) {
		if r.gone = true; r.left != nil {
			r.left()
		}
		return len(p), nil
	}
	return n, err
}
