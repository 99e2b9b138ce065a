package lint

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// TestLine writes a conversation down.
func TestLine(t *testing.T) {
	end := ends(Server)
	end.how = EndReset
	long := strings.Repeat("x", 2000)
	turns := opened(
		client(own(text, "Hel", notFin), own(wire.OpPing, "", wide(16)), own(more, "lo")),
		server(sent(3, "a", rsv(1), masked), sent(bin, long)), server(sent(text, "cut off")[:5]), end, ends(Client))
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	want := []report.Line{
		{At: ms(1), Sent: true, Kind: "request", Size: uint64(len(ask())), Payload: []byte(ask())},
		{At: ms(2), Kind: "response", Size: uint64(len(accept())), Payload: []byte(accept())},
		{At: ms(3), Sent: true, Kind: "text", Frame: &report.FrameBits{Masked: true}, Size: 3, Payload: []byte("Hel")},
		{At: ms(3), Sent: true, Kind: "ping", Frame: &report.FrameBits{Fin: true, Masked: true, Bits: 16}},
		{At: ms(3), Sent: true, Kind: "cont", Frame: &report.FrameBits{Fin: true, Masked: true}, Size: 2, Payload: []byte("lo")},
		{At: ms(4), Kind: "op3", Frame: &report.FrameBits{Fin: true, Rsv: 1, Masked: true}, Size: 1, Payload: []byte("a")},
		{At: ms(4), Kind: "binary", Frame: &report.FrameBits{Fin: true}, Size: 2000, Payload: []byte(long[:maxLine]), Cut: true},
		{At: ms(6), Kind: "text", Frame: &report.FrameBits{Fin: true}, Size: 7, Payload: []byte("cut"), Cut: true, Note: "the stream ended inside the frame"},
		{At: ms(6), Kind: "tcp", Note: "reset"},
		{At: ms(7), Sent: true, Kind: "tcp", Note: "closed with FIN"},
	}
	var got []report.Line
	for _, e := range play(Options{Keep: 1 << 20}, turns, 0) {
		if e.Kind != KindMessage {
			l := e.Line()
			if len(l.Payload) == 0 {
				l.Payload = nil
			}
			got = append(got, l)
		}
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("line %d of %d:\n%+v\n%+v", i, len(got), got[min(i, len(got)-1)], want[min(i, len(want)-1)])
		}
	}
}

// TestOtherLines writes down what the conversation above has not.
func TestOtherLines(t *testing.T) {
	e := Event{Kind: KindMessage, Side: Client, Message: &Message{Opcode: wire.OpClose, Payload: []byte{3, 232}, Size: 2}}
	if l := e.Line(); l.Kind != "close" || l.Size != 2 || l.Cut {
		t.Errorf("%+v", l)
	}
	e = Event{Kind: KindBytes, Body: []byte("abc"), Size: 5}
	if l := e.Line(); l.Kind != "bytes" || l.Size != 5 || !l.Cut {
		t.Errorf("%+v", l)
	}
	events := play(Options{Keep: 9}, []turn{client(ask76, key76), server(accept76, answer76, hixieText("a"))}, 0)
	if l := events[0].Line(); string(l.Payload) != ask76+key76 {
		t.Errorf("%+v", l)
	}
	if l := events[2].Line(); l.Kind != "text" || l.Frame.Type == nil || *l.Frame.Type != 0 {
		t.Errorf("%+v", l)
	}
}

// TestReport copies the rule into a finding.
func TestReport(t *testing.T) {
	for id, want := range map[rules.ID]report.Verdict{
		rules.MaskServer: report.Fail, rules.CloseUndefinedSent: report.NonStrict, rules.Hixie75ClosingSent: report.Info,
	} {
		rule, _ := rules.Get(id)
		got := Finding{Rule: id, Detail: "seen"}.Report(7)
		if got.Rule != string(id) || got.Verdict != want || got.Quote != rule.Quote || got.Section != rule.Section ||
			got.Document != rule.Document || got.Level != string(rule.Level) || got.Detail != "seen" || got.At != 7 {
			t.Errorf("%+v", got)
		}
	}
}
