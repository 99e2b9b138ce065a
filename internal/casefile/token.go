package casefile

import (
	"regexp"
	"strings"
)

const namePattern = `[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*`

var (
	wholeName  = regexp.MustCompile(`^\$(?:(` + namePattern + `)|\{(` + namePattern + `)\})$`)
	bracedName = regexp.MustCompile(`^\$\{(` + namePattern + `)\}`)
	simpleName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
)

// whole returns the name when a text is a name and nothing else.
func whole(s string) (name string, ok bool) {
	if m := wholeName.FindStringSubmatch(s); m != nil {
		return m[1] + m[2], true
	}
	return "", false
}

// token is a piece of a text: a literal or a name.
type token struct {
	raw     string // as written
	literal string
	name    string
	bad     bool // a dollar that begins neither
}

// tokens cuts a text at its names. A dollar that no letter, brace or second
// dollar follows is itself, so that a regular expression may end in one.
func tokens(s string) []token {
	if name, ok := whole(s); ok {
		return []token{{raw: s, name: name}}
	}
	var list []token
	for s != "" {
		t := nextToken(s)
		list = append(list, t)
		s = s[len(t.raw):]
	}
	return list
}

func nextToken(s string) token {
	if s[0] != '$' {
		literal, _, _ := strings.Cut(s, "$")
		return token{raw: literal, literal: literal}
	}
	if m := bracedName.FindStringSubmatch(s); m != nil {
		return token{raw: m[0], name: m[1]}
	}
	switch rest := s[1:]; {
	case strings.HasPrefix(rest, "$"):
		return token{raw: "$$", literal: "$"}
	case rest != "" && (rest[0] == '{' || simpleName.MatchString(rest[:1])):
		return token{raw: "$", literal: "$", bad: true}
	}
	return token{raw: "$", literal: "$"}
}
