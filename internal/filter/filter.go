package filter

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"wsprobe/internal/lint"
)

// Bounds on expressions, which people write by hand.
const (
	maxLength = 8 << 10 // bytes
	maxDepth  = 100     // of brackets and nots
)

// Filter is a compiled expression. It may be used by several goroutines.
type Filter struct {
	text string
	test test
}

// test is a part of a compiled expression.
type test func(v *view) bool

// view is what an expression is run on: an event, or with none the connection as
// such.
type view struct {
	*Talk
	event *lint.Event
	text  string // of what is no event
}

// Compile reads an expression. Its error is an *Error.
func Compile(text string) (*Filter, error) {
	if len(text) > maxLength {
		return nil, &Error{maxLength, fmt.Sprintf("the expression is longer than %d bytes", maxLength)}
	}
	p := parser{lexer: lexer{text: text, column: 1}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	t, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.token.kind != tokenEnd {
		return nil, p.errorf("%s is not expected here; && or || joins two comparisons", p.token)
	}
	return &Filter{text, t}, nil
}

// Grep picks what has a match of a regular expression in what there is to read of
// it: payloads and heads.
func Grep(re *regexp.Regexp) *Filter {
	return &Filter{re.String(), func(v *view) bool { return re.Match(v.payload()) }}
}

// All picks what all of them do.
func All(filters ...*Filter) *Filter {
	return &Filter{"", func(v *view) bool {
		return !slices.ContainsFunc(filters, func(f *Filter) bool { return !f.test(v) })
	}}
}

// String returns the expression.
func (f *Filter) String() string { return f.text }

// Match reports whether an event of a connection fits the expression.
func (f *Filter) Match(t *Talk, e *lint.Event) bool { return f.test(&view{Talk: t, event: e}) }

// MatchNote reports whether something fits that is told of a connection and is no
// event: kind is tcp.
func (f *Filter) MatchNote(t *Talk, text string) bool { return f.test(&view{Talk: t, text: text}) }

// parser makes tests of tokens.
type parser struct {
	lexer
	token token // the next
}

func (p *parser) advance() (err error) {
	p.token, err = p.next()
	return err
}

func (p *parser) errorf(format string, args ...any) error {
	return &Error{p.token.column, fmt.Sprintf(format, args...)}
}

// is reports whether the next token is that sign, or that word.
func (p *parser) is(sign, word string) bool {
	return p.token.kind == tokenSign && p.token.text == sign || p.token.kind == tokenWord && p.token.text == word
}

// or reads comparisons joined by ||.
func (p *parser) or(depth int) (test, error) {
	return p.joined(depth, "||", "or", p.and, func(a, b test) test {
		return func(v *view) bool { return a(v) || b(v) }
	})
}

// and reads comparisons joined by &&.
func (p *parser) and(depth int) (test, error) {
	return p.joined(depth, "&&", "and", p.not, func(a, b test) test {
		return func(v *view) bool { return a(v) && b(v) }
	})
}

func (p *parser) joined(depth int, sign, word string, part func(int) (test, error), join func(a, b test) test) (test, error) {
	t, err := part(depth)
	for err == nil && p.is(sign, word) {
		if err = p.advance(); err != nil {
			break
		}
		var right test
		if right, err = part(depth); err == nil {
			t = join(t, right)
		}
	}
	return t, err
}

// not reads a comparison, or what is in brackets, and what is denied of it.
func (p *parser) not(depth int) (test, error) {
	if depth > maxDepth {
		return nil, p.errorf("more than %d brackets in each other", maxDepth)
	}
	switch {
	case p.is("!", "not"):
		if err := p.advance(); err != nil {
			return nil, err
		}
		t, err := p.not(depth + 1)
		return func(v *view) bool { return !t(v) }, err
	case p.is("(", ""):
		return p.brackets(depth)
	}
	return p.comparison()
}

func (p *parser) brackets(depth int) (test, error) {
	open := p.token.column
	if err := p.advance(); err != nil {
		return nil, err
	}
	t, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if !p.is(")", "") {
		return nil, p.errorf("the ( of column %d is not closed", open)
	}
	return t, p.advance()
}

// comparisons are the signs and words that compare.
var comparisons = []string{"==", "!=", "<", "<=", ">", ">=", "~", "!~", "contains"}

// comparison reads a field, and what it is compared with.
func (p *parser) comparison() (test, error) {
	name := p.token
	if name.kind != tokenWord {
		return nil, p.errorf("a field is expected, not %s", name)
	}
	f, err := fieldNamed(name)
	if err != nil {
		return nil, err
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	op := p.token
	if op.kind == tokenString || op.kind == tokenEnd || !contains(comparisons, op.text) {
		return f.alone(), nil
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	value := p.token
	if value.kind != tokenWord && value.kind != tokenString {
		return nil, p.errorf("%s %s what? a value is expected, not %s", name.text, op.text, value)
	}
	t, wrong := f.compare(op.text, value)
	if wrong != nil {
		column := value.column
		if wrong.atOperator {
			column = op.column
		}
		return nil, &Error{column, strings.ReplaceAll(name.text, quotedName, `"`) + " " + wrong.what}
	}
	return t, p.advance()
}
