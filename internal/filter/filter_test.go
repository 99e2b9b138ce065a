package filter

import (
	"errors"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

const (
	requestHead = "GET /chat?room=1 HTTP/1.1\r\nHost: example.com:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://a.example\r\n\r\n"
	responseHead = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat.v2\r\n\r\n"
)

func conn(id uint64) *record.Conn {
	return &record.Conn{ID: id, Client: netip.MustParseAddrPort("[::ffff:10.1.2.3]:5000"), Server: netip.MustParseAddrPort("127.0.0.1:9001"), Offset: time.Second}
}

func head(text string) *lint.Event {
	e := &lint.Event{At: time.Second, Size: uint64(len(text))}
	if strings.HasPrefix(text, "HTTP") {
		e.Kind, e.Side = lint.KindResponse, lint.Server
		e.Response, _, _ = wire.ParseResponse([]byte(text))
	} else {
		e.Request, _, _ = wire.ParseRequest([]byte(text))
	}
	return e
}

func frame(op wire.Opcode, payload string) *lint.Event {
	h := wire.Header{Fin: true, Opcode: op, Masked: true, Length: uint64(len(payload))}
	return &lint.Event{Kind: lint.KindFrame, At: 3 * time.Second, Frame: &lint.Frame{Header: h, Payload: []byte(payload)}}
}

// greeted is a connection whose opening handshake was seen.
func greeted() *Talk {
	t := NewTalk(conn(7))
	t.See(head(requestHead))
	t.See(head(responseHead))
	return t
}

func TestMatch(t *testing.T) {
	say := frame(wire.OpText, `{"type":"say","n":2.5,"on":true,"off":null,"list":[{"a b":"x"}],"text":"hé"}`)
	wrong := frame(wire.OpPing, "hello")
	wrong.Side, wrong.Findings = lint.Server, []lint.Finding{{Rule: rules.MaskServer}}
	deflated := frame(wire.OpText, "\x00\xff")
	deflated.Frame.Rsv = 4
	inflated := &lint.Event{Kind: lint.KindMessage, Message: &lint.Message{
		Opcode: wire.OpText, Payload: []byte(`{"type":"say"}`), Size: 1500, Frames: 3, Compressed: true}}
	cut := frame(wire.OpText, `{"type":"say","long":"…`)
	for _, tt := range []struct {
		e       *lint.Event
		yes, no []string
	}{
		{say, []string{
			`dir==client && opcode==text && size>50 && json.type=="say"`, `json.type==say`, `opcode==1`, `opcode == 0x1`, `opcode<close`,
			`conn==7`, `client==10.1.2.3`, `client==10.0.0.0/8`, `client==:5000`, `server==127.0.0.1:9001`, `server ~ '^127'`, `server!=10.0.0.0/8`, `server!="unix:/run/app.sock"`,
			`host==example.com`, `path==/chat`, `url~"room=1$"`, `dialect==rfc6455`, `protocol==chat.v2`, `status==101`,
			`header.origin contains "a.example"`, `header.upgrade`, `kind==frame`, `time>=2s`, `time<2.5`, `time<2500ms`,
			`fin`, `masked==true`, `masked!=false`, `!compressed`, `rsv==0`, `text~'"n":\d'`, `text contains hé`, `size<1KB`, `size<0.5KiB`,
			`json`, `json.n>2`, `json.n==2.5`, `json.n!=2`, `json.on`, `json.on==true`, `json.off==null`, `!json.off`, `json.list[0]["a b"]==x`,
			`json.list ~ 'a b'`, `json.type!="shout"`, `json.type>="aa"`, `json.n!="2.5"`, `!rule`, `not rule and (fin or masked)`,
			`conn==1 || conn==7 && fin`, `!conn==1`, `!(conn==1)`, `json["type"]==say`,
		}, []string{
			`json.type!="say"`, `json.none`, `json.none!="x"`, `json.n=="2.5"`, `json.list[1]`, `json[0]`, `json.type.x`, `rule!=mask.server`, `code`,
			`conn==7 && (conn==1 || dir==server)`, `!!rsv==4`, `header.none`, `header.none!=x`, `kind==tcp`, `secure`, `size>1KB`,
		}},
		{wrong, []string{`rule==mask.server`, `rule~"^mask"`, `level==must`, `rule!=utf8.text-valid`, `dir==server`, `opcode>=8`, `text==hello`, `rule`},
			[]string{`rule!=mask.server`, `json`, `level!=MUST`}},
		{deflated, []string{`compressed`, `size==2`}, []string{`text`, `json`}},
		{inflated, []string{`compressed && opcode==text && size>1KB && json.type=="say"`, `kind==message`}, []string{`fin`, `fin==false`, `masked!=true`}},
		{cut, []string{`json.type==say`}, []string{`json`, `json.long`}},
		{frame(wire.OpClose, "\x03\xf1why"), []string{`code==1009`, `code>1000`, `opcode==close`, `text contains why`}, []string{`json`}},
		{frame(wire.OpClose, ""), []string{`opcode==close`, `!code`}, []string{`code!=1000`}},
		{head(requestHead), []string{`kind==request`, `text~"(?i)host: example"`, `header.ORIGIN=="http://a.example"`}, []string{`opcode`, `json`}},
		{head(responseHead), []string{`status>=100`, `header.sec-websocket-accept`, `dir==server`}, []string{`header.origin`}},
	} {
		for i, expr := range append(tt.yes, tt.no...) {
			f, err := Compile(expr)
			if err != nil {
				t.Errorf("%s: %v", expr, err)
			} else if want := i < len(tt.yes); f.Match(greeted(), tt.e) != want {
				t.Errorf("%s of %s: not %v", expr, tt.e.Kind, want)
			}
		}
	}
}

// A Unix socket is an end as an address is one.
func TestSockets(t *testing.T) {
	talk := NewTalk(&record.Conn{ID: 1, Client: conn(1).Client, ServerSocket: "/run/app.sock", URL: "ws+unix:///run/app.sock"})
	e := head(requestHead)
	talk.See(e)
	for expr, want := range map[string]bool{
		`server==unix:/run/app.sock`: true, `server=="unix:/run/other.sock"`: false, `server!=unix:/run/other.sock`: true, `server~app`: true,
		`server`: true, `server==127.0.0.1`: false, `server!=127.0.0.1`: true, `client==unix:/run/app.sock`: false, `client==10.0.0.0/8`: true,
		`url~"^ws://example.com[:/]"`: true,
	} {
		f, err := Compile(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
		} else if f.Match(talk, e) != want {
			t.Errorf("%s: not %v", expr, want)
		}
	}
	for _, expr := range []string{`server`, `server!=127.0.0.1`, `server!~x`} {
		if f, _ := Compile(expr); f.Match(NewTalk(&record.Conn{}), e) {
			t.Errorf("%s of an end that is not known", expr)
		}
	}
}

func TestMistakes(t *testing.T) {
	for expr, want := range map[string]string{
		`opcod==text`:            `column 1: there is no field opcod, did you mean "opcode"?`,
		`fin && opcode==txt`:     `column 16: opcode is a number, or one of binary, close, cont,`,
		`opcode==txet`:           `did you mean "text"?`,
		`dir=client`:             `column 4: = is written == here`,
		`fin & masked`:           `column 5: & is written && here`,
		`fin > 3`:                `column 5: fin is true or false, which > does not compare`,
		`fin == maybe`:           `column 8: fin is true or false, not "maybe"`,
		`size > 1XB`:             `column 8: size is a number of bytes such as 1000, 1KB or 1KiB, not "1XB"`,
		`dir==sever`:             `column 6: dir is one of client, server, not "sever", did you mean "server"?`,
		`text ~ "("`:             `column 8: text is compared with a regular expression, and that has a mistake: missing closing )`,
		`client==10.1`:           `column 9: client is an address`,
		`(fin`:                   `column 5: the ( of column 1 is not closed`,
		`fin masked`:             `column 5: "masked" is not expected here; && or || joins two comparisons`,
		`fin &&`:                 `column 7: a field is expected, not the end`,
		`size >`:                 `column 7: size > what? a value is expected, not the end`,
		`text == "no end`:        `column 9: a string that has no end`,
		`json.a..b`:              `column 7: behind the point a name is missing`,
		`json[x]`:                `column 5: in brackets`,
		`json.a > true`:          `column 8: json.a is compared with true by == and !=`,
		`host < b`:               `column 6: host is text, which < does not compare`,
		`wörter == 1`:            `column 1: there is no field wörter; there are client, code,`,
		`text=="ä" && knd==tcp`:  `column 14: there is no field knd, did you mean "kind"?`,
		``:                       `column 1: a field is expected, not the end`,
		`level==musst`:           `level is one of MUST, SHOULD, MAY, not "musst"`,
		strings.Repeat("!", 200): `brackets in each other`,
		strings.Repeat("(", 9e3): `longer than`,
	} {
		_, err := Compile(expr)
		var at *Error
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &at) {
			t.Errorf("%s: %v, not %s", expr, err, want)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, expr := range []string{`dir==client && size>1KB`, `json.a["b"][0].c!=null`, `!(text~"a|b" or header.x contains 'y')`, `client==[::1]:80`} {
		f.Add(expr, `{"a":{"b":[{"c":1}]}}`)
	}
	f.Fuzz(func(t *testing.T, expr, payload string) {
		x, err := Compile(expr)
		var at *Error
		if err != nil {
			if !errors.As(err, &at) || at.Column < 1 {
				t.Errorf("%v", err)
			}
			return
		}
		talk := greeted()
		for _, e := range []*lint.Event{frame(wire.OpText, payload), frame(wire.OpClose, payload), head(requestHead), head(responseHead),
			{Kind: lint.KindBytes, Body: []byte(payload)}, {Kind: lint.KindEnd}} {
			x.Match(talk, e)
		}
		x.MatchNote(NewTalk(conn(1)), payload)
	})
}

// heard is a sink that writes down what it is told.
type heard struct {
	record.Sink
	told []string
}

func (h *heard) Open(*record.Conn)                              { h.told = append(h.told, "open") }
func (h *heard) Event(_ *record.Conn, e *lint.Event)            { h.told = append(h.told, e.Kind.String()) }
func (h *heard) Note(_ *record.Conn, _ time.Duration, s string) { h.told = append(h.told, s) }
func (h *heard) Close(*record.Conn, time.Duration)              { h.told = append(h.told, "close") }

// What fits brings the beginning of its connection along, once.
func TestSink(t *testing.T) {
	all := func(expr string) string {
		f, err := Compile(expr)
		if err != nil {
			t.Fatal(err)
		}
		var h heard
		s, c := NewSink(&h, All(f, Grep(regexp.MustCompile("")))), conn(7)
		s.Open(c)
		s.Note(c, 0, "early")
		for _, e := range []*lint.Event{head(requestHead), head(responseHead), frame(wire.OpText, "a"), frame(wire.OpPing, ""), frame(wire.OpText, "b")} {
			s.Event(c, e)
		}
		s.Note(c, 0, "late")
		s.Close(c, 0)
		if len(s.talks) > 0 {
			t.Error("a connection stays")
		}
		return strings.Join(h.told, " ")
	}
	for expr, want := range map[string]string{
		`conn==7`:        "open early request response frame frame frame late close",
		`conn==8`:        "",
		`text=="b"`:      "open request response frame late close",
		`kind==request`:  "open request late close",
		`kind==response`: "open request response late close",
		`opcode==text`:   "open request response frame frame late close",
		`text==late`:     "open request response late close",
	} {
		if got := all(expr); got != want {
			t.Errorf("%s: %s, not %s", expr, got, want)
		}
	}
}

// A compressed frame goes with what it inflates to, and by itself where nothing is
// made of it.
func TestSinkOfCompressed(t *testing.T) {
	packed := func(payload string, offset uint64) [2]*lint.Event {
		f := frame(wire.OpText, "\x00"+payload)
		f.Frame.Rsv, f.Offset = wire.RSV1, offset
		m := &lint.Event{Kind: lint.KindMessage, Offset: offset, Message: &lint.Message{
			Opcode: wire.OpText, Payload: []byte(payload), Size: uint64(len(payload)), Frames: 1, Compressed: true}}
		return [2]*lint.Event{f, m}
	}
	f, err := Compile("!heartbeat && (kind==frame || kind==message)")
	if err != nil {
		t.Fatal(err)
	}
	var h heard
	s, c := NewSink(&h, f), conn(7)
	s.Open(c)
	s.Event(c, head(strings.Replace(requestHead, "/chat?room=1", "/socket.io/?EIO=4&transport=websocket", 1)))
	s.Event(c, head(strings.Replace(responseHead, "Sec-WebSocket-Protocol: chat.v2\r\n", "", 1)))
	for i, payload := range []string{"3", `42["news"]`, "3"} {
		pair := packed(payload, uint64(i))
		s.Event(c, pair[0])
		pair[0].Frame.Payload[0] = 'x' // it was valid during the call
		s.Event(c, pair[1])
	}
	s.Event(c, packed("3", 9)[0])
	s.Event(c, packed(`42["lost"]`, 10)[1])
	s.Event(c, packed("3", 11)[0])
	s.Close(c, 0)
	if got := strings.Join(h.told, " "); got != "open request response frame message frame message frame close" {
		t.Error(got)
	}
}
