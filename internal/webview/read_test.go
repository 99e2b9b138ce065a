package webview

import (
	"testing"

	"wsprobe/internal/filter"
	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

const pong = `{"type":"pong"}`

// agreed has a connection on which graphql-transport-ws and compression are agreed, and
// returns what tells the view of more of the client.
func agreed(t *testing.T, v *View) (more func(rsv uint8, op wire.Opcode, p []byte)) {
	t.Helper()
	c := aConn(1)
	v.Open(c)
	s := lint.New(lint.Options{Keep: 64 << 10, Inflate: 64 << 10})
	feed := func(side lint.Side, p []byte) {
		for _, e := range s.Feed(side, 1, p) {
			v.Event(c, &e)
		}
	}
	h := wire.Handshake{Dialect: wire.RFC6455, Target: "/here", Host: "h", Key: "dGhlIHNhbXBsZSBub25jZQ==", Extensions: wire.DeflateName, Protocols: []string{"graphql-transport-ws"}}
	feed(lint.Client, h.Append(nil))
	feed(lint.Server, []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"))
	return func(rsv uint8, op wire.Opcode, p []byte) {
		n := uint64(len(p))
		feed(lint.Client, wire.AppendFrame(nil, wire.Header{Fin: true, Rsv: rsv, Opcode: op, Masked: true, Bits: wire.BitsFor(n), Length: n}, p))
	}
}

// picked returns what a filter picks of all rows.
func picked(t *testing.T, v *View, expression string) (out []rowJSON) {
	t.Helper()
	f, err := filter.Compile(expression)
	if err != nil {
		t.Fatal(err)
	}
	s := scan{from: v.store, pick: v.matching(f)}
	for s.step(v.store) {
	}
	for _, seq := range s.seqs {
		e, _ := v.entry(seq)
		out = append(out, v.rowJSON(&e))
	}
	return out
}

// A compressed frame is called what its message is, to a filter in the page as elsewhere,
// and a connection whose first rows are gone is still known by its handshake.
func TestFilterKnows(t *testing.T) {
	v := &View{store: newStore()}
	more := agreed(t, v)
	for range 3 {
		more(wire.RSV1, wire.OpText, deflated(t, []byte(pong)))
	}
	more(0, wire.OpText, []byte(`{"type":"complete","id":"1"}`))
	for _, row := range picked(t, v, `!heartbeat && path=="/here" && opcode==text`) {
		if row.Name != "GraphQL complete id=1" {
			t.Errorf("%+v", row)
		}
	}
	v.maxRows = chunk
	for range chunk + 100 {
		more(0, wire.OpText, []byte(pong))
	}
	if n := len(picked(t, v, `path=="/here"`)); v.base == 0 || n != int(v.next-v.base) {
		t.Errorf("%d of %d rows, the first %d", n, v.next-v.base, v.base)
	}
}

// What there is to read in a message is there to be read, also in bytes.
func TestReads(t *testing.T) {
	for _, tt := range []struct {
		op                  wire.Opcode
		payload, row, shown string
	}{
		{wire.OpBinary, "\x82\xa1a\x01\xa1b\xa3\xe2\x80\xae", `{"a": 1, "b": "\u202e"}`, `{"a": 1, "b": "\u202e"}`},
		{wire.OpText, "CONNECT\n\n{\"a\":1}\x00", `CONNECT\n\n{"a":1}\x00`, `{"a":1}`},
		{wire.OpBinary, "\x82\xa1a\x01", "82 a1 61 01", ""},
		{wire.OpText, `42["a",{"b":1},2]`, `42["a",{"b":1},2]`, ""},
	} {
		v, c := &View{store: newStore()}, aConn(1)
		v.Open(c)
		v.Event(c, &lint.Event{Kind: lint.KindFrame, Size: 2, Frame: &lint.Frame{Header: wire.Header{Fin: true, Opcode: tt.op, Length: uint64(len(tt.payload))}, Payload: []byte(tt.payload)}})
		d := v.detail(1)
		if d.Row.Text != tt.row || d.Read != tt.shown || d.When != c.When(0).UnixMicro() {
			t.Errorf("%q is %q and %q at %d", tt.payload, d.Row.Text, d.Read, d.When)
		}
	}
}
