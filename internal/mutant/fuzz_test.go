package mutant

import (
	"io"
	"net"
	"testing"
	"time"
	"unicode/utf8"
)

// Whatever a client sends, a connection ends when the client does, and no
// mutant dies of it.
func FuzzConnection(f *testing.F) {
	opened := []byte(right)
	f.Add(uint16(0), []byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add(uint16(0), append(opened, "\x81\x80\x00\x00\x00\x00\x88\x80\x00\x00\x00\x00"...))
	for _, v := range violations {
		f.Add(uint16(0), append(opened[:len(opened):len(opened)], v.sent...))
	}
	for i, talk := range hixieTalks {
		f.Add(uint16(i), []byte(talk.request+talk.talk))
	}
	mutants := append([]Mutant{{Name: "right"}}, All()...)
	f.Fuzz(func(t *testing.T, which uint16, sent []byte) {
		m := &mutants[int(which)%len(mutants)]
		ours, theirs := net.Pipe()
		s := newServer(stopped{}, m)
		ended := make(chan struct{})
		s.turn.Lock()
		if !m.is(readsOneHeadAtATime) {
			s.turn.Unlock()
		}
		go func() {
			defer close(ended)
			newConn(theirs, s).serve(false)
		}()
		go io.Copy(io.Discard, ours)
		ours.SetWriteDeadline(time.Now().Add(time.Second)) // a mutant may have stopped reading
		ours.Write(sent)
		ours.Close()
		s.stop()
		<-ended
	})
}

// stopped is a listener that nobody comes to.
type stopped struct{}

func (stopped) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (stopped) Close() error              { return nil }
func (stopped) Addr() net.Addr            { return nil }

func FuzzChatRequest(f *testing.F) {
	f.Add([]byte(`{"type":"join","room":"r","nick":"n","ref":"1"}`))
	f.Add([]byte(`{"type":"say","text":"\ud800"}`))
	f.Fuzz(func(t *testing.T, message []byte) {
		r, bad := parseRequest(message)
		if bad == nil && needs[r.kind] == nil && r.kind != "leave" && r.kind != "who" {
			t.Errorf("%q has the type %q", message, r.kind)
		}
		if reply := (object{"type": "said", "text": r.text}).text(r.ref); !utf8.Valid(reply) {
			t.Errorf("%q is told as %q", message, reply)
		}
	})
}
