package webview

import (
	"bytes"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// saved is what is saved of all connections in a format.
func saved(s *store, format func(io.Writer) record.Sink) string {
	var out bytes.Buffer
	x := &exporter{store: s, sink: format(&out), open: map[uint64]*begun{}, told: map[uint64]bool{}}
	x.run(httptest.NewRequest("GET", "/", nil), 0, 0)
	return out.String()
}

// A connection whose first rows, or their bytes, are gone is saved with its handshake.
func TestHeadsStay(t *testing.T) {
	har := func(w io.Writer) record.Sink { return record.NewHARStream(w) }
	lines := func(w io.Writer) record.Sink { return record.NewJSONL(w) }
	for name, limit := range map[string]func(*store){
		"rows gone":     func(s *store) { s.maxRows = 2 * chunk },
		"bytes gone":    func(s *store) { s.spill.limit = 2 * segmentSize },
		"nothing gone":  func(*store) {},
		"both are gone": func(s *store) { s.maxRows, s.spill.limit = 2*chunk, 2*segmentSize },
	} {
		s, c := newStore(), aConn(1)
		limit(s)
		s.Open(c)
		session := lint.New(lint.Options{Keep: 100})
		for i, p := range talks()["rfc6455"][:2] {
			for _, e := range session.Feed(lint.Side(i), time.Duration(i), []byte(p)) {
				s.Event(c, &e)
			}
		}
		for i := range 3 * chunk {
			plainFrame(s, c, time.Duration(i), strings.Repeat("x", 100))
		}
		if text := saved(s, har); strings.Count(text, `"_webSocketMessages"`) != 1 || !strings.Contains(text, `"ws://h/x"`) || strings.Count(text, `"status":101`) != 1 {
			t.Errorf("%s: a HAR of %d bytes: %.300s", name, len(text), text)
		}
		text := saved(s, lines)
		if strings.Count(text, "GET /x HTTP/1.1") != 1 || strings.Count(text, "101 Switching") != 1 || strings.Contains(text, `"continues":true,"repeated":2`) != (name != "nothing gone" && name != "bytes gone") {
			t.Errorf("%s: %.1000s", name, text)
		}
	}
}

// What heads take is bounded, and given back.
func TestHeadsAreBounded(t *testing.T) {
	s := newStore()
	for id := uint64(1); id <= maxConns+5000; id++ {
		c := aConn(id)
		s.Open(c)
		session := lint.New(lint.Options{})
		for i, p := range talks()["rfc6455"][:2] {
			p = strings.Replace(p, "Upgrade: ", "X: "+strings.Repeat("x", 12<<10*(1-i))+"\r\nUpgrade: ", 1)
			for _, e := range session.Feed(lint.Side(i), 0, []byte(p)) {
				s.Event(c, &e)
			}
		}
		if id%2 == 0 {
			s.Close(c, 0)
		}
	}
	sum := 0
	for _, c := range s.conns {
		sum += c.headBytes
	}
	if sum != s.headBytes || sum > maxHeads || sum < maxHeads/2 {
		t.Errorf("%d bytes are counted, %d kept", s.headBytes, sum)
	}
}
