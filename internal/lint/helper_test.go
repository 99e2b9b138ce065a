package lint

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/wire"
)

// turn is what one side sends before the other one speaks.
type turn struct {
	side  Side
	bytes []byte
	end   bool
	how   End
}

// client and server are turns of bytes and strings.
func client(parts ...any) turn { return turn{side: Client, bytes: join(parts)} }
func server(parts ...any) turn { return turn{side: Server, bytes: join(parts)} }

func ends(side Side) turn { return turn{side: side, end: true} }

func join(parts []any) (p []byte) {
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			p = append(p, part...)
		case []byte:
			p = append(p, part...)
		case [][]byte:
			p = append(p, slices.Concat(part...)...)
		}
	}
	return p
}

// lines is a head: these lines, and a blank one.
func lines(lines ...string) string { return strings.Join(append(lines, "", ""), "\r\n") }

const sampleKey = "dGhlIHNhbXBsZSBub25jZQ=="

// ask is a right request of RFC 6455, with further lines.
func ask(more ...string) string {
	return lines(append([]string{"GET /chat HTTP/1.1", "Host: example.com", "Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Key: " + sampleKey, "Sec-WebSocket-Version: 13"}, more...)...)
}

// accept is the right answer to it, with further lines.
func accept(more ...string) string {
	return lines(append([]string{"HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}, more...)...)
}

// change replaces parts of a head.
func change(head string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(head) }

// opened is a conversation that begins with a right handshake.
func opened(turns ...turn) []turn {
	return append([]turn{client(ask()), server(accept())}, turns...)
}

// deflated is one that agreed on permessage-deflate with these parameters.
func deflated(params string, turns ...turn) []turn {
	const field = "Sec-WebSocket-Extensions: permessage-deflate"
	return append([]turn{client(ask(field + params)), server(accept(field + params))}, turns...)
}

// shape is a frame but for its payload: its opcode with FIN set, and what differs.
type shape func(*wire.Header)

func notFin(h *wire.Header) { h.Fin = false }
func rsv(bits byte) shape   { return func(h *wire.Header) { h.Rsv = bits } }
func wide(bits uint8) shape { return func(h *wire.Header) { h.Bits = bits } }
func masked(h *wire.Header) { h.Masked, h.Mask = true, [4]byte{1, 2, 3, 4} }
func bare(h *wire.Header)   { h.Masked = false }
func key(k byte) shape      { return func(h *wire.Header) { h.Mask = [4]byte{k, k, k, k} } }
func claim(n uint64) shape  { return func(h *wire.Header) { h.Length, h.Bits = n, 64 } }

// sent is a frame of a server.
func sent(op wire.Opcode, payload string, shapes ...shape) []byte {
	h := wire.Header{Fin: true, Opcode: op, Length: uint64(len(payload))}
	for _, shape := range shapes {
		shape(&h)
	}
	return wire.AppendFrame(nil, h, []byte(payload))
}

// keys gives masking keys.
var keys = rand.New(rand.NewPCG(0, 0))

// own is a frame of a client, with a key of its own.
func own(op wire.Opcode, payload string, shapes ...shape) []byte {
	fresh := func(h *wire.Header) {
		h.Masked = true
		for i := range h.Mask {
			h.Mask[i] = byte(keys.Uint32())
		}
	}
	return sent(op, payload, append([]shape{fresh}, shapes...)...)
}

// play feeds a conversation, each turn in pieces of so many bytes; 0 is whole.
func play(o Options, turns []turn, piece int) []Event {
	s, at := New(o), time.Duration(0)
	var events []Event
	for _, t := range turns {
		at += time.Millisecond
		if t.end {
			events = append(events, s.End(t.side, at, t.how)...)
			continue
		}
		p := slices.Clone(t.bytes)
		for len(p) > 0 {
			n := len(p)
			if piece > 0 {
				n = min(piece, n)
			}
			events = append(events, s.Feed(t.side, at, p[:n:n])...)
			clear(p[:n]) // nothing may be kept of it
			p = p[n:]
		}
	}
	return events
}

// plain makes events comparable that came of different cuts: those of bytes
// that follow each other are joined, as they would be within one Feed.
func plain(events []Event) (out []Event) {
	for _, e := range events {
		e.At = 0
		if e.Body = slices.Clip(e.Body); len(e.Body) == 0 {
			e.Body = nil
		}
		last := len(out) - 1
		if last >= 0 && e.takes(nil) && out[last].Side == e.Side && out[last].takes(e.Body) {
			out[last].Body = append(out[last].Body, e.Body...)
			out[last].Size += e.Size
			continue
		}
		out = append(out, e)
	}
	return out
}

// watch plays a conversation in several cuts, demands that they all give the
// same events, and returns these.
func watch(t *testing.T, o Options, turns []turn) []Event {
	t.Helper()
	whole := play(o, turns, 0)
	for _, piece := range []int{1, 2, 3, 7, 64} {
		if got := play(o, turns, piece); !reflect.DeepEqual(plain(got), plain(whole)) {
			t.Fatalf("in pieces of %d:\n%swhole:\n%s", piece, tell(plain(got)), tell(plain(whole)))
		}
	}
	checkTiling(t, whole)
	return whole
}

// checkTiling demands that the events of each side cover its stream from the
// start without a gap.
func checkTiling(t *testing.T, events []Event) {
	t.Helper()
	var next [2]uint64
	for _, e := range events {
		if e.Kind == KindMessage {
			continue
		}
		if e.Offset != next[e.Side] {
			t.Fatalf("an event begins at %d instead of %d:\n%s", e.Offset, next[e.Side], tell(events))
		}
		next[e.Side] += e.Size
	}
}

// rulesIn lists what was found as "side rule", in order.
func rulesIn(events []Event) (list []string) {
	for _, e := range events {
		for _, f := range e.Findings {
			list = append(list, e.Side.String()+" "+string(f.Rule))
		}
	}
	return list
}

// tell lists events, one a line.
func tell(events []Event) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintln(&b, brief(e))
	}
	return b.String()
}

// brief says what an event is.
func brief(e Event) string {
	text := e.Side.String() + " " + e.Kind.String()
	switch {
	case e.Kind == KindMessage:
		m := e.Message
		text += fmt.Sprintf(" %v %q size=%d frames=%d", m.Opcode, short(m.Payload), m.Size, m.Frames)
		if m.Code != 0 {
			text += fmt.Sprintf(" code=%d reason=%q", m.Code, m.Reason)
		}
	case e.Frame != nil:
		text += fmt.Sprintf(" %v fin=%v rsv=%d %q", e.Frame.Opcode, e.Frame.Fin, e.Frame.Rsv, short(e.Frame.Payload))
	case e.Request != nil:
		text += " " + e.Request.Line
	case e.Response != nil:
		text += " " + e.Response.Line
	case e.Kind == KindBytes:
		text += fmt.Sprintf(" %q", short(e.Body))
	case e.Kind == KindEnd:
		text += " " + e.End.String()
	}
	for _, f := range e.Findings {
		text += fmt.Sprintf(" [%s: %s]", f.Rule, f.Detail)
	}
	if e.Note != "" {
		text += " (" + e.Note + ")"
	}
	return text
}

func short(p []byte) []byte { return p[:min(len(p), 80)] }

// wantRules demands that a conversation breaks these rules and no others.
func wantRules(t *testing.T, o Options, turns []turn, want ...string) {
	t.Helper()
	sameRules(t, watch(t, o, turns), want)
}

// sameRules demands that these events break these rules and no others.
func sameRules(t *testing.T, events []Event, want []string) {
	t.Helper()
	if got := rulesIn(events); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q\n%s", got, want, tell(events))
	}
}

// of lists the events of one side.
func of(side Side, events []Event) []Event {
	return slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return e.Side != side })
}

// compact is a list of those that are not empty.
func compact(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}
