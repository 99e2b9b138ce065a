package wire

import "io"

// GUID is the string that RFC 6455 §1.3 appends to a key.
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// Accept returns the Sec-WebSocket-Accept for a key (RFC 6455 §4.2.2).
func Accept(key string) string { panic("unwritten") }

// NewKey makes a Sec-WebSocket-Key: 16 random bytes in base64 (RFC 6455 §4.1).
func NewKey(random io.Reader) string { panic("unwritten") }

// ValidKey reports whether key is the base64 of exactly 16 bytes (RFC 6455 §4.2.1).
func ValidKey(key string) bool { panic("unwritten") }

// Key76 is what a Sec-WebSocket-Key1 or -Key2 of hixie-76 says.
type Key76 struct {
	Number   uint64 // its digits, read as one number
	Spaces   uint64 // how many U+0020 it has
	Overflow bool   // the number does not fit 64 bits
}

// ParseKey76 reads a key of the hixie-76 challenge.
func ParseKey76(value string) Key76 { panic("unwritten") }

// Part returns Number / Spaces. ok is false for a key that the draft tells a
// server to abort on: no spaces, a remainder, or a part beyond 32 bits.
func (k Key76) Part() (part uint32, ok bool) { panic("unwritten") }

// Challenge76 returns the 16 bytes that answer a hixie-76 challenge; ok is false
// when one of the keys calls for an abort.
func Challenge76(key1, key2 string, key3 [8]byte) (answer [16]byte, ok bool) { panic("unwritten") }

// NewKey76 makes a key as draft-hixie-76 §4.1 tells a client to.
func NewKey76(random io.Reader) string { panic("unwritten") }

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
func (h *Handshake) Fill(random io.Reader) { panic("unwritten") }

// Fields returns the fields of the request in the order that the dialect's
// document shows (for hixie-75 that order is part of the protocol).
func (h *Handshake) Fields() []Field { panic("unwritten") }

// Line returns the request line.
func (h *Handshake) Line() string { panic("unwritten") }

// Location returns the URL that a hixie server must name in its answer.
func (h *Handshake) Location() string { panic("unwritten") }

// Append appends the whole request; for hixie-76 with the eight bytes of Key3
// behind the blank line.
func (h *Handshake) Append(dst []byte) []byte { panic("unwritten") }

// DialectOf tells which dialect a request asks for. version is the value of
// Sec-WebSocket-Version as written, "" where there is none. A version that no
// dialect has gives DialectUnknown. A request with Key1 or Key2 is hixie-76,
// never hixie-75, however broken its keys are.
func DialectOf(r *Request) (d Dialect, version string) { panic("unwritten") }
