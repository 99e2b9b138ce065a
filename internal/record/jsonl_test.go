package record

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/lint"
)

// written writes down what two sides send, byte for byte in turns that script
// cuts: each of its bytes is a turn, its top bit the side and the rest the size.
func written(script, client, server []byte, keep int) (lines []byte, sides [2][]byte) {
	var b bytes.Buffer
	j := NewJSONL(&b)
	c := &Conn{ID: 1, Client: netip.MustParseAddrPort("[::1]:1"), Server: netip.MustParseAddrPort("127.0.0.1:2"), Start: began}
	j.Open(c)
	s := lint.New(lint.Options{Keep: keep, Inflate: 1 << 12})
	left := [2][]byte{client, server}
	tell := func(events []lint.Event) {
		for i := range events {
			j.Event(c, &events[i])
		}
	}
	at := time.Duration(0)
	for _, turn := range append(script, 127, 127|128) {
		side := lint.Side(turn >> 7)
		n := min(int(turn&127), len(left[side]))
		tell(s.Feed(side, at, left[side][:n]))
		sides[side] = append(sides[side], left[side][:n]...)
		left[side] = left[side][n:]
		at += time.Millisecond
	}
	tell(s.End(lint.Server, at, lint.EndReset))
	tell(s.End(lint.Client, at, lint.EndFIN))
	j.Note(c, at, "a note")
	j.Lost(Loss{Payloads: 1})
	j.Close(c, at)
	j.End()
	return b.Bytes(), sides
}

// rewritten reads lines and writes them again.
func rewritten(lines []byte) ([]byte, error) {
	var b bytes.Buffer
	j := NewJSONL(&b)
	err := NewJSONLReader(j, &Numbers{}).Read(bytes.NewReader(lines))
	j.End()
	return b.Bytes(), err
}

// streams is a sink that puts together what each side sent.
type streams struct {
	JSONL
	sides    [2][]byte
	messages []string
}

func (s *streams) Open(*Conn)                        {}
func (s *streams) Lost(Loss)                         {}
func (s *streams) Close(*Conn, time.Duration)        {}
func (s *streams) Note(*Conn, time.Duration, string) {}
func (s *streams) Event(_ *Conn, e *lint.Event) {
	s.sides[e.Side] = append(s.sides[e.Side], e.Bytes()...)
	if e.Kind == lint.KindMessage {
		s.messages = append(s.messages, e.Side.String()+" "+e.Message.Opcode.String()+" "+string(e.Message.Payload))
	}
}

const (
	asking    = "GET /x HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
	answering = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
	deflating = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
	asking75  = "GET /x HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: a\r\nOrigin: http://a\r\n\r\n"
	answer75  = "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nWebSocket-Origin: http://a\r\nWebSocket-Location: ws://a/x\r\n\r\n"
)

// talks are what two sides may send, each a few in a test.
var talks = map[string][2]string{
	"frames": {
		asking + "\r\n" + "\x81\x82abcd\x09\x0b" + "\x01\x81abcd\x09" + "\x89\x80abcd" + "\x80\x81abce\x09" + "\x88\x82abcd\x62\x8a",
		answering + "\r\n" + "\x81\x05Hello" + "\x81\x7e\x00\x05Hello" + "\x82\x7f\x00\x00\x00\x00\x00\x00\x00\x02\xff\x00" + "\x8b\x00\xc1\x01a" + "\x88\x00" + "\x81\x05Hel",
	},
	"deflate":   {asking + deflating + "\r\n", answering + deflating + "\r\n" + "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00" + "\x41\x03\xf2\x48\xcd" + "\x80\x04\xc9\xc9\x07\x00" + "\xc1\x02\xff\xff"},
	"endless":   {asking + "\r\n\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00abcdrest", answering + "\r\n\x81"},
	"interim":   {asking + "\r\n", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answering + "\r\n"},
	"chunks":    {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\nTrailer: x\r\n\r\n" + "HTTP/1.1 400 x\r\n\r\n"},
	"hixie":     {asking75 + "\x00Hi\xff\x00é\xff\x82\x02ab\x80\x80\x80\x01x\xff\x00\x00unfini", answer75 + "\x01odd\xff\xff\x80\x00\x00\xff\x85\x80\x80"},
	"overflow":  {asking75 + "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7fabc", answer75 + "\x85\x05ab"},
	"garbage":   {"\x16\x03\x01", "SSH-2.0\r\n"},
	"no answer": {asking + "\r\n\x81\x82abcd\x09\x0b", ""},
}

// All bytes of both sides, and all that was made of them, are in the lines.
func FuzzJSONLKeepsAll(f *testing.F) {
	for _, talk := range talks {
		f.Add([]byte(nil), []byte(talk[0]), []byte(talk[1]))
		f.Add(bytes.Repeat([]byte{127, 255, 3, 131, 1}, 60), []byte(talk[0]), []byte(talk[1]))
	}
	f.Fuzz(func(t *testing.T, script, client, server []byte) {
		script = append(script, bytes.Repeat([]byte{127, 255}, 40)...)
		for _, keep := range []int{0, 3, 1 << 20} {
			lines, sides := written(script, client, server, keep)
			got, err := rewritten(lines)
			if err != nil || !bytes.Equal(got, lines) {
				t.Fatalf("%v\n%s\nis written again as\n%s", err, lines, got)
			}
			var s streams
			if NewJSONLReader(&s, &Numbers{}).Read(bytes.NewReader(lines)); keep == 1<<20 && (!bytes.Equal(s.sides[0], sides[0]) || !bytes.Equal(s.sides[1], sides[1])) {
				t.Fatalf("%q\nis read from\n%s", s.sides, lines)
			}
		}
	})
}

// Whatever is accepted is, written again, the same from then on.
func FuzzJSONLRead(f *testing.F) {
	for _, talk := range talks {
		lines, _ := written(bytes.Repeat([]byte{127, 255}, 40), []byte(talk[0]), []byte(talk[1]), 1<<20)
		f.Add(lines)
	}
	f.Fuzz(func(t *testing.T, lines []byte) {
		once, err := rewritten(lines)
		if err != nil {
			return
		}
		if twice, err := rewritten(once); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%v\n%s\nis written again as\n%s", err, once, twice)
		}
	})
}

func TestMessagesAreRead(t *testing.T) {
	for talk, want := range map[string]string{
		"frames":  "client text hi|client ping |client text hh|client close \x03\xe8|server text Hello|server text Hello|server binary \xff\x00|server op11 |server text a|server close ",
		"deflate": "server text Hello|server text Hello|server text \xff\xff",
		"hixie":   "client text Hi|client text é|client binary ab|client binary x|client close |server op3 odd|server close |server text ",
	} {
		lines, _ := written(bytes.Repeat([]byte{127, 127, 255, 255}, 40), []byte(talks[talk][0]), []byte(talks[talk][1]), 1<<20)
		var s streams
		if err := NewJSONLReader(&s, &Numbers{}).Read(bytes.NewReader(lines)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(s.messages, "|"); got != want {
			t.Errorf("%s: %q, want %q\n%s", talk, got, want, lines)
		}
	}
}

func TestWhatIsWrongWithALine(t *testing.T) {
	open := `{"type":"open","conn":1,"version":1,"at":"2026-11-28T16:00:00Z","offset_ns":5,"client":"127.0.0.1:1","server":"[::1]:2"}` + "\n"
	for text, want := range map[string]string{
		open + `{"type":"close","conn":1,"t_ns":5`:                          "2:34: ",
		open + `{"type":"clo`:                                               "2:",
		open + `nonsense` + "\n":                                            "2:2: ",
		open + `{"type":"close","conn":"x"}` + "\n":                         "2:",
		open + `{"type":"close","conn":2}` + "\n":                           "2:1: connection 2 was not opened",
		strings.Replace(open, `"version":1`, `"version":2`, 1):              "1:1: version 2 of the format; this program reads 1",
		strings.Replace(open, `127.0.0.1:1`, `x`, 1):                        `1:1: "x" is no address`,
		open + `{"type":"end","conn":1,"side":"me"}` + "\n":                 "2:1: side is client or server",
		open + `{"type":"frame","conn":1,"side":"client","opcode":"x"}`:     `2:1: no opcode is "x"`,
		open + "\n" + `{"type":"request","conn":1,"side":"client"}` + "\n":  "3:1: no head of a request",
		open + `{"type":"bytes","conn":1,"side":"client","text":"ab"}`:      "2:1: it has 2 bytes, and size says 0",
		open + `{"type":"open","conn":1,"version":1,"at":"yesterday"}`:      "2:",
		`{"type":"open","conn":18446744073709551616,"version":1}` + "\n":    "1:",
		open + `{"type":"frame","conn":1,"side":"client","hixie_type":128}`: "2:1: no header of a hixie frame",
	} {
		_, err := rewritten([]byte(text))
		var wrong *LineError
		if !errors.As(err, &wrong) || !strings.HasPrefix(wrong.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
			continue
		}
		if wrong.Cut != !strings.HasSuffix(text, "\n") {
			t.Errorf("%s: cut %v", text, wrong.Cut)
		}
	}
	for _, text := range []string{"", "\n\n", open, strings.TrimSpace(open), open + `{"type":"later","conn":9,"x":[{}]}`} {
		if _, err := rewritten([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A file that goes on from another one repeats a connection's beginning, which is
// told once.
func TestFilesThatGoOn(t *testing.T) {
	lines, sides := written(bytes.Repeat([]byte{127, 255}, 40), []byte(talks["frames"][0]), []byte(talks["frames"][1]), 1<<20)
	all := bytes.SplitAfter(lines, []byte("\n"))
	first := bytes.Join(all[:5], nil)
	second := bytes.Replace(all[0], []byte("}"), []byte(`,"continues":true,"repeated":2}`), 1)
	second = append(second, bytes.Join(all[1:3], nil)...)
	second = append(second, bytes.Join(all[5:], nil)...)
	if again, err := rewritten(second); err != nil || !bytes.Equal(again, second) {
		t.Errorf("%v\n%s", err, again)
	}
	var s streams
	r := NewJSONLReader(&s, &Numbers{})
	if err := errors.Join(r.Read(bytes.NewReader(first)), r.Read(bytes.NewReader(second))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(s.sides[0], sides[0]) || !bytes.Equal(s.sides[1], sides[1]) {
		t.Errorf("%q", s.sides)
	}
}
