package mutant

import (
	"crypto/tls"
	"strings"

	"wsprobe/internal/wire"
)

// silence refuses as the hixie drafts tell a server to abort: by closing.
var silence = refuse(0, "")

// hixieChecks are what draft-hixie-thewebsocketprotocol-76 §5.1 asks of a
// handshake beyond HTTP. That of hixie-75 asks no less.
var hixieChecks = []requestCheck{
	{isOnly("Upgrade", "WebSocket"), takesAnyUpgrade, silence},
	{connectionIsUpgrade, takesAnyConnection, silence},
	{hasOrigin, takesHixieWithoutOrigin, silence},
}

func hasOrigin(r *wire.Request) bool { return r.Get("Origin") != "" }

// upgrade75 opens and runs a connection of hixie-75. Its answer begins with
// bytes that the draft fixes (draft-hixie-thewebsocketprotocol-75, "Sending the
// server's handshake").
func (c *conn) upgrade75(r *wire.Request) *refusal {
	if c.is(losesEarlyData) {
		c.in = nil
	}
	return c.upgradeHixie(r, wire.Hixie75, "HTTP/1.1 101 Web Socket Protocol Handshake", nil)
}

// upgrade76 opens and runs a connection of hixie-76, once the eight bytes of its
// third key are there (draft-hixie-thewebsocketprotocol-76 §5.2).
func (c *conn) upgrade76(r *wire.Request) *refusal {
	if c.is(wantsKey3WithHead) && len(c.in) < 8 {
		return silence
	}
	key3, err := c.take(8)
	if err != nil {
		return silence
	}
	answer, ok := c.challenge(r, [8]byte(key3))
	if !ok {
		return silence
	}
	if c.is(losesEarlyHixieFrame) {
		c.in = nil
	}
	return c.upgradeHixie(r, wire.Hixie76, "HTTP/1.1 101 WebSocket Protocol Handshake", answer)
}

// challenge answers the challenge of hixie-76. ok is false for keys that the
// draft tells a server to abort on.
func (c *conn) challenge(r *wire.Request, key3 [8]byte) (answer []byte, ok bool) {
	key1, key2 := key76(r, "Sec-WebSocket-Key1"), key76(r, "Sec-WebSocket-Key2")
	sum, ok := wire.Challenge76(key1, key2, key3)
	if !ok && c.is(takesBadKeys76) {
		return make([]byte, len(sum)), true
	}
	return sum[:], ok
}

// key76 returns a key with every space that it has.
func key76(r *wire.Request, name string) string {
	if f := r.Find(name); f != nil {
		return f.Literal()
	}
	return ""
}

func validKeys76(r *wire.Request) bool {
	_, ok := wire.Challenge76(key76(r, "Sec-WebSocket-Key1"), key76(r, "Sec-WebSocket-Key2"), [8]byte{})
	return ok
}

// upgradeHixie opens and runs a connection of either hixie dialect.
func (c *conn) upgradeHixie(r *wire.Request, d wire.Dialect, status string, body []byte) *refusal {
	to, bad := c.service(r)
	if bad == nil {
		bad = c.check(r, hixieChecks)
	}
	if bad != nil {
		return bad
	}
	if d == wire.Hixie75 && c.is(answersHixie75As6455) {
		c.openHybi(r, wire.RFC6455, to)
		return nil
	}
	names := d.Traits()
	asked := r.Find(names.ProtocolField)
	if asked != nil && !agreesHixie(to, asked.Value) {
		return refuse(400, "that subprotocol is not spoken here")
	}
	a := &answer{line: status, body: body}
	a.add("Upgrade", "WebSocket")
	a.add("Connection", "Upgrade")
	a.add(names.OriginEcho, strings.ToLower(r.Get("Origin")))
	a.add(names.LocationField, c.location(r))
	if asked != nil {
		a.add(names.ProtocolField, asked.Value)
	}
	if c.writeAnswer(a, c.answerGarbler(d)) == nil && a.line != "" {
		newHixieSession(c, d).run(to)
	}
	return nil
}

// agreesHixie reports whether a subprotocol is agreed to. A hixie client that
// asks for one fails without it, so the echo takes any.
func agreesHixie(to service, protocol string) bool {
	return to.protocol == "echo" || protocol == to.protocol
}

// location is the URL that the client must have meant.
func (c *conn) location(r *wire.Request) string {
	_, secure := c.Conn.(*tls.Conn)
	h := wire.Handshake{Host: r.Get("Host"), Target: r.Target, Secure: secure}
	return h.Location()
}
