package rules

import "slices"

// The documents, by the names that users know them by.
const (
	rfc6455      = "RFC 6455"
	rfc7692      = "RFC 7692"
	rfc8441      = "RFC 8441"
	hixie76      = "draft-hixie-thewebsocketprotocol-76"
	hixie75      = "draft-hixie-thewebsocketprotocol-75"
	chatProtocol = "chatserver/PROTOCOL.md"
)

// Every rule, topic after topic in the order of RFC 6455, then the extension,
// the older dialects and the chat; and the same by id.
var (
	all = slices.Concat(
		handshakeRules, requestRules, httpRules, versionRules, subprotocolRules, extensionRules, clientRules,
		framingRules, fragmentRules, controlRules, utf8Rules, closingRules,
		deflateRules, inflateRules,
		hixie76Rules, hixie75Rules, hybiRules,
		chatRules,
	)
	byID = index(all)
)

func index(list []Rule) map[ID]Rule {
	m := make(map[ID]Rule, len(list))
	for _, r := range list {
		m[r.ID] = r
	}
	return m
}

// All returns every rule, by topic and in the order of the documents.
func All() []Rule { return slices.Clone(all) }

// Get returns the rule of that id.
func Get(id ID) (Rule, bool) {
	r, ok := byID[id]
	return r, ok
}

// Unruled gives, for each testable requirement that no rule stands for, the
// reason why.
var Unruled = map[string]string{
	"HS-062": "a TLS handshake is no part of the WebSocket conversation: crypto/tls makes it or fails, before a case has a connection",
}
