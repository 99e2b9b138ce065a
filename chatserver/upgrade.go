package chatserver

import (
	"io"
	"net/http"
	"slices"
	"strings"

	"wsprobe/internal/wire"
)

// offer is what an opening handshake asks for, as far as we agree to it.
type offer struct {
	dialect  wire.Dialect
	protocol string // the subprotocol; "" is none
	deflate  bool   // permessage-deflate
	key1     string // hixie-76
	key2     string
}

// refusal is a handshake turned down with an HTTP status (RFC 6455 §4.2.1, §4.2.2).
type refusal struct {
	status int
	reason string
}

// versions are the versions that we speak, as an answer lists them (RFC 6455 §4.4).
const versions = "13, 8, 7"

// write answers the request. An answer 426 names what to upgrade to (RFC 9110
// §15.5.22) and in which versions.
func (f *refusal) write(w http.ResponseWriter) {
	h := w.Header()
	switch f.status {
	case http.StatusBadRequest:
		h.Set("Connection", "close") // nor wait for a body that was announced
	case http.StatusUpgradeRequired:
		h["Connection"] = []string{"Upgrade"}
		h["Upgrade"] = []string{"websocket"}
		h["Sec-WebSocket-Version"] = []string{versions}
	case http.StatusMethodNotAllowed:
		h["Allow"] = []string{"GET"}
	case http.StatusServiceUnavailable:
		h["Retry-After"] = []string{"5"}
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(f.status)
	io.WriteString(w, f.reason+"\n")
}

func bad(reason string) *refusal { return &refusal{http.StatusBadRequest, reason} }

func upgradeRequired(reason string) *refusal {
	return &refusal{http.StatusUpgradeRequired, reason}
}

func forbidden(reason string) *refusal { return &refusal{http.StatusForbidden, reason} }

// head is a request as package wire sees one.
func head(r *http.Request) *wire.Request {
	h := &wire.Request{Method: r.Method, Target: r.RequestURI, Proto: r.Proto}
	for name, values := range r.Header {
		for _, v := range values {
			h.Fields = append(h.Fields, wire.Field{Name: name, Value: v})
		}
	}
	return h
}

// examine holds an opening handshake against the text of its dialect and
// against the configuration. It returns what we agree to, or a refusal.
func (s *Server) examine(r *http.Request, e *endpoint) (*offer, *refusal) {
	h := head(r)
	if f := checkHTTP(r, h); f != nil {
		return nil, f
	}
	dialect, version := wire.DialectOf(h)
	o := &offer{dialect: dialect}
	var f *refusal
	switch traits := dialect.Traits(); {
	case len(h.Values("Sec-WebSocket-Version")) > 1:
		f = bad("Sec-WebSocket-Version is there more than once")
	case dialect == wire.DialectUnknown:
		f = upgradeRequired("the server does not speak this version of the WebSocket protocol")
	case traits.Hixie:
		f = o.examineHixie(h, e)
	case version == "":
		f = upgradeRequired("Sec-WebSocket-Version is missing")
	default:
		f = o.examineHybi(h, e, !s.conf.NoCompression)
	}
	if f == nil {
		f = s.checkPolicy(r, h.Get(dialect.Traits().OriginField))
	}
	return o, f
}

// checkHTTP checks what all dialects share (RFC 6455 §4.2.1, items 1, 3 and 4;
// net/http has seen to Host). A request with a body is turned down since its
// bytes could pass for frames; hixie-76's eight may be announced as one.
func checkHTTP(r *http.Request, h *wire.Request) *refusal {
	switch {
	case r.Method != http.MethodGet:
		return &refusal{http.StatusMethodNotAllowed, "a WebSocket is opened with GET"}
	case r.ProtoMajor != 1 || r.ProtoMinor < 1:
		return bad("a WebSocket is opened over HTTP/1.1")
	case !h.HasToken("Upgrade", "websocket"):
		return upgradeRequired("this is a WebSocket: the request must upgrade to websocket")
	case !h.HasToken("Connection", "Upgrade"):
		return bad("Connection has no Upgrade")
	case len(r.TransferEncoding) > 0,
		r.ContentLength != 0 && !(h.Has("Sec-WebSocket-Key1") && r.ContentLength == 8):
		return bad("an opening handshake has no body")
	}
	return nil
}

// examineHybi checks the fields of RFC 6455 §4.2.1, items 5 to 9, which
// hybi-07 and hybi-08 share.
func (o *offer) examineHybi(h *wire.Request, e *endpoint, deflate bool) *refusal {
	keys := h.Values("Sec-WebSocket-Key")
	if len(keys) != 1 || !wire.ValidKey(keys[0]) {
		return bad("Sec-WebSocket-Key must be there once, as 16 bytes in base64")
	}
	if h.Has("Sec-WebSocket-Extensions") {
		offers, ok := wire.ParseExtensions(strings.Join(h.Values("Sec-WebSocket-Extensions"), ", "))
		if !ok {
			// RFC 6455 §9.1: the "recipient of such malformed data" must fail the connection.
			return bad("Sec-WebSocket-Extensions is no list of extensions")
		}
		o.deflate = deflate && acceptsDeflate(offers)
	}
	if !h.Has("Sec-WebSocket-Protocol") {
		return nil
	}
	protocols, ok := wire.ParseTokens(strings.Join(h.Values("Sec-WebSocket-Protocol"), ", "))
	if !ok || repeated(protocols) {
		// RFC 6455 §4.1, item 10: they "MUST all be unique strings".
		return bad("Sec-WebSocket-Protocol must list different tokens")
	}
	if slices.Contains(protocols, e.protocol) {
		o.protocol = e.protocol
	}
	return nil
}

func repeated(list []string) bool {
	seen := map[string]bool{}
	for _, s := range list {
		if seen[s] {
			return true
		}
		seen[s] = true
	}
	return false
}

// examineHixie checks the fields of draft-hixie-thewebsocketprotocol-75, "Reading
// the client's handshake", and -76 §5.1. A broken challenge is turned down here and
// never taken for hixie-75: -76 §5.2 calls no spaces "a symptom of a cross-protocol attack".
func (o *offer) examineHixie(h *wire.Request, e *endpoint) *refusal {
	traits := o.dialect.Traits()
	if len(h.Values(traits.OriginField)) != 1 {
		return bad("Origin must be there once")
	}
	switch protocols := h.Values(traits.ProtocolField); {
	case len(protocols) > 1:
		return bad(traits.ProtocolField + " is there more than once")
	case len(protocols) == 1 && (e.anyHixie || protocols[0] == e.protocol):
		o.protocol = protocols[0]
	case len(protocols) == 1:
		return bad("the server does not speak this subprotocol")
	}
	if !traits.Challenge {
		return nil
	}
	key1, key2 := h.Values("Sec-WebSocket-Key1"), h.Values("Sec-WebSocket-Key2")
	if len(key1) != 1 || len(key2) != 1 {
		return bad("Sec-WebSocket-Key1 and -Key2 must be there once each")
	}
	o.key1, o.key2 = key1[0], key2[0]
	if _, ok := wire.Challenge76(o.key1, o.key2, [8]byte{}); !ok {
		return bad("the number of a key must be a multiple of its spaces")
	}
	return nil
}

// checkPolicy asks whether this client may connect (RFC 6455 §10.2).
func (s *Server) checkPolicy(r *http.Request, origin string) *refusal {
	switch {
	case !s.conf.originAllowed(origin, r.Host, r.TLS != nil):
		return forbidden("pages of this origin may not connect")
	case !s.conf.cookieGiven(r):
		return forbidden("a cookie is missing")
	}
	return nil
}
