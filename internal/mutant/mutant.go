// Package mutant is a right WebSocket server, in every dialect, with one switch
// for each rule that breaks it. A prober that finds nothing wrong with the right
// server, and with each mutant the very rule that it breaks, is worth believing.
//
// The server reads as any server would: what it refuses stands in tables of
// checks, and each decision that a mutant takes differently asks by name,
// "if c.is(masksItsFrames)". What a mutant only garbles on the way out is a
// function in its own declaration. The declarations are the mutants_*.go files.
//
// The lawful_*.go files declare the mirror image: servers that are right and
// unusual, one oddity each, as they are met in the field. A prober that blames
// one of those is wrong itself.
package mutant

import (
	"cmp"
	"net/http"
	"slices"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// Mutant is one way in which a server differs from the plain right one: it is
// wrong, or, with no Rule, only unusual. Most are a decision that the server
// takes differently; the others carry a function that makes something else of
// what the right server was about to do.
type Mutant struct {
	Name  string
	Rule  rules.ID // the rule that it breaks; "": a lawful one breaks none
	About string   // what it does, with the mutant as the subject
	// Misses are the SHOULDs that a lawful mutant leaves out on purpose.
	Misses []rules.ID
	// Dialect is that of the handshakes that answer is for; RFC6455 stands for
	// the hybi drafts too.
	Dialect wire.Dialect
	// Origin, Protocol and Header are what a client must name to be let in at all.
	Origin, Protocol string
	Header           http.Header

	answer  func(*answer)                         // garbles the answer that opens a connection
	refusal func(*answer)                         // garbles the answer that refuses one
	frame   func(*session, frame) []frame         // garbles a frame of RFC 6455
	offer   func(wire.Extension) wire.Extension   // reads an extension offer too kindly
	agree   func(offered, agreed *wire.Extension) // garbles what is agreed about permessage-deflate

	write  func(*conn, []byte) error     // how bytes go out
	pack   func(*session, []byte) []byte // compresses a message; nil leaves it as it is
	serves func() func(peer) application // what /echo is instead
	opened func(*session)                // what is done on each connection beside its reading
	limits limits                        // how much it takes
}

// limits are how much a server takes; those that are 0 are the right server's.
type limits struct {
	message, frame             int // bytes
	fragments, pings, messages int // of a message, and of a connection
	head, fields               int // bytes and fields of a request head
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

// lawful declares mutants that break no rule.
func lawful(all ...Mutant) int { return garble(all...) }

// odd declares a mutant that breaks no rule, whatever it does at the points that
// ask for it.
func odd(name, about string, misses ...rules.ID) fault {
	return oddly(Mutant{Name: name, About: about, Misses: misses})
}

// oddly declares a lawful mutant that both carries functions and is asked for.
func oddly(m Mutant) fault {
	lawful(m)
	return fault(m.Name)
}

// All returns every mutant that is wrong, by rule and name.
func All() []Mutant {
	return sorted(func(m Mutant) bool { return m.Rule == "" })
}

// Lawful returns every mutant that is only unusual, by name. A prober that
// blames one of them does wrong to a right server.
func Lawful() []Mutant {
	return sorted(func(m Mutant) bool { return m.Rule != "" })
}

func sorted(but func(Mutant) bool) []Mutant {
	some := slices.DeleteFunc(slices.Clone(declared), but)
	slices.SortFunc(some, func(a, b Mutant) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Name, b.Name))
	})
	return some
}

// is reports whether m is the mutant of that fault. The right server is none.
func (m *Mutant) is(f fault) bool { return m != nil && m.Name == string(f) }
