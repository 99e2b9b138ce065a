package main

import (
	"context"
	"errors"
	"io"
	"os"
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
// standard output, where nothing else is made of what is shown; and what lets go of it.
func (o *outputFlags) whileRead(ctx context.Context, stdout io.Writer) (context.Context, context.CancelFunc) {
	if len(o.write) > 0 || o.ui.listen != "" {
		return context.WithCancel(ctx)
	}
	ctx, end := context.WithCancelCause(ctx)
	o.unread = func() { end(errUnread) }
	if f, ok := stdout.(*os.File); ok {
		go o.watch(ctx, f)
	}
	return ctx, func() { end(nil) }
}

// watch looks now and then whether standard output is still read: where there is
// nothing to show, no write would tell.
func (o *outputFlags) watch(ctx context.Context, stdout *os.File) {
	for sleep(ctx, howOften) {
		if abandoned(stdout) {
			o.unread()
		}
	}
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
