package mutant

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"wsprobe/internal/wire"
)

// otherVersion refuses a version that the server does not speak, and says which
// it does (RFC 6455 §4.2.2, §4.4).
var otherVersion = refuse(426, "this server speaks versions 13, 8 and 7", append(upgradeFields, versions)...)

// noUpgrade refuses a request for something else than a WebSocket.
var noUpgrade = refuse(426, "this is a WebSocket", append(upgradeFields, versions)...)

// hybiChecks are what RFC 6455 §4.2.1 asks of a handshake beyond HTTP. The
// drafts hybi-07 and hybi-08 ask the same.
var hybiChecks = []requestCheck{
	{hasUpgrade, "", noUpgrade},
	{upgradeIsWebSocket, takesAnyUpgrade, noUpgrade},
	{connectionIsUpgrade, takesAnyConnection, refuse(400, "Connection does not say Upgrade")},
	{oneVersion, takesTwoVersions, refuse(400, "there are two Sec-WebSocket-Versions", versions)},
	{hasVersion, takesNoVersion, otherVersion},
	{versionIsNumber, takesVersionInAnyForm, refuse(400, "Sec-WebSocket-Version is no version", versions)},
	{notOlder, takesOlderDrafts, otherVersion},
	{notUnused, takesUnusedVersions, otherVersion},
	{knownVersion, takesUnknownVersions, otherVersion},
	{oneKey, takesTwoKeys, refuse(400, "there are two Sec-WebSocket-Keys")},
	{hasKey, takesNoKey, refuse(400, "there is no Sec-WebSocket-Key")},
	{keyNotEmpty, takesEmptyKey, refuse(400, "Sec-WebSocket-Key is empty")},
	{keyIsBase64, takesKeyNotBase64, refuse(400, "Sec-WebSocket-Key is not base64")},
	{keyHas16Bytes, takesKeyOfAnySize, refuse(400, "Sec-WebSocket-Key is not of 16 bytes")},
	{protocolsAreTokens, takesBadProtocolOffer, refuse(400, "Sec-WebSocket-Protocol is no list of tokens")},
	{protocolsAreUnique, takesRepeatedProtocol, refuse(400, "Sec-WebSocket-Protocol names one twice")},
	{knownExtensionsAreWellFormed, takesMalformedDeflate, refuse(400, "Sec-WebSocket-Extensions cannot be read")},
	{otherExtensionsAreWellFormed, takesMalformedExtensions, refuse(400, "Sec-WebSocket-Extensions cannot be read")},
}

// dialect says which dialect the request asks for.
func (c *conn) dialect(r *wire.Request) wire.Dialect {
	d, _ := wire.DialectOf(r)
	if d == wire.Hixie76 && c.is(fallsBackToHixie75) && !validKeys76(r) {
		return wire.Hixie75
	}
	return d
}

// upgradeHybi opens and runs a connection of RFC 6455, hybi-07 or hybi-08.
func (c *conn) upgradeHybi(r *wire.Request, d wire.Dialect) *refusal {
	to, bad := c.service(r)
	if bad == nil && c.is(upgradesPlainGet) && !hasUpgrade(r) {
		c.openHybi(r, d, to)
		return nil
	}
	if bad == nil {
		bad = c.check(r, hybiChecks)
	}
	if bad == nil {
		bad = c.checkPickily(r)
	}
	if bad == nil {
		bad = c.admit(r)
	}
	if bad != nil {
		return bad
	}
	c.openHybi(r, d, to)
	return nil
}

// openHybi answers a handshake that is in order, and runs the connection.
func (c *conn) openHybi(r *wire.Request, d wire.Dialect, to service) {
	s := newSession(c, d)
	a := &answer{line: "HTTP/1.1 101 Switching Protocols", fields: slices.Clone(upgradeFields)}
	a.add("Sec-WebSocket-Accept", c.accept(r))
	if p, ok := c.subprotocol(to, r); ok {
		a.add("Sec-WebSocket-Protocol", p)
	}
	if agreed := s.negotiate(r); agreed != "" {
		a.add("Sec-WebSocket-Extensions", agreed)
	}
	if c.is(losesEarlyData) {
		c.in = nil
	}
	if c.writeAnswer(a, c.answerGarbler(wire.RFC6455)) == nil && a.line != "" {
		s.run(to)
	}
}

// accept returns the Sec-WebSocket-Accept for the key of the request.
func (c *conn) accept(r *wire.Request) string {
	key := r.Find("Sec-WebSocket-Key")
	switch {
	case key == nil:
		return wire.Accept("")
	case c.is(hashesUntrimmedKey):
		return wire.Accept(key.Literal())
	}
	return wire.Accept(key.Value)
}

// subprotocol picks the one that the service knows, of those offered.
func (c *conn) subprotocol(to service, r *wire.Request) (string, bool) {
	offered := r.List("Sec-WebSocket-Protocol")
	switch {
	case c.is(readsFirstProtocolField):
		offered, _ = wire.ParseTokens(r.Get("Sec-WebSocket-Protocol"))
	case c.is(agreesToUnknownProtocol) && len(offered) > 0:
		return offered[0] + ".v2", true
	case c.is(agreesToEmptyProtocol) && len(offered) > 0:
		return "", true
	case c.is(choosesProtocolUnasked):
		return to.protocol, true
	case c.is(choosesNoProtocol):
		return "", false
	}
	return to.protocol, slices.Contains(offered, to.protocol)
}

func hasUpgrade(r *wire.Request) bool { return r.Has("Upgrade") }

func upgradeIsWebSocket(r *wire.Request) bool {
	return !hasUpgrade(r) || r.HasToken("Upgrade", "websocket")
}

func connectionIsUpgrade(r *wire.Request) bool { return r.HasToken("Connection", "Upgrade") }

func oneVersion(r *wire.Request) bool { return len(r.Values("Sec-WebSocket-Version")) <= 1 }

func hasVersion(r *wire.Request) bool { return r.Has("Sec-WebSocket-Version") }

// versionIsNumber follows the version of RFC 6455 §4.3: 0 to 255, no zeros in front.
func versionIsNumber(r *wire.Request) bool { return !hasVersion(r) || version(r) >= 0 }

func notOlder(r *wire.Request) bool { v := version(r); return v < 4 || v > 6 }

func notUnused(r *wire.Request) bool { v := version(r); return v < 9 || v > 12 }

// knownVersion leaves to the other checks what they refuse on their own.
func knownVersion(r *wire.Request) bool {
	d, _ := wire.DialectOf(r)
	return d != wire.DialectUnknown || version(r) < 0 || !notOlder(r) || !notUnused(r)
}

func oneKey(r *wire.Request) bool { return len(r.Values("Sec-WebSocket-Key")) <= 1 }

func hasKey(r *wire.Request) bool { return r.Has("Sec-WebSocket-Key") }

func keyNotEmpty(r *wire.Request) bool { return !hasKey(r) || r.Get("Sec-WebSocket-Key") != "" }

func keyIsBase64(r *wire.Request) bool { return keySize(r) >= 0 }

func keyHas16Bytes(r *wire.Request) bool { n := keySize(r); return n == 16 || n <= 0 }

// version returns the number that Sec-WebSocket-Version is, or -1.
func version(r *wire.Request) int {
	v := r.Get("Sec-WebSocket-Version")
	n, err := strconv.ParseUint(v, 10, 8)
	if err != nil || strconv.FormatUint(n, 10) != v {
		return -1
	}
	return int(n)
}

// keySize returns how many bytes the key stands for, or -1.
func keySize(r *wire.Request) int {
	key, err := base64.StdEncoding.Strict().DecodeString(r.Get("Sec-WebSocket-Key"))
	if err != nil {
		return -1
	}
	return len(key)
}

func protocolsAreTokens(r *wire.Request) bool {
	for _, v := range r.Values("Sec-WebSocket-Protocol") {
		if _, ok := wire.ParseTokens(v); !ok {
			return false
		}
	}
	return true
}

func protocolsAreUnique(r *wire.Request) bool {
	offered := r.List("Sec-WebSocket-Protocol")
	n := len(offered)
	slices.Sort(offered)
	return len(slices.Compact(offered)) == n
}

func knownExtensionsAreWellFormed(r *wire.Request) bool {
	return extensionsAreWellFormed(r) || !strings.Contains(r.Get("Sec-WebSocket-Extensions"), deflateName)
}

func otherExtensionsAreWellFormed(r *wire.Request) bool {
	return extensionsAreWellFormed(r) || strings.Contains(r.Get("Sec-WebSocket-Extensions"), deflateName)
}

func extensionsAreWellFormed(r *wire.Request) bool {
	if !r.Has("Sec-WebSocket-Extensions") {
		return true
	}
	_, ok := wire.ParseExtensions(strings.Join(r.Values("Sec-WebSocket-Extensions"), ", "))
	return ok
}
