package redact

import (
	"bytes"
	"strings"
)

// credentials are the fields of heads that are secret but for their first word, the
// scheme.
var credentials = map[string]bool{"authorization": true, "proxy-authorization": true}

// Head overwrites the secrets of a request head or a response head, and returns
// what they were.
func (r *Redactor) Head(raw []byte) (secrets []string) {
	before := bytes.Clone(raw)
	name := ""
	for i, line := range bytes.SplitAfter(raw, []byte("\n")) {
		if i == 0 {
			r.Text(line)
			continue
		}
		value := line
		if len(line) == 0 || line[0] != ' ' && line[0] != '\t' { // else it goes on with the field before
			name, value = fieldOf(line)
		}
		r.field(name, bytes.TrimSpace(value))
	}
	return taken(before, raw)
}

// fieldOf cuts a line into a name, in lower case, and a value. That of a pseudo-header
// field of HTTP/2 begins with a colon (wire.HTTP2).
func fieldOf(line []byte) (name string, value []byte) {
	end := bytes.IndexByte(line[min(1, len(line)):], ':') + 1
	if end == 0 {
		return strings.ToLower(string(bytes.TrimSpace(line))), nil
	}
	return strings.ToLower(string(bytes.TrimSpace(line[:end]))), line[end+1:]
}

// field overwrites the secrets of one field.
func (r *Redactor) field(name string, value []byte) {
	switch {
	case credentials[name]:
		star(behindScheme(name, value))
	case name == ":authority" || name == "host": // neither may have any (RFC 9113 §8.3.1, RFC 9110 §4.2.4)
		star(value[:max(0, bytes.LastIndexByte(value, '@'))])
		r.Text(value)
	case name == "cookie":
		for pair := range bytes.SplitSeq(value, []byte(";")) {
			starValue(pair)
		}
	case name == "set-cookie":
		pair, _, _ := bytes.Cut(value, []byte(";"))
		starValue(pair)
	case name == "sec-websocket-protocol" || name == "websocket-protocol":
		announced := false // by the one before: "access_token, abc"
		for token := range bytes.SplitSeq(value, []byte(",")) {
			token = bytes.TrimSpace(token)
			next := r.hides(token)
			if announced || likeToken(token) {
				star(token)
			}
			announced = next
		}
	case strings.HasPrefix(name, "sec-websocket"):
	case secretField().MatchString(name):
		star(value)
	default:
		r.Text(value)
	}
}

// behindScheme returns what is secret of a field's value.
func behindScheme(name string, value []byte) []byte {
	if _, rest, ok := bytes.Cut(value, []byte(" ")); ok && credentials[name] {
		return rest
	}
	return value
}

// starValue overwrites what a cookie is, not its name.
func starValue(pair []byte) {
	if _, v, ok := bytes.Cut(pair, []byte("=")); ok {
		star(bytes.TrimSpace(v))
	} else {
		star(bytes.TrimSpace(pair))
	}
}

// shortestToken is how long a subprotocol is at least that is taken for a token
// when it has letters and digits.
const shortestToken = 20

// likeToken reports whether a subprotocol is none but a token, which some servers
// want there since browsers cannot send Authorization.
func likeToken(p []byte) bool {
	lower := bytes.ToLower(p)
	for _, word := range []string{"bearer", "token", "auth", "jwt", "key"} {
		if i := bytes.Index(lower, []byte(word)); i >= 0 && len(p) >= i+len(word)+6 {
			return true
		}
	}
	return jwt().Match(p) || len(p) >= shortestToken && bytes.ContainsAny(p, "0123456789") && bytes.ContainsFunc(p, func(c rune) bool { return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' })
}

// shortestSecret is how long a secret of a head is at least that is looked for in
// what follows. Shorter ones are words that mean nothing elsewhere.
const shortestSecret = 8

// maxSecrets is how many secrets of a head are looked for in what follows.
const maxSecrets = 32

// taken returns what was overwritten.
func taken(before, after []byte) (secrets []string) {
	for i := 0; i < len(before); i++ {
		start := i
		for i < len(before) && before[i] != after[i] {
			i++
		}
		if i-start >= shortestSecret && len(secrets) < maxSecrets {
			secrets = append(secrets, string(before[start:i]))
		}
	}
	return secrets
}
