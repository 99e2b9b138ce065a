// Package redact takes what is secret out of what is recorded, as far as it can be
// told by its place: credentials in heads, tokens in URLs, and fields of JSON by
// their names. What is taken out becomes as many asterisks, so that everything keeps
// its length and can be read as before.
package redact

import (
	"bytes"
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
}

// secretURLNames are further names whose values are secret in URLs.
var secretURLNames = []string{"key", "auth", "sig", "signature", "code", "ticket", "sid"}

// Redactor takes secrets out of bytes. It may be used by several goroutines.
type Redactor struct{ names, url map[string]bool }

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
	jwt      = compiled(`eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*`)
	bearer   = compiled(`(?i)\b(?:bearer|basic) +([\w.~+/=-]{6,})`)
	userinfo = compiled(`[a-z]{2,6}://([^/\s"@]+)@`)
	// A name and its value as in a URL's query or fragment, or in a form.
	parameter = compiled(`(?:^|[^\w.%\[\]-])([\w.%\[\]-]{1,40})=([^&;#\s"'\\<>]+)`)
	// Fields of heads that some use for keys.
	secretField = compiled(`(?i)(api-?key|auth-?token|access-?token|csrf|xsrf|secret|session|password)`)
)

func compiled(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// Text overwrites the secrets in the payload of a message, or in any text.
func (r *Redactor) Text(p []byte) {
	r.fields(p)
	r.parameters(p)
	for _, m := range jwt().FindAllIndex(p, -1) {
		star(p[m[0]:m[1]])
	}
	for _, re := range []*regexp.Regexp{bearer(), userinfo()} {
		for _, m := range re.FindAllSubmatchIndex(p, -1) {
			star(p[m[2]:m[3]])
		}
	}
}

// parameters overwrites values in URLs and forms.
func (r *Redactor) parameters(p []byte) {
	if bytes.IndexByte(p, '=') < 0 {
		return
	}
	for from := 0; ; {
		m := parameter().FindSubmatchIndex(p[from:])
		if m == nil {
			return
		}
		if r.url[plain(string(p[from+m[2]:from+m[3]]))] {
			star(p[from+m[4] : from+m[5]])
			from += m[5]
		} else {
			from += m[3] // a value may hold a parameter of its own
		}
	}
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
		case next < len(p) && p[next] == ':' && r.names[plain(string(text))]:
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
