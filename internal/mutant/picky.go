package mutant

import (
	"slices"
	"strings"

	"wsprobe/internal/wire"
)

// pickyChecks are what no server should ask of a request, each with the mutant
// that asks it.
var pickyChecks = []struct {
	by      fault
	holds   func(*wire.Request) bool
	refusal *refusal
}{
	{wantsUpgradeInLowerCase, hasExact("Upgrade", "websocket"), noUpgrade},
	{wantsUpgradeAlone, isOnly("Upgrade", "websocket"), noUpgrade},
	{wantsConnectionInOneCase, hasExact("Connection", "Upgrade"), refuse(400, "Connection does not say Upgrade")},
	{wantsConnectionAlone, isOnly("Connection", "Upgrade"), refuse(400, "Connection does not say Upgrade")},
	{wantsFieldNamesAsShown, hasExactName("Sec-WebSocket-Key"), refuse(400, "there is no Sec-WebSocket-Key")},
	{wantsFieldsInOrder, fieldsInOrder, refuse(400, "there is no Sec-WebSocket-Key")},
	{wantsOneSpace, oneSpaceEach, refuse(400, "Connection does not say Upgrade")},
	{refusesUnknownFields, onlyKnownFields, refuse(400, "a header field is unknown")},
	{wantsOrigin, hasAnyOrigin, refuse(403, "there is no Origin")},
	{refusesTwoOrigins, oneOrigin, refuse(400, "there are two origins")},
	{dropsForeignOrigin, originIsOwn, silence},
	{refusesForeignOriginWith400, originIsOwn, refuse(400, "that origin may not come here")},
	{refusesUnknownExtensions, onlyDeflate, refuse(400, "an extension is unknown")},
	{refusesVersionsItLists, notVersion(7, 8), otherVersion},
	{refusesBadOffer, deflateCanBeAgreed, refuse(400, "permessage-deflate cannot be agreed so")},
	{refusesHybi07, notVersion(7), otherVersion},
}

// checkPickily refuses what only a mutant refuses.
func (c *conn) checkPickily(r *wire.Request) *refusal {
	for _, k := range pickyChecks {
		if c.is(k.by) && !k.holds(r) {
			return k.refusal
		}
	}
	return nil
}

func hasExact(name, token string) func(*wire.Request) bool {
	return func(r *wire.Request) bool { return slices.Contains(r.List(name), token) }
}

func isOnly(name, token string) func(*wire.Request) bool {
	return func(r *wire.Request) bool { return strings.EqualFold(r.Get(name), token) }
}

func hasExactName(name string) func(*wire.Request) bool {
	return func(r *wire.Request) bool { f := r.Find(name); return f == nil || f.Name == name }
}

func notVersion(versions ...int) func(*wire.Request) bool {
	return func(r *wire.Request) bool { return !slices.Contains(versions, version(r)) }
}

// fieldsInOrder wants the fields where the example of RFC 6455 §1.2 has them.
func fieldsInOrder(r *wire.Request) bool {
	at := func(name string) int {
		return slices.IndexFunc(r.Fields, func(f wire.Field) bool { return strings.EqualFold(f.Name, name) })
	}
	return at("Host") < at("Upgrade") && at("Upgrade") < at("Connection") && at("Connection") < at("Sec-WebSocket-Key")
}

// oneSpaceEach asks that each value stands one space behind its colon, and at the
// end of its line.
func oneSpaceEach(r *wire.Request) bool {
	return !slices.ContainsFunc(r.Fields, func(f wire.Field) bool {
		_, raw, _ := strings.Cut(strings.TrimRight(string(f.Raw), "\r\n"), ":")
		return raw != " "+f.Value
	})
}

func onlyKnownFields(r *wire.Request) bool {
	known := []string{"host", "upgrade", "connection", "origin", "cookie", "user-agent", "authorization"}
	return !slices.ContainsFunc(r.Fields, func(f wire.Field) bool {
		name := strings.ToLower(f.Name)
		return !slices.Contains(known, name) && !strings.HasPrefix(name, "sec-websocket-")
	})
}

func hasAnyOrigin(r *wire.Request) bool { return r.Has("Origin") || r.Has("Sec-WebSocket-Origin") }

func oneOrigin(r *wire.Request) bool { return !r.Has("Origin") || !r.Has("Sec-WebSocket-Origin") }

func onlyDeflate(r *wire.Request) bool {
	return !slices.ContainsFunc(offers(r.Values("Sec-WebSocket-Extensions")), func(e wire.Extension) bool {
		return e.Name != deflateName
	})
}

// deflateCanBeAgreed asks that of the offers of permessage-deflate, if there are
// any, one is well formed.
func deflateCanBeAgreed(r *wire.Request) bool {
	asked := false
	for _, e := range offers(r.Values("Sec-WebSocket-Extensions")) {
		if e.Name != deflateName {
			continue
		}
		if _, _, ok := wire.ParseDeflateOffer(e); ok {
			return true
		}
		asked = true
	}
	return !asked
}

// originIsOwn asks that a page comes from the server's own host.
func originIsOwn(r *wire.Request) bool {
	return !r.Has("Origin") || strings.HasSuffix(r.Get("Origin"), "//"+r.Get("Host"))
}
