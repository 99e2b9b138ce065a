package wire

import "strings"

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
//
// Empty elements are no break, as the "#" of that grammar allows them beside at
// least one other (RFC 2616 §2.1).
func ParseExtensions(value string) (list []Extension, ok bool) {
	ok = elements(value, func(s *scanner) bool {
		e, ok := s.extension()
		if ok {
			list = append(list, e)
		}
		return ok
	})
	return list, ok && len(list) > 0
}

// ParseTokens reads a non-empty comma-separated list of tokens, such as that of
// Sec-WebSocket-Protocol (RFC 6455 §4.3). ok is false where it is none.
func ParseTokens(value string) (list []string, ok bool) {
	ok = elements(value, func(s *scanner) bool {
		token := s.token()
		if token != "" {
			list = append(list, token)
		}
		return token != ""
	})
	return list, ok && len(list) > 0
}

// String returns e as it is written in a header field.
func (e Extension) String() string {
	var b strings.Builder
	b.WriteString(e.Name)
	for _, p := range e.Params {
		b.WriteString("; ")
		b.WriteString(p.String())
	}
	return b.String()
}

// String returns p as it is written in a header field.
func (p Param) String() string {
	switch {
	case !p.HasValue:
		return p.Name
	case p.Quoted:
		return p.Name + `="` + quoter.Replace(p.Value) + `"`
	}
	return p.Name + "=" + p.Value
}

var quoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// IsToken reports whether s is a token of HTTP (RFC 6455 §4.3 takes it from RFC 2616 §2.2).
func IsToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

// tokenBytes tells which bytes a token is made of.
var tokenBytes = func() (set [256]bool) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for _, b := range []byte(letters + "0123456789!#$%&'*+-.^_`|~") {
		set[b] = true
	}
	return set
}()

func isTokenByte(b byte) bool { return tokenBytes[b] }

// scanner reads the grammar of header values from the front of rest. White
// space may stand between any two parts: the implied *LWS rule of RFC 2616 §2.1.
type scanner struct{ rest string }

// elements calls element for each element of a comma-separated list. It reports
// whether each could be read and was followed by a comma or the end.
func elements(value string, element func(*scanner) bool) bool {
	s := scanner{value}
	for {
		for s.take(',') {
		}
		if s.rest == "" {
			return true
		}
		if !element(&s) {
			return false
		}
		if s.skip(); s.rest != "" && s.rest[0] != ',' {
			return false
		}
	}
}

// skip takes white space.
func (s *scanner) skip() { s.rest = strings.TrimLeft(s.rest, " \t") }

// take takes b, with the white space before it, and reports whether it was there.
func (s *scanner) take(b byte) bool {
	s.skip()
	if s.rest == "" || s.rest[0] != b {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// token takes a token, or nothing and returns "".
func (s *scanner) token() string {
	s.skip()
	n := 0
	for n < len(s.rest) && isTokenByte(s.rest[n]) {
		n++
	}
	token := s.rest[:n]
	s.rest = s.rest[n:]
	return token
}

// extension takes a name and its parameters.
func (s *scanner) extension() (e Extension, ok bool) {
	if e.Name = s.token(); e.Name == "" {
		return e, false
	}
	for s.take(';') {
		p, ok := s.param()
		if !ok {
			return e, false
		}
		e.Params = append(e.Params, p)
	}
	return e, true
}

// param takes a name and, after "=", its value.
func (s *scanner) param() (p Param, ok bool) {
	if p.Name = s.token(); p.Name == "" {
		return p, false
	}
	if !s.take('=') {
		return p, true
	}
	p.HasValue = true
	if s.take('"') {
		p.Quoted = true
		p.Value, ok = s.quoted()
		return p, ok && IsToken(p.Value)
	}
	p.Value = s.token()
	return p, p.Value != ""
}

// quoted takes what follows an opening quote, to the closing one.
func (s *scanner) quoted() (value string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case c == '"':
			s.rest = s.rest[i+1:]
			return b.String(), true
		case c == '\\' && i+1 < len(s.rest):
			i++
			b.WriteByte(s.rest[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}
