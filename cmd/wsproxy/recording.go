package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"wsprobe/internal/record"
)

// gather reads a recording, and returns its conversations: that of the number, or
// with 0 all.
func gather(ctx context.Context, a *app, name string, conn uint64) ([]*record.Talk, error) {
	sink := record.NewGather(conn)
	if err := readRecording(ctx, a, name, sink); err != nil {
		return nil, err
	}
	talks := sink.Talks()
	switch {
	case len(talks) > 0:
		return talks, nil
	case conn > 0:
		return nil, fmt.Errorf("%s has no connection %d", name, conn)
	}
	return nil, fmt.Errorf("%s has no connection in it", name)
}

// readRecording reads any file that wsproxy read does, and tells a sink.
func readRecording(ctx context.Context, a *app, name string, sink record.Sink) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	if first, _ := r.Peek(1); len(first) == 1 && first[0] == '{' {
		if err := record.ReadJSONL(r, sink); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	return readCapture(ctx, a, name, r, sink)
}

func readCapture(context.Context, *app, string, io.Reader, record.Sink) error {
	return fmt.Errorf("not JSON lines")
}
