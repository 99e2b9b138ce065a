// Package rules is the catalogue of what the specifications ask: one rule a
// sentence, with its level, its document and section, and the sentence itself,
// word for word.
package rules

// ID names a rule: "utf8.text-valid". The part before the dot is its topic.
type ID string

// Level is how binding a rule is. It alone decides the verdict that a breach
// comes to: MUST is fail, SHOULD is non-strict, MAY is info.
type Level string

// The levels. Each stands for its negation too: MUST for MUST NOT.
const (
	Must   Level = "MUST"
	Should Level = "SHOULD"
	May    Level = "MAY"
)

// Rule is one sentence of a specification.
type Rule struct {
	ID       ID
	Level    Level
	Document string // "RFC 6455", "draft-hixie-thewebsocketprotocol-76", "chatserver/PROTOCOL.md"
	Section  string // "5.1"; for a document without numbers the heading
	Quote    string // word for word, white space folded; " ... " where words are left out
	About    string // what a conforming endpoint does, in one line of our own words
	// Room says what the text leaves open where a breach is judged more mildly
	// than the quote sounds. It is empty for most rules.
	Room string
	// Requirements are the ids of the list of testable requirements that the
	// rule stands for: "HS-001".
	Requirements []string
	// Client says that only what a client sends can break the rule. Such a rule
	// is for observers: no case plays it against a server.
	Client bool
}

// HTTP2 reports whether only what is sent in HTTP/2 can break the rule, where no case is
// played: it is for observers, too.
func (r Rule) HTTP2() bool { return r.Document == rfc8441 }
