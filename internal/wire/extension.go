package wire

// Param is a parameter of an extension: "server_max_window_bits=10".
type Param struct {
	Name     string
	Value    string // unquoted
	HasValue bool
	Quoted   bool // written as a quoted-string
}

// Extension is one element of Sec-WebSocket-Extensions (RFC 6455 §9.1).
type Extension struct {
	Name   string
	Params []Param
}

// ParseExtensions reads an extension list. ok is false where it breaks the
// grammar of RFC 6455 §9.1, a quoted value that is no token included; what could
// be read before the break is returned. Several fields are joined by ", ".
func ParseExtensions(value string) (list []Extension, ok bool) { panic("unwritten") }

// String returns e as it is written in a header field.
func (e Extension) String() string { panic("unwritten") }

// ParseTokens reads a non-empty comma-separated list of tokens, such as that of
// Sec-WebSocket-Protocol (RFC 6455 §4.3). ok is false where it is none.
func ParseTokens(value string) (list []string, ok bool) { panic("unwritten") }

// IsToken reports whether s is a token of HTTP (RFC 6455 §4.3 takes it from RFC 2616 §2.2).
func IsToken(s string) bool { panic("unwritten") }
