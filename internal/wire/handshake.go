package wire

import (
	"crypto/sha1"
	"encoding/base64"
	"io"
	"strconv"
	"strings"
)

// guid is the string that RFC 6455 §1.3 appends to a key.
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// keySize is how many bytes a Sec-WebSocket-Key stands for (RFC 6455 §4.1).
const keySize = 16

// Accept returns the Sec-WebSocket-Accept for a key (RFC 6455 §4.2.2).
func Accept(key string) string {
	sum := sha1.Sum([]byte(key + guid))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// NewKey makes a Sec-WebSocket-Key: 16 random bytes in base64 (RFC 6455 §4.1).
// Where random ends early, zeros stand for what it lacks.
func NewKey(random io.Reader) string {
	var key [keySize]byte
	io.ReadFull(random, key[:])
	return base64.StdEncoding.EncodeToString(key[:])
}

// ValidKey reports whether key is the base64 of exactly 16 bytes (RFC 6455 §4.2.1).
func ValidKey(key string) bool {
	decoded, err := base64.StdEncoding.DecodeString(key)
	return err == nil && len(decoded) == keySize && len(key) == base64.StdEncoding.EncodedLen(keySize)
}

// Handshake is what a client asks for in an opening handshake of any dialect.
type Handshake struct {
	Dialect    Dialect
	Method     string // "" is GET
	Target     string // the request target: "/chat?x=1"
	Proto      string // "" is HTTP/1.1
	Host       string // with its port unless it is the default one
	Origin     string // "" leaves the field out, save in the hixie dialects, which need one
	Secure     bool   // the URL is a wss one; hixie servers answer it in their Location
	Protocols  []string
	Extensions string // value of Sec-WebSocket-Extensions; "" leaves it out
	Key        string // RFC 6455 and hybi
	Key1, Key2 string // hixie-76
	Key3       [8]byte
	Extra      []Field // further fields, last
}

// Fill gives h fresh random keys where it has none.
func (h *Handshake) Fill(random io.Reader) {
	traits := h.Dialect.Traits()
	if !traits.Hixie && h.Key == "" {
		h.Key = NewKey(random)
	}
	if !traits.Challenge {
		return
	}
	if h.Key1 == "" {
		h.Key1 = NewKey76(random)
	}
	if h.Key2 == "" {
		h.Key2 = NewKey76(random)
	}
	if h.Key3 == [8]byte{} {
		io.ReadFull(random, h.Key3[:])
	}
}

// Fields returns the fields of the request in the order that the dialect's
// document shows (for hixie-75 that order is part of the protocol).
func (h *Handshake) Fields() []Field {
	var l fieldList
	switch h.Dialect {
	case Hixie75:
		l = h.hixie75()
	case Hixie76:
		l = h.hixie76()
	default:
		l = h.hybi()
	}
	return append(l, h.Extra...)
}

// fieldList collects the fields of a request.
type fieldList []Field

func (l *fieldList) add(name, value string) { *l = append(*l, Field{Name: name, Value: value}) }

// addIf adds a field that is left out when it has no value.
func (l *fieldList) addIf(name, value string) {
	if value != "" {
		l.add(name, value)
	}
}

// hixie75 follows draft-hixie-thewebsocketprotocol-75, "Reading the client's
// handshake", which fixes the order: a server may compare the bytes.
func (h *Handshake) hixie75() (l fieldList) {
	l.add("Upgrade", "WebSocket")
	l.add("Connection", "Upgrade")
	l.add("Host", h.hostPort())
	l.add("Origin", h.hixieOrigin())
	l.addIf(Hixie75.Traits().ProtocolField, strings.Join(h.Protocols, ", "))
	return l
}

// hixie76 follows the example of draft-hixie-thewebsocketprotocol-76 §1.2; the
// draft itself wants a random order, so any is right.
func (h *Handshake) hixie76() (l fieldList) {
	l.add("Host", h.hostPort())
	l.add("Connection", "Upgrade")
	l.add("Sec-WebSocket-Key2", h.Key2)
	l.addIf(Hixie76.Traits().ProtocolField, strings.Join(h.Protocols, ", "))
	l.add("Upgrade", "WebSocket")
	l.add("Sec-WebSocket-Key1", h.Key1)
	l.add("Origin", h.hixieOrigin())
	return l
}

// hybi follows the example of RFC 6455 §1.2, which that of the drafts 07 and 08
// is but for the name of the origin's field.
func (h *Handshake) hybi() (l fieldList) {
	traits := h.Dialect.Traits()
	if h.Dialect == DialectUnknown {
		traits = RFC6455.Traits()
	}
	l.add("Host", h.Host)
	l.add("Upgrade", "websocket")
	l.add("Connection", "Upgrade")
	l.add("Sec-WebSocket-Key", h.Key)
	l.addIf(traits.OriginField, h.Origin)
	l.addIf(traits.ProtocolField, strings.Join(h.Protocols, ", "))
	l.add("Sec-WebSocket-Version", strconv.Itoa(traits.Version))
	l.addIf("Sec-WebSocket-Extensions", h.Extensions)
	return l
}

// hostPort returns the host as the hixie drafts write it: in lower case, its
// port left out where it is the scheme's own.
func (h *Handshake) hostPort() string {
	port := ":80"
	if h.Secure {
		port = ":443"
	}
	return strings.TrimSuffix(asciiLower(h.Host), port)
}

// hixieOrigin returns the origin in lower case, as the hixie drafts want it. A
// client that is no browser takes that of the server itself.
func (h *Handshake) hixieOrigin() string {
	switch {
	case h.Origin != "":
		return asciiLower(h.Origin)
	case h.Secure:
		return "https://" + h.hostPort()
	}
	return "http://" + h.hostPort()
}

// Line returns the request line.
func (h *Handshake) Line() string {
	return or(h.Method, "GET") + " " + or(h.Target, "/") + " " + or(h.Proto, "HTTP/1.1")
}

// Location returns the URL that a hixie server must name in its answer
// (draft-hixie-thewebsocketprotocol-76 §3.2), the query included.
func (h *Handshake) Location() string {
	scheme := "ws://"
	if h.Secure {
		scheme = "wss://"
	}
	return scheme + h.hostPort() + or(h.Target, "/")
}

// Append appends the whole request; for hixie-76 with the eight bytes of Key3
// behind the blank line.
func (h *Handshake) Append(dst []byte) []byte {
	dst = AppendHead(dst, h.Line(), h.Fields())
	if h.Dialect.Traits().Challenge {
		dst = append(dst, h.Key3[:]...)
	}
	return dst
}

// DialectOf tells which dialect a request asks for. version is the value of
// Sec-WebSocket-Version as written, "" where there is none. A version that no
// dialect has gives DialectUnknown, and so does Sec-WebSocket-Draft beyond 0,
// whose frames no dialect has. A request with Key1 or Key2 is hixie-76, never
// hixie-75, however broken its keys are; one with Sec-WebSocket-Key and no
// version is an RFC 6455 request that lacks it.
func DialectOf(r *Request) (d Dialect, version string) {
	if f := r.Find("Sec-WebSocket-Version"); f != nil {
		return dialectOfVersion(f.Value), f.Value
	}
	switch {
	case r.Has("Sec-WebSocket-Draft") && r.Get("Sec-WebSocket-Draft") != "0":
		return DialectUnknown, ""
	case r.Has("Sec-WebSocket-Key1"), r.Has("Sec-WebSocket-Key2"):
		return Hixie76, ""
	case r.Has("Sec-WebSocket-Key"):
		return RFC6455, ""
	case r.Get("Upgrade") == "WebSocket":
		return Hixie75, ""
	}
	return DialectUnknown, ""
}

func dialectOfVersion(version string) Dialect {
	for _, d := range []Dialect{Hybi07, Hybi08, RFC6455} {
		if version == strconv.Itoa(d.Traits().Version) {
			return d
		}
	}
	return DialectUnknown
}

// or returns s, or instead where s is empty.
func or(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

// asciiLower lowers A to Z and nothing else.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}
