package report

import "time"

const ms = time.Millisecond

// failFast is the failure that README shows.
func failFast() Case {
	return Case{
		ID: "utf8/fail-fast", Suite: "utf8", About: "Bad bytes in the second of three fragments fail the connection.",
		File: "cases/rfc6455/utf8.yaml", Line: 12, Rule: "utf8.text-valid", Dialect: "rfc6455",
		Aliases: []string{"autobahn 6.4.1"}, Verdict: Fail, Duration: 704 * ms,
		Findings: []Finding{{
			Rule: "utf8.text-valid", Level: "MUST", Document: "RFC 6455", Section: "8.1",
			Quote:   "... that endpoint MUST _Fail the WebSocket Connection_.",
			Verdict: Fail, Wanted: "the connection failed with 1007",
			File: "cases/rfc6455/utf8.yaml", Line: 23, At: 704 * ms, After: 6,
		}},
		Transcript: []Line{
			request("GET / HTTP/1.1\r\nHost: 127.0.0.1:9001\r\n\r\n"),
			response("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
			frame(0, true, "text", false, "κ\u1f79σμε"),
			frame(201, true, "cont", false, "\xf4\x90\x80\x80"),
			frame(703, true, "cont", true, "edited"),
			frame(704, false, "text", true, "κ\u1f79σμε\xf4\x90\x80\x80edited"),
		},
		Again: "wsprobe run cases/ --url ws://127.0.0.1:9001/ --only utf8/fail-fast -v",
	}
}

func request(head string) Line {
	return Line{Sent: true, Kind: "request", Size: uint64(len(head)), Payload: []byte(head)}
}

func response(head string) Line {
	return Line{Kind: "response", Size: uint64(len(head)), Payload: []byte(head)}
}

func frame(at int, sent bool, kind string, fin bool, payload string) Line {
	return Line{At: time.Duration(at) * ms, Sent: sent, Kind: kind, Size: uint64(len(payload)),
		Payload: []byte(payload), Frame: &FrameBits{Fin: fin, Masked: sent}}
}

// sourceOfFailFast has the step that was missed in line 23, as the finding says.
const sourceOfFailFast = "- id: fail-fast\n  about: <b>Bad</b> bytes, in a line that is longer than a telephone is wide, whichever way one holds it.\n" +
	"  steps:\n\n\n\n\n    - send: {text: 0}\n\n    - quiet: 200ms\n\n    - expect: {fail: 1007}\n"

// noClose is a missed SHOULD with a MAY beside it.
func noClose() Case {
	return Case{
		ID: "close/one-byte-body", Suite: "close", About: "A Close with a body of one byte fails the connection.",
		File: "cases/rfc6455/close.yaml", Line: 40, Rule: "close.body-code", Dialect: "rfc6455", Verdict: NonStrict,
		Findings: []Finding{{
			Rule: "fail.close-frame", Level: "SHOULD", Document: "RFC 6455", Section: "7.1.7",
			Quote: "... the endpoint SHOULD send a Close frame ...", Verdict: NonStrict,
			Detail: "TCP closed with no Close frame", Wanted: "a Close with 1002", File: "cases/rfc6455/close.yaml", Line: 46,
		}},
	}
}

// hostile is a case in which everything that a target controls tries to do
// something to the terminal, the XML or the page.
func hostile() Case {
	evil := "\x1b[2J\x1b]0;owned\a\u202e]]></failure><script>alert(1)</script>\x00\xff|`*\r\n"
	return Case{
		ID: "framing/mask[unmasked]", Suite: "framing", About: "An unmasked frame fails the connection.",
		File: "cases/rfc6455/framing.yaml", Line: 7, Rule: "frame.masked", Verdict: Fail,
		Findings: []Finding{
			{Rule: "frame.length-minimal", Level: "MUST", Document: "RFC 6455", Section: "5.2", Quote: "... the minimal number of bytes MUST be used to encode the length ...",
				Verdict: Fail, Detail: "frame of 5 bytes has a 16-bit length " + evil, After: 3},
			{Rule: "close.reason", Level: "MAY", Document: "chatserver/PROTOCOL.md", Section: "Rooms", Verdict: Info, Detail: "no reason", After: 99},
		},
		Transcript: []Line{
			{Sent: true, Kind: "text", Size: 5, Payload: []byte("Hello"), Frame: &FrameBits{Fin: true}},
			{At: 2 * ms, Kind: "response", Size: 40, Payload: []byte("HTTP/1.1 101 " + evil + "\r\nSet-Cookie: " + evil + "\r\n\r\n\x01\x02"), Note: evil},
			{At: 3 * ms, Kind: "binary", Size: 5, Payload: []byte(evil[:5]), Frame: &FrameBits{Fin: true, Rsv: 6, Masked: true, Bits: 16}},
			{At: 4 * ms, Kind: "text", Size: 1 << 20, Payload: []byte(evil + evil), Cut: true, Frame: &FrameBits{Fin: true, Rsv: 4}},
			{At: 5 * ms, Kind: "close", Size: 20, Payload: []byte("\x03\xea" + evil), Frame: &FrameBits{Fin: true}},
			{At: 6 * ms, Kind: "tcp", Note: "closed with FIN"},
		},
		Again: "wsprobe run --only 'framing/mask[unmasked]' -v",
	}
}

// sample is a run with one of everything.
func sample() *Results {
	known := failFast()
	known.ID, known.Known = "utf8/surrogates", "utf8/s*  # gorilla leaves UTF-8 to the application"
	known.KnownWhy = "RFC 6455 §8.1: UTF-8 is left to the application."
	return &Results{
		Version: Version, Tool: "wsprobe 0.1.0",
		Target:  Target{Name: "ws://127.0.0.1:9001/", URL: "ws://127.0.0.1:9001/", Have: []string{"echo", "permessage-deflate"}, Server: "demo/1.0 \x1b[31m"},
		Started: time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC), Duration: 2100 * ms,
		Notes: []string{"TCP ends with RST after 3 cases"},
		Cases: []Case{
			{ID: "ping/answered", Suite: "ping", About: "A ping is answered.", File: "cases/rfc6455/ping.yaml", Line: 5, Rule: "ping.answered", Verdict: Pass, Duration: 12 * ms,
				Transcript: []Line{frame(0, true, "ping", true, "hi"), frame(1, false, "pong", true, "hi")}},
			failFast(), noClose(), hostile(), known,
			{ID: "chat/join", Suite: "chat", About: "Joining.", File: "cases/chat/chat.yaml", Line: 9, Verdict: Skip, Reason: "the target has no chat"},
			{ID: "chat/say", Suite: "chat", About: "Saying.", File: "cases/chat/chat.yaml", Line: 19, Verdict: Skip, Reason: "the target has no chat"},
			{ID: "close/last", Suite: "close", About: "The last one.", File: "cases/rfc6455/close.yaml", Line: 90, Verdict: Error, Reason: "reading: too many open files",
				Transcript: []Line{frame(0, true, "text", true, "Hello")}},
			{ID: "close/unplayed", Suite: "close", About: "Not even that.", File: "cases/rfc6455/close.yaml", Line: 99, Verdict: Error, Reason: "dialing: too many open files"},
		},
		Stale:   []Stale{{File: "known.txt", Line: 3, Text: "ping/**", Reason: "ping/answered passed"}},
		Sources: map[string]string{"cases/rfc6455/utf8.yaml:12": sourceOfFailFast},
		Rules: map[string]Rule{"ping.answered": {
			Level: "MUST", Document: "RFC 6455", Section: "5.5.2", About: "A ping is answered.",
			Quote: "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response, unless it already received a Close frame.",
		}},
	}
}
