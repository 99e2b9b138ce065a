// Package redact takes what is secret out of what is recorded, as far as it can be
// told by its place: credentials in heads, tokens in URLs, and fields of JSON by
// their names. What is taken out becomes as many asterisks, so that everything keeps
// its length and can be read as before.
package redact

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// secretNames are the names whose values are secret, in JSON and in URLs: in any
// case, and with or without hyphens and underscores.
var secretNames = []string{
	"password", "passwd", "passphrase", "pwd", "secret", "client_secret", "token", "access_token", "refresh_token",
	"id_token", "auth_token", "csrf_token", "xsrf_token", "bearer", "jwt", "authorization", "api_key", "apikey", "api_token",
	"session", "session_id", "session_token", "cookie", "credential", "credentials", "private_key", "pin", "otp",
	"pass", "auth", "sid", "jsessionid", "phpsessid", "access_key", "x_auth_key",
}

// secretEndings are what a name ends with whose value is secret, whatever is before it:
// "newPassword", "x-amz-security-token", "AWSSecretAccessKey".
var secretEndings = []string{"password", "passwd", "passphrase", "passcode", "secret", "token", "jwt", "authorization",
	"apikey", "secretkey", "privatekey", "accesskey", "credential", "credentials"}

// secretURLNames are further names whose values are secret in URLs, and secretURLEndings
// further endings of such.
var (
	secretURLNames   = []string{"key", "sig", "code", "ticket"}
	secretURLEndings = []string{"signature", "hmac"}
)

// Redactor takes secrets out of bytes. It may be used by several goroutines.
type Redactor struct{ names, url map[string]bool }

// hides reports whether what goes by a name in a message is secret.
func (r *Redactor) hides(name []byte) bool {
	if len(name) > longestName {
		return false
	}
	p := plain(string(name))
	return r.names[p] || endsIn(p, secretEndings)
}

// hidesInURL reports whether what goes by a name in a URL is secret. The name may have
// escapes, and say of what it is a part: "user[password]", "token[]".
func (r *Redactor) hidesInURL(name []byte) bool {
	text, err := url.QueryUnescape(string(name))
	if err != nil {
		text = string(name)
	}
	for part := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == '[' || c == ']' || c == '.' }) {
		if p := plain(part); r.url[p] || endsIn(p, secretEndings) || endsIn(p, secretURLEndings) {
			return true
		}
	}
	return false
}

func endsIn(name string, endings []string) bool {
	return slices.ContainsFunc(endings, func(end string) bool { return strings.HasSuffix(name, end) })
}

// longestName is how long a name may be to be one that is known.
const longestName = 60

// New makes a redactor that knows further names of JSON fields whose values are secret.
func New(more []string) *Redactor {
	r := &Redactor{names: map[string]bool{}, url: map[string]bool{}}
	for _, name := range slices.Concat(secretNames, more) {
		r.names[plain(name)], r.url[plain(name)] = true, true
	}
	for _, name := range secretURLNames {
		r.url[plain(name)] = true
	}
	return r
}

var hyphens = strings.NewReplacer("-", "", "_", "")

// plain is a name as names are compared.
func plain(name string) string { return strings.ToLower(hyphens.Replace(name)) }

// star overwrites bytes.
func star(p []byte) {
	for i := range p {
		p[i] = '*'
	}
}

// The patterns are compiled when the first is needed: most runs need none.
var (
	// What is secret wherever it stands.
	jwt      = compiled(`(eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*)`)
	bearer   = compiled(`(?i)\b(?:bearer|basic) +([\w.~+/=-]{6,})`)
	userinfo = compiled(`(?i)[a-z]{2}://([^/\s"@]+)@`)
	// A name and its value as in a URL's query or fragment, in a form, or in an element.
	parameter = compiled(`(?:^|[^\w.%\[\]-])([\w.%\[\]-]{1,60})=(?:"([^"\\<>]+)|'([^'\\<>]+)|([^&;#\s"'\\<>]+))`)
	// The same in a URL that is the value of another.
	within = compiled(`(?i)(?:%3F|%26|%23)([\w.-]{1,60})%3D((?:[^%&;#\s"'\\<>]|%(?:[013-9a-f][0-9a-f]|2[0-24-57-9a-f]))+)`)
	// An element and its text, and what SASL says in XMPP (RFC 6120 §6.4, RFC 7395).
	element = compiled(`<([\w.:-]{1,60})(?:\s[^<>]*)?>([^<>]+)</`)
	sasl    = compiled(`<(?:auth|response|success)\s[^<>]*urn:(?:ietf:params:xml:ns:xmpp-sasl|xmpp:sasl:2)[^<>]*>([^<>]+)<`)
	// Fields of heads that some use for keys.
	secretField = compiled(`(?i)(api-?key|-key$|token|csrf|xsrf|secret|session|passw|-pass$|authorization|credential|^cookie2$)`)
)

func compiled(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// Text overwrites the secrets in the payload of a message, or in any text.
func (r *Redactor) Text(p []byte) {
	mqttConnect(p)
	r.fields(p)
	r.lines(p)
	r.parameters(p)
	if bytes.IndexByte(p, '<') >= 0 {
		r.elements(p)
	}
	lower := bytes.ToLower(p)
	for _, at := range anywhere {
		if !slices.ContainsFunc(at.has, func(s string) bool { return bytes.Contains(lower, []byte(s)) }) {
			continue // which is far quicker to find out
		}
		for _, m := range at.pattern().FindAllSubmatchIndex(p, -1) {
			star(p[m[2]:m[3]])
		}
	}
}

// anywhere are patterns whose first group is secret wherever it stands, and what is in
// everything that fits, in lower case.
var anywhere = []struct {
	has     []string
	pattern func() *regexp.Regexp
}{
	{[]string{"eyj"}, jwt}, {[]string{"bearer ", "basic "}, bearer}, {[]string{"://"}, userinfo},
}

// parameters overwrites values in URLs and forms.
func (r *Redactor) parameters(p []byte) {
	if bytes.IndexByte(p, '%') >= 0 {
		for _, m := range within().FindAllSubmatchIndex(p, -1) {
			if r.hidesInURL(p[m[2]:m[3]]) {
				star(p[m[4]:m[5]])
			}
		}
	}
	if bytes.IndexByte(p, '=') < 0 {
		return
	}
	for from := 0; ; {
		m := parameter().FindSubmatchIndex(p[from:])
		if m == nil {
			return
		}
		start, end := max(m[4], m[6], m[8]), max(m[5], m[7], m[9]) // one of three
		if r.hidesInURL(p[from+m[2] : from+m[3]]) {
			star(p[from+start : from+end])
			from += end
		} else {
			from += m[3] // a value may hold a parameter of its own
		}
	}
}

// elements overwrites the text of elements in XML.
func (r *Redactor) elements(p []byte) {
	for _, m := range element().FindAllSubmatchIndex(p, -1) {
		_, local, ok := bytes.Cut(p[m[2]:m[3]], []byte(":"))
		if r.hides(p[m[2]:m[3]]) || ok && r.hides(local) {
			star(p[m[4]:m[5]])
		}
	}
	for _, m := range sasl().FindAllSubmatchIndex(p, -1) {
		star(p[m[2]:m[3]])
	}
}

// lines overwrites what stands in a line behind a name and a colon, as in the headers of
// STOMP. What comes behind quotes or in brackets is JSON, which has its own.
func (r *Redactor) lines(p []byte) {
	for line := range bytes.SplitSeq(p, []byte("\n")) {
		colon := bytes.IndexByte(line[:min(len(line), 2*longestName)], ':')
		if colon < 0 {
			continue
		}
		name, value := bytes.TrimSpace(line[:colon]), bytes.Trim(line[colon+1:], " \t\r\x00")
		if bareName(name) && r.hides(name) && len(value) > 0 && bytes.IndexByte([]byte(`"{[`), value[0]) < 0 {
			star(behindScheme(strings.ToLower(string(name)), value))
		}
	}
}

// bareName reports whether there is a name without quotes.
func bareName(p []byte) bool {
	return len(p) > 0 && len(p) <= longestName && !bytes.ContainsFunc(p, func(c rune) bool {
		return c != '-' && c != '_' && c != '.' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	})
}

// fields overwrites the values of JSON fields, also of JSON within a JSON string,
// and of JSON that is only a part of p or not whole.
func (r *Redactor) fields(p []byte) {
	endless := map[int]bool{} // depths of strings that do not end in what follows
	for i := 0; i < len(p); i++ {
		if p[i] != '"' {
			continue
		}
		depth := slashes(p, i)
		if endless[depth] {
			continue
		}
		end := closing(p, i+1, depth)
		if end < 0 {
			endless[depth] = true
			continue
		}
		text := p[i+1 : max(end-depth, i+1)]
		next := space(p, end+1)
		switch {
		case next < len(p) && p[next] == ':' && r.hides(text):
			i = value(p, space(p, next+1)) - 1
		case next >= len(p) || bytes.IndexByte([]byte(":,]}\\"), p[next]) >= 0:
			r.fields(text)
			i = end
		default:
			i = end - 1 // that quote may begin the next string
		}
	}
}

// slashes counts the backslashes before p[i].
func slashes(p []byte, i int) (n int) {
	for i--; i >= 0 && p[i] == '\\'; i-- {
		n++
	}
	return n
}

// closing returns where the quote is that ends a string whose first quote had so
// many backslashes before it: 1 within a string, 3 within a string in a string.
func closing(p []byte, from, depth int) int {
	for i := from; i < len(p); i++ {
		if p[i] == '"' && min(slashes(p, i), i-from)%(2*(depth+1)) == depth {
			return i
		}
	}
	return -1
}

func space(p []byte, i int) int {
	for i < len(p) && bytes.IndexByte([]byte(" \t\r\n"), p[i]) >= 0 {
		i++
	}
	return i
}

// value overwrites the value that begins at p[i] and returns where it ends. All of
// an object or an array is secret.
func value(p []byte, i int) int {
	for open := 0; i < len(p); {
		start := i
		switch c := p[i]; c {
		case '\\':
			i++
			continue
		case '"':
			depth := slashes(p, i)
			end := closing(p, i+1, depth)
			if end < 0 {
				star(p[i+1:])
				return len(p)
			}
			star(p[start+1 : max(end-depth, start+1)])
			i = end + 1
		case '{', '[':
			open++
			i++
		case '}', ']':
			open--
			i++
		case ',', ':', ' ', '\t', '\r', '\n':
			i++
			continue
		default:
			for i < len(p) && bytes.IndexByte([]byte(",}] \t\r\n\"\\"), p[i]) < 0 {
				if '0' <= p[i] && p[i] <= '9' {
					p[i] = '0' // so that it stays a number
				}
				i++
			}
		}
		if open <= 0 {
			return i
		}
	}
	return len(p)
}
