package relay

import (
	"io"
	"net"
	"testing"
	"time"

	"wsprobe/internal/lint"
)

// late is a connection to a server that has answered by the time that we hear of it.
type late struct{ net.Conn }

func (l late) Write(p []byte) (int, error) {
	n, err := l.Conn.Write(p)
	time.Sleep(20 * time.Millisecond)
	return n, err
}

// order is a tap that notes who spoke.
type order struct {
	*notes
	spoke []lint.Side
}

func (o *order) Data(side lint.Side, at time.Duration, p []byte) {
	o.spoke = append(o.spoke, side)
	o.notes.Data(side, at, p)
}

// A question is shown before its answer, however late its goroutine is.
func TestQuestionFirst(t *testing.T) {
	r := New(Options{})
	defer r.Close()
	client, a := tcp(t)
	b, server := tcp(t)
	tap := &order{notes: newNotes()}
	r.pairs.link(a, late{b}, tap)
	go io.Copy(server, server)
	for range 5 {
		client.Write([]byte("?"))
		if _, err := io.ReadFull(client, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(40 * time.Millisecond)
	}
	client.Close()
	server.Close()
	<-tap.closed
	for i, side := range tap.spoke {
		if side != lint.Side(i%2) {
			t.Fatalf("they spoke as %v", tap.spoke)
		}
	}
	if len(tap.spoke) != 10 {
		t.Errorf("they spoke as %v", tap.spoke)
	}
}
