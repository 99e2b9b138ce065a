package main

import (
	"errors"
	"io"
	"syscall"
)

// reader is standard output as long as somebody reads it. Once its reader has had
// enough, or its terminal is gone, what is shown is shown to nobody, and everything
// else goes on.
type reader struct {
	io.Writer
	gone bool
}

// Write implements io.Writer.
func (r *reader) Write(p []byte) (int, error) {
	if r.gone {
		return len(p), nil
	}
	n, err := r.Writer.Write(p)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.EIO) {
		r.gone = true
		return len(p), nil
	}
	return n, err
}
