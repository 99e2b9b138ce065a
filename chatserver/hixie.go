package chatserver

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"wsprobe/internal/wire"
)

// hixieLink is a link of hixie-75 or hixie-76: text frames, and in hixie-76 a
// closing frame. There are no pings, so TCP keepalive alone finds dead peers.
type hixieLink struct {
	transport *transport
	closing   bool // the dialect has a closing frame
	limit     uint64

	decoder wire.HixieDecoder
	buf     [4 << 10]byte
	in      []byte // the part of buf that is still to be decoded
	text    []byte // of the frame that is coming in

	mu     sync.Mutex // for writing
	closed bool       // nothing more may be sent
}

// maxHixieGroups is how many bytes the length of a frame may take that is going
// to be skipped. Ten hold any length; more are zeros that lead nowhere.
const maxHixieGroups = 10

// newHixieLink answers a handshake of hixie-75 or hixie-76 that was found good.
func newHixieLink(t *transport, r *http.Request, o *offer, limit int64) (link, error) {
	l := &hixieLink{transport: t, closing: o.dialect == wire.Hixie76, limit: uint64(limit)}
	if err := l.answer(r, o); err != nil {
		return nil, err
	}
	t.idle = never
	return l, nil
}

// answer sends the server's handshake. That of hixie-76 waits for the eight
// bytes behind the blank line, however late they come.
func (l *hixieLink) answer(r *http.Request, o *offer) error {
	traits := o.dialect.Traits()
	h := wire.Handshake{Target: r.URL.RequestURI(), Host: r.Host, Secure: r.TLS != nil}
	fields := []wire.Field{
		{Name: "Upgrade", Value: "WebSocket"},
		{Name: "Connection", Value: "Upgrade"},
		{Name: traits.OriginEcho, Value: strings.ToLower(r.Header.Get(traits.OriginField))},
		{Name: traits.LocationField, Value: h.Location()},
	}
	if o.protocol != "" {
		fields = append(fields, wire.Field{Name: traits.ProtocolField, Value: o.protocol})
	}
	if !traits.Challenge {
		return l.send(wire.AppendHead(nil, "HTTP/1.1 101 Web Socket Protocol Handshake", fields), false)
	}
	var key3 [8]byte
	if _, err := io.ReadFull(l.transport, key3[:]); err != nil {
		return err
	}
	answer, _ := wire.Challenge76(o.key1, o.key2, key3) // examineHixie tried the keys
	out := wire.AppendHead(nil, "HTTP/1.1 101 WebSocket Protocol Handshake", fields)
	return l.send(append(out, answer[:]...), false)
}

// Read returns the next text.
func (l *hixieLink) Read() (message, error) {
	for {
		c, err := l.next()
		if err != nil {
			return message{}, err
		}
		whole, err := l.take(c)
		if err != nil {
			return message{}, err
		}
		if whole && !l.transport.left() {
			// The draft leaves bad bytes to the server; clients read U+FFFD.
			return message{payload: bytes.ToValidUTF8(l.text, []byte("\uFFFD"))}, nil
		}
	}
}

// next returns the next piece of a frame.
func (l *hixieLink) next() (wire.HixieChunk, error) {
	for {
		if len(l.in) == 0 {
			n, err := l.transport.Read(l.buf[:])
			if n == 0 {
				return wire.HixieChunk{}, err
			}
			l.in = l.buf[:n]
		}
		c, n, ok := l.decoder.Next(l.in)
		l.in = l.in[n:]
		if ok {
			return c, nil
		}
		if l.decoder.Partial() > maxHixieGroups {
			return c, fail(codeTooBig, "the length of a frame does not end")
		}
	}
}

// take takes a piece of a frame and reports whether it ends a text. Frames of
// other types are skipped, as draft-hixie-thewebsocketprotocol-76 §5.3 allows,
// as long as they keep to the limit.
func (l *hixieLink) take(c wire.HixieChunk) (whole bool, err error) {
	switch {
	case c.Header.Closing():
		return false, io.EOF
	case c.Header.Overflow, c.Header.Length > l.limit, c.Offset+uint64(len(c.Payload)) > l.limit:
		return false, fail(codeTooBig, "the frame is longer than %d bytes", l.limit)
	case c.Header.Type != 0x00:
		return false, nil
	}
	if c.First {
		l.text = l.text[:0]
	}
	l.text = append(l.text, c.Payload...)
	return c.Last, nil
}

// Write sends a text. The dialects cannot carry binary messages.
func (l *hixieLink) Write(m message) error {
	return l.send(wire.AppendHixieText(nil, m.payload), false)
}

// send writes p, unless the last bytes that may be sent went out already.
func (l *hixieLink) send(p []byte, last bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = last
	l.transport.SetWriteDeadline(time.Now().Add(l.transport.conf.WriteTimeout))
	_, err := l.transport.Conn.Write(p)
	return err
}

// Close sends the closing frame and waits for the client's, which many clients
// of the time never send. hixie-75 has none: TCP is closed at once.
func (l *hixieLink) Close(int, string) {
	if !l.closing {
		l.transport.leave(0)
		return
	}
	l.send(wire.HixieClosing, true) // nothing may follow it
	l.transport.leave(l.transport.conf.CloseTimeout)
}

// Abort cuts TCP off.
func (l *hixieLink) Abort() { l.transport.Conn.Close() }

// Finish closes TCP, behind a closing frame if one is due.
func (l *hixieLink) Finish(error) {
	if l.closing {
		l.send(wire.HixieClosing, true)
	}
	l.transport.hangUp()
}
