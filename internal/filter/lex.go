package filter

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is a mistake in an expression.
type Error struct {
	Column int // of the character, from 1
	What   string
}

// Error says where and what the mistake is.
func (e *Error) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.What) }

// token is a part of an expression.
type token struct {
	kind   tokenKind
	text   string // of a word or string, what it means; of anything else, as written
	column int
}

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenString
	tokenSign
)

// String shows the token as a part of an error.
func (t token) String() string {
	if t.kind == tokenEnd {
		return "the end"
	}
	return fmt.Sprintf("%q", t.text)
}

// signs are the operators and brackets, longer ones first.
var signs = []string{"==", "!=", "<=", ">=", "!~", "&&", "||", "=~", "(", ")", "!", "<", ">", "~", "=", "&", "|"}

// written corrects what other languages write for a sign.
var written = map[string]string{"=~": "~", "=": "==", "&": "&&", "|": "||"}

// lexer cuts an expression into tokens.
type lexer struct {
	text   string
	column int
}

// take removes the next n bytes.
func (l *lexer) take(n int) string {
	s := l.text[:n]
	l.text = l.text[n:]
	l.column += utf8.RuneCountInString(s)
	return s
}

// next returns the next token.
func (l *lexer) next() (token, error) {
	l.take(len(l.text) - len(strings.TrimLeftFunc(l.text, unicode.IsSpace)))
	at := l.column
	if l.text == "" {
		return token{tokenEnd, "", at}, nil
	}
	if strings.ContainsRune("\"'`", rune(l.text[0])) {
		s, err := l.quoted()
		return token{tokenString, s, at}, err
	}
	for _, s := range signs {
		if strings.HasPrefix(l.text, s) {
			l.take(len(s))
			if right := written[s]; right != "" {
				return token{}, &Error{at, fmt.Sprintf("%s is written %s here", s, right)}
			}
			return token{tokenSign, s, at}, nil
		}
	}
	s, err := l.word()
	return token{tokenWord, s, at}, err
}

// quoted reads a string. In one with " or ', a backslash makes the next character
// lose its meaning, and \n, \r and \t are what they are in Go.
func (l *lexer) quoted() (string, error) {
	at := l.column
	quote := l.takeRune()
	var b strings.Builder
	for l.text != "" {
		c := l.takeRune()
		switch {
		case c == quote:
			return b.String(), nil
		case c == `\` && quote != "`" && l.text != "":
			b.WriteString(unescaped(l.takeRune()))
		default:
			b.WriteString(c)
		}
	}
	return "", &Error{at, "a string that has no end"}
}

func (l *lexer) takeRune() string {
	_, n := utf8.DecodeRuneInString(l.text)
	return l.take(n)
}

func unescaped(c string) string {
	switch c {
	case "n":
		return "\n"
	case "r":
		return "\r"
	case "t":
		return "\t"
	case `"`, "'", `\`:
		return c
	}
	return `\` + c // as in "\d", which a regular expression wants whole
}

// word reads a field, a number or a value without quotes. Brackets with a quoted
// name in them are a part of it: json["a name"].
func (l *lexer) word() (string, error) {
	var b strings.Builder
	for l.text != "" {
		if strings.HasPrefix(l.text, `["`) {
			b.WriteString(l.take(1))
			name, err := l.quoted()
			if err != nil {
				return "", err
			}
			b.WriteString(quotedName + name + quotedName)
			continue
		}
		r, _ := utf8.DecodeRuneInString(l.text)
		if unicode.IsSpace(r) || strings.ContainsRune("()&|!=<>~\"'`", r) {
			break
		}
		b.WriteString(l.takeRune())
	}
	return b.String(), nil
}

// quotedName stands around a name of a JSON member that was written in quotes.
const quotedName = "\x00"
