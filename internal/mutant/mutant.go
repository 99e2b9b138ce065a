// Package mutant is a right WebSocket server, in every dialect, with one switch
// for each rule that breaks it. A prober that finds nothing wrong with the right
// server, and with each mutant the very rule that it breaks, is worth believing.
//
// The server reads as any server would: what it refuses stands in tables of
// checks, and each decision that a mutant takes differently asks by name,
// "if c.is(masksItsFrames)". What a mutant only garbles on the way out is a
// function in its own declaration. The declarations are the mutants_*.go files.
package mutant

import (
	"cmp"
	"slices"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// Mutant is one way in which the server is wrong. Most are a decision that the
// server takes differently; the others carry a function that garbles what the
// right server was about to write.
type Mutant struct {
	Name  string
	Rule  rules.ID // the rule that it breaks
	About string   // what it does, with the mutant as the subject
	// Dialect is that of the handshakes that answer is for; RFC6455 stands for
	// the hybi drafts too.
	Dialect wire.Dialect
	// Origin is what a client must name as its origin to be let in at all.
	Origin string

	answer  func(*answer)                         // garbles the answer that opens a connection
	refusal func(*answer)                         // garbles the answer that refuses one
	frame   func(*session, frame) []frame         // garbles a frame of RFC 6455
	offer   func(wire.Extension) wire.Extension   // reads an extension offer too kindly
	agree   func(offered, agreed *wire.Extension) // garbles what is agreed about permessage-deflate
}

// fault names a mutant at the point where it decides differently.
type fault string

// declared has every mutant, in the order in which Go got to them.
var declared []Mutant

// breaks declares a mutant that is wrong at the points that ask for its fault.
func breaks(rule rules.ID, name, about string) fault {
	declared = append(declared, Mutant{Name: name, Rule: rule, About: about})
	return fault(name)
}

// breaksFrom declares a mutant that lets in only clients that name an origin.
func breaksFrom(origin string, rule rules.ID, name, about string) fault {
	declared = append(declared, Mutant{Name: name, Rule: rule, About: about, Origin: origin})
	return fault(name)
}

// garble declares mutants that carry the function that makes them wrong.
func garble(all ...Mutant) int {
	declared = append(declared, all...)
	return len(all)
}

// All returns every mutant, by rule and name.
func All() []Mutant {
	all := slices.Clone(declared)
	slices.SortFunc(all, func(a, b Mutant) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// is reports whether m is the mutant of that fault. The right server is none.
func (m *Mutant) is(f fault) bool { return m != nil && m.Name == string(f) }
