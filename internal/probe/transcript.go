package probe

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// transcript is what passed on the connections of one case, in the order that
// we saw it.
type transcript struct {
	start time.Time
	mu    sync.Mutex
	lines []report.Line
}

// now returns the time since the case began.
func (t *transcript) now() time.Duration { return time.Since(t.start) }

// add appends a line; beyond maxLines only the last is said to be missing.
func (t *transcript) add(l report.Line) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(l.Payload) > showPayload {
		l.Payload, l.Cut = append([]byte(nil), l.Payload[:showPayload]...), true
	}
	switch {
	case len(t.lines) < maxLines:
		t.lines = append(t.lines, l)
	case len(t.lines) == maxLines:
		t.lines = append(t.lines, report.Line{At: l.At, Kind: "note", Note: "the transcript is too long and ends here"})
	}
}

// drop lets go of such lines from the mark-th on.
func (t *transcript) drop(mark int, such func(report.Line) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines[:mark], slices.DeleteFunc(t.lines[mark:], such)...)
}

func (t *transcript) len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.lines)
}

// take returns the lines.
func (t *transcript) take() []report.Line {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lines
}

// sentFrame is the line of a frame that we send. It is made from the case file,
// not from the bytes: a header that lies is shown as it was meant.
func sentFrame(f *casefile.Frame, d wire.Dialect, payload []byte) report.Line {
	l := report.Line{Sent: true, Kind: f.Opcode.String(), Size: uint64(len(payload)), Payload: payload}
	switch {
	case f.Claim != nil:
		l.Note = "length says " + utoa(*f.Claim)
	case f.Times > 1:
		l.Note = fmt.Sprintf("the first of %d", f.Times)
	}
	if d.Traits().Hixie {
		if f.Type != nil {
			l.Frame = &report.FrameBits{Fin: true, Type: f.Type}
		}
		return l
	}
	l.Frame = &report.FrameBits{Fin: f.Fin, Rsv: f.Rsv, Masked: f.Mask != casefile.MaskNone}
	if f.Compress {
		l.Frame.Rsv |= wire.RSV1
	}
	if f.Bits > wire.BitsFor(uint64(len(payload))) {
		l.Frame.Bits = f.Bits
	}
	return l
}
