package main

import (
	"context"
	"fmt"

	"wsprobe/internal/record"
	"wsprobe/internal/sniff"
)

// gatherKeep is how much of a payload in a capture is kept for playing it again:
// whatever has a use in one.
const gatherKeep = 256 << 20

// gather reads any file that wsproxy read does, and returns its conversations: that
// of the number, or with 0 all.
func gather(ctx context.Context, a *app, name string, conn uint64) ([]*record.Talk, error) {
	files, err := openAll([]string{name})
	if err != nil {
		return nil, err
	}
	sink := record.NewGather(conn)
	o := sniff.Options{Keep: gatherKeep, Inflate: inflateLimit, Sinks: []record.Sink{record.AsHTTP1(sink)}}
	if err := newReading(ctx, a, o).all(files); err != nil {
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
