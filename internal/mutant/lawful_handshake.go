package mutant

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"wsprobe/internal/wire"
)

// How a lawful mutant writes its 101 (RFC 6455 §4.2.2; RFC 9112 §4, §5).
var _ = lawful(
	saying("names-in-lower-case", "writes field names in lower case", renamed(strings.ToLower)),
	saying("names-in-capitals", "writes field names in capitals", renamed(strings.ToUpper)),
	saying("fields-backwards", "writes its fields in reverse order", func(a *answer) { slices.Reverse(a.fields) }),
	saying("upgrades-to-WebSocket", "writes WebSocket", replace("Upgrade", "WebSocket")),
	saying("upgrades-to-WEBSOCKET", "writes WEBSOCKET", replace("Upgrade", "WEBSOCKET")),
	saying("connection-in-lower-case", "writes Connection: upgrade", replace("Connection", "upgrade")),
	saying("connection-list", "writes Connection: keep-alive, Upgrade", replace("Connection", "keep-alive, Upgrade")),
	saying("two-connection-fields", "writes two Connection fields", with("Connection", "keep-alive")),
	saying("no-reason", "leaves the reason phrase empty", line("HTTP/1.1 101 ")),
	saying("long-reason", "writes a reason phrase of a thousand letters", line("HTTP/1.1 101 "+strings.Repeat("Switching Protocols ", 50))),
	saying("strange-reason", "writes a reason phrase that is not ASCII", line("HTTP/1.1 101 Zmiana protoko\xb3\xf3w")),
	saying("much-white-space", "writes white space around its values", changeAll(func(v string) string { return " \t  " + v + " \t " })),
	saying("spaces-in-extensions", "writes spaces around the signs in its extensions", change("Sec-WebSocket-Extensions", func(v string) string {
		return strings.NewReplacer(";", " ; ", "=", " = ").Replace(v)
	})),
	saying("says-its-version", "writes Sec-WebSocket-Version: 13 too", with("Sec-WebSocket-Version", "13")),
	saying("says-much", "writes what servers write: Date, Server, cookies and more", func(a *answer) {
		a.fields = slices.Concat([]wire.Field{{Name: "Server", Value: "nginx/1.24.0 (Ubuntu)"}, {Name: "Date", Value: "Sun, 06 Nov 1994 08:49:37 GMT"}},
			a.fields, []wire.Field{
				{Name: "Set-Cookie", Value: "session=1234; Path=/; HttpOnly"}, {Name: "Set-Cookie", Value: "lb=a"},
				{Name: "Access-Control-Allow-Origin", Value: "*"}, {Name: "Strict-Transport-Security", Value: "max-age=0"},
				{Name: "Vary", Value: "Origin"}, {Name: "Keep-Alive", Value: "timeout=5"}, {Name: "X-Empty", Value: ""},
			})
	}),
	saying("says-very-much", "writes a hundred fields and a cookie of 8 KiB", func(a *answer) {
		for i := range 100 {
			a.add(fmt.Sprintf("X-Field-%d", i), "a field that means nothing")
		}
		a.add("Set-Cookie", "big="+strings.Repeat("x", 8<<10))
	}),
	saying("hints-early", "sends a 103 before its 101", func(a *answer) {
		a.line = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" + a.line
	}),
)

// saying is a lawful mutant that writes its 101 in another way.
func saying(name, about string, how func(*answer)) Mutant {
	return Mutant{Name: name, About: about, Dialect: wire.RFC6455, answer: how}
}

func renamed(to func(string) string) func(*answer) {
	return func(a *answer) {
		for i, f := range a.fields {
			a.fields[i].Name = to(f.Name)
		}
	}
}

// changeAll makes something else of all values.
func changeAll(to func(string) string) func(*answer) {
	return func(a *answer) {
		for i, f := range a.fields {
			a.fields[i].Value = to(f.Value)
		}
	}
}

// How a lawful mutant refuses a handshake.
var _ = lawful(
	refusingAs("refuses-with-400", "refuses everything with 400", line("HTTP/1.1 400 Bad Request")),
	refusingAs("refuses-with-403", "refuses everything with 403", line("HTTP/1.1 403 Forbidden")),
	refusingAs("refuses-with-404", "refuses everything with 404", line("HTTP/1.1 404 Not Found")),
	refusingAs("refuses-with-426", "refuses everything with 426", func(a *answer) {
		a.line = "HTTP/1.1 426 Upgrade Required"
		unlessThere("Upgrade", "websocket")(a)
		unlessThere("Sec-WebSocket-Version", "13, 8, 7")(a)
	}),
	refusingAs("refuses-with-500", "refuses everything with 500", line("HTTP/1.1 500 Internal Server Error")),
	refusingAs("refuses-with-503", "refuses everything with 503", line("HTTP/1.1 503 Service Unavailable")),
	refusingAs("refuses-with-401", "refuses everything with 401 and a challenge", func(a *answer) {
		a.line = "HTTP/1.1 401 Unauthorized"
		a.add("WWW-Authenticate", `Basic realm="wsprobe"`)
	}),
	refusingAs("refuses-without-body", "refuses with no body", func(a *answer) {
		a.body = nil
		replace("Content-Length", "0")(a)
	}),
	refusingAs("refuses-in-chunks", "refuses with a chunked body", func(a *answer) {
		without("Content-Length")(a)
		a.add("Transfer-Encoding", "chunked")
		a.body = fmt.Appendf(nil, "%x;note=x\r\n%s\r\n0\r\nX-Trailer: 1\r\n\r\n", len(a.body), a.body)
	}),
	refusingAs("refuses-until-close", "refuses with a body that ends with the connection", without("Content-Length")),
	refusingAs("refuses-with-a-page", "refuses with a page of 100 KiB", func(a *answer) {
		a.body = []byte("<!DOCTYPE html><title>No</title>" + strings.Repeat("<p>No.", 16<<10))
		replace("Content-Length", fmt.Sprint(len(a.body)))(a)
	}),
	refusingAs("lists-versions-apart", "lists each version that it speaks in a field of its own", func(a *answer) {
		if slices.ContainsFunc(a.fields, func(f wire.Field) bool { return f.Name == versions.Name }) {
			without(versions.Name)(a)
			for _, v := range []string{"13", "8", "7"} {
				a.add(versions.Name, v)
			}
		}
	}),
)

var keepsAliveAfterRefusing = oddly(Mutant{Name: "keeps-alive-after-refusing",
	About: "takes another request on a connection where it refused one", refusal: without("Connection")})

// refusingAs is a lawful mutant that refuses in another way.
func refusingAs(name, about string, how func(*answer)) Mutant {
	return Mutant{Name: name, About: about, refusal: how}
}

// Whom a lawful mutant lets in.
var (
	speaks13Only       = oddly(Mutant{Name: "speaks-13-only", About: "speaks no dialect but RFC 6455", refusal: replace(versions.Name, "13")})
	servesAPage        = odd("serves-a-page", "answers what is no handshake with a page, and unknown paths with a redirect")
	needsOrigin        = oddly(Mutant{Name: "needs-its-origin", About: "lets in only who names one origin", Origin: "https://app.example"})
	needsProtocol      = oddly(Mutant{Name: "needs-a-subprotocol", About: "lets in only who offers a subprotocol that it knows", Protocol: "echo"})
	needsAuthorization = oddly(Mutant{Name: "needs-authorization", About: "lets in only who is authorized",
		Header: http.Header{"Authorization": {"Bearer 1234"}}})
	refusesForeignOrigins = odd("refuses-foreign-origins", "refuses with 403 an origin that is not its own")
)

var notKnown = refuse(401, "who are you?", wire.Field{Name: "WWW-Authenticate", Value: "Bearer"})

// turnAway refuses what a lawful mutant does not take for a handshake of its own.
func (c *conn) turnAway(r *wire.Request) *refusal {
	d, _ := wire.DialectOf(r)
	switch {
	case c.is(speaks13Only) && d != wire.RFC6455 && d.Traits().Hixie:
		return otherVersion
	case c.is(servesAPage) && (!hasUpgrade(r) || !connectionIsUpgrade(r)):
		return page
	}
	return nil
}

// admit refuses whom a lawful mutant does not let in, though the handshake is in
// order.
func (c *conn) admit(r *wire.Request) *refusal {
	switch {
	case c.is(speaks13Only) && version(r) != 13:
		return otherVersion
	case c.is(needsOrigin) && !names(r, c.mutant.Origin, "Origin", "Sec-WebSocket-Origin"), c.is(refusesForeignOrigins) && !originIsOwn(r):
		return refuse(403, "that origin may not come here")
	case c.is(needsProtocol) && !names(r, c.mutant.Protocol, "Sec-WebSocket-Protocol", "WebSocket-Protocol"):
		return refuse(400, "no subprotocol that this server knows")
	case c.is(needsAuthorization) && r.Get("Authorization") != c.mutant.Header.Get("Authorization"):
		return notKnown
	}
	return nil
}

// names reports whether one of those fields has that value among others.
func names(r *wire.Request, value string, fields ...string) bool {
	return slices.ContainsFunc(fields, func(name string) bool {
		return slices.Contains(strings.Split(strings.Join(r.Values(name), ", "), ", "), value)
	})
}

var page = refuse(200, "<!DOCTYPE html><title>Hello</title>", wire.Field{Name: "Cache-Control", Value: "no-store"})
