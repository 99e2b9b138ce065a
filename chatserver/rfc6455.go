package chatserver

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"wsprobe/internal/wire"
)

// socket is a link of RFC 6455, hybi-08 or hybi-07: gorilla/websocket with a
// guard before it.
type socket struct {
	ws      *websocket.Conn
	guard   *guard
	limit   int64
	inflate *wire.Inflater // nil where permessage-deflate was not agreed
	done    chan struct{}
	pings   sync.WaitGroup
}

// newSocket lets gorilla answer a handshake that was found good, in the form
// that gorilla wants it: version 13, and no extension but one that we meet.
func newSocket(t *transport, r *http.Request, o *offer, limit int64) (link, error) {
	t.idle = t.conf.IdleTimeout
	s := &socket{guard: &guard{transport: t, deflate: o.deflate}, limit: limit, done: make(chan struct{})}
	upgrader := websocket.Upgrader{
		CheckOrigin:       func(*http.Request) bool { return true }, // examine did
		Error:             func(http.ResponseWriter, *http.Request, int, error) {},
		EnableCompression: o.deflate,
		HandshakeTimeout:  t.conf.WriteTimeout,
	}
	var err error
	if s.ws, err = upgrader.Upgrade(taken{conn: s.guard}, plainRequest(r, o), plainAnswer(o)); err != nil {
		return nil, err
	}
	s.start(o)
	return s, nil
}

// start sets the connection up and begins to ping.
func (s *socket) start(o *offer) {
	limit := s.limit
	if o.deflate {
		// gorilla counts bytes of the wire, and DEFLATE can make a message longer.
		limit += limit>>8 + 64
		s.inflate = wire.NewInflater(15, false)
	}
	s.ws.SetReadLimit(limit)
	// Finish answers a Close, behind the messages that came before it.
	s.ws.SetCloseHandler(func(int, string) error { return nil })
	s.pings.Go(s.ping)
}

// taken is the response of a connection that was taken over already: all that
// can still be done with it is to hand conn to gorilla.
type taken struct {
	http.ResponseWriter
	conn net.Conn
}

// Hijack implements http.Hijacker. Nothing is buffered: bytes that came early
// are read from conn.
func (t taken) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return t.conn, bufio.NewReadWriter(bufio.NewReader(t.conn), bufio.NewWriter(t.conn)), nil
}

// plainRequest puts what r asks for, and we agreed to, into the words that gorilla reads.
func plainRequest(r *http.Request, o *offer) *http.Request {
	header := http.Header{
		"Connection":            {"Upgrade"},
		"Upgrade":               {"websocket"},
		"Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key":     r.Header["Sec-Websocket-Key"],
	}
	if o.deflate {
		header.Set("Sec-WebSocket-Extensions", deflateName)
	}
	return &http.Request{Method: http.MethodGet, Header: header, Host: r.Host}
}

// plainAnswer returns the fields that the answer has of its own.
func plainAnswer(o *offer) http.Header {
	if o.protocol == "" {
		return nil
	}
	return http.Header{"Sec-Websocket-Protocol": {o.protocol}}
}

// Read returns the next data message.
func (s *socket) Read() (message, error) {
	for {
		m, err := s.next()
		if err != nil || !s.guard.left() {
			return m, err
		}
	}
}

func (s *socket) next() (message, error) {
	kind, r, err := s.ws.NextReader()
	if err != nil {
		return message{}, s.because(err)
	}
	m := message{binary: kind == websocket.BinaryMessage}
	if s.guard.compressed {
		m.payload, err = s.inflated(r, !m.binary)
	} else {
		m.payload, err = s.plain(r, !m.binary)
	}
	return m, s.because(err)
}

// because names the failure that stands behind an error of gorilla's.
func (s *socket) because(err error) error {
	var received *websocket.CloseError
	var network net.Error
	switch {
	case err == nil, errors.As(err, &received), errors.As(err, &network):
		return err
	case errors.Is(err, websocket.ErrReadLimit):
		return s.tooBig()
	}
	if fault, ok := strings.CutPrefix(err.Error(), "websocket: "); ok {
		return fail(codeProtocol, "%s", fault) // as gorilla has told the client by now
	}
	return err
}

func (s *socket) tooBig() error {
	return fail(codeTooBig, "the message is longer than %d bytes", s.limit)
}

// plain reads a message. A text fails at the first byte that is no UTF-8, come
// the rest or not (RFC 6455 §8.1).
func (s *socket) plain(r io.Reader, text bool) (payload []byte, err error) {
	var utf8 wire.UTF8
	chunk := make([]byte, 4<<10)
	for err == nil {
		var n int
		n, err = r.Read(chunk)
		payload = append(payload, chunk[:n]...)
		if text && utf8.Feed(chunk[:n]) >= 0 {
			return nil, notUTF8()
		}
		if int64(len(payload)) > s.limit {
			return nil, s.tooBig()
		}
	}
	if err == io.EOF && text && !utf8.Done() {
		return nil, notUTF8()
	}
	if err == io.EOF {
		err = nil
	}
	return payload, err
}

// inflated reads a compressed message (RFC 7692 §7.2.2). The limit holds for
// what it inflates to.
func (s *socket) inflated(r io.Reader, text bool) ([]byte, error) {
	squeezed, err := io.ReadAll(r) // gorilla bounds it
	if err != nil {
		return nil, err
	}
	payload, fault := s.inflate.Message(nil, squeezed, int(s.limit))
	switch {
	case fault == wire.InflateTooLong:
		return nil, s.tooBig()
	case fault != wire.InflateOK:
		return nil, fail(codeInvalidData, "the compressed message does not inflate")
	case text && !validUTF8(payload):
		return nil, notUTF8()
	}
	return payload, nil
}

func notUTF8() error { return fail(codeInvalidData, "the text is not UTF-8") }

func validUTF8(p []byte) bool {
	var u wire.UTF8
	return u.Feed(p) < 0 && u.Done()
}

// Write sends a data message.
func (s *socket) Write(m message) error {
	kind := websocket.TextMessage
	if m.binary {
		kind = websocket.BinaryMessage
	}
	s.ws.SetWriteDeadline(time.Now().Add(s.guard.conf.WriteTimeout))
	err := s.ws.WriteMessage(kind, m.payload)
	if errors.Is(err, websocket.ErrCloseSent) {
		return nil // RFC 6455 §5.5.1: no data after a Close
	}
	return err
}

// Close starts the closing handshake (RFC 6455 §7.1.2).
func (s *socket) Close(code int, reason string) {
	s.control(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason))
	s.guard.leave(s.guard.conf.CloseTimeout)
}

// Abort cuts TCP off.
func (s *socket) Abort() { s.guard.transport.Conn.Close() }

// Finish answers a Close, or tells of a failure, and closes TCP.
func (s *socket) Finish(why error) {
	var received *websocket.CloseError
	var failed *failure
	switch {
	case errors.As(why, &failed):
		s.control(websocket.CloseMessage, websocket.FormatCloseMessage(failed.code, failed.reason))
	case errors.As(why, &received) && received.Code != websocket.CloseAbnormalClosure:
		// RFC 6455 §5.5.1: an endpoint "typically echos the status code it
		// received". For 1005, no code at all, gorilla makes an empty body.
		s.control(websocket.CloseMessage, websocket.FormatCloseMessage(received.Code, ""))
	}
	s.guard.hangUp()
	close(s.done)
	s.pings.Wait()
}

// control sends a control frame. Where that is not to be had, since a Close was
// sent before or a message blocks the way, the end of TCP has to tell.
func (s *socket) control(kind int, body []byte) {
	s.ws.WriteControl(kind, body, time.Now().Add(s.guard.conf.CloseTimeout))
}

// ping pings until Finish.
func (s *socket) ping() {
	tick := time.NewTicker(s.guard.conf.PingInterval)
	defer tick.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-tick.C:
			s.control(websocket.PingMessage, nil)
		}
	}
}
