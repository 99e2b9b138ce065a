// Package transcribe writes recorded conversations as a case file, which asks a
// server to answer again as it did.
package transcribe

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
)

// Options say what is written.
type Options struct {
	Suite  string // the name of the suite
	Source string // what was read, for people
	Loose  bool   // leave out what looks as if it were another each time
}

// rule is what the expectations stand for: the catalogue has what specifications
// ask for, and nobody's specification asks a server for these very answers.
const rule = "recorded.answer"

// maxFile is what a case file may have.
const maxFile = 1 << 20

// Write writes a case file. Conversations that overlap are one case, with a client
// each. What could not be written, and what perhaps should not be passed around,
// are warnings.
func Write(talks []*record.Talk, o Options) (text []byte, warnings []string, err error) {
	var fit []*record.Talk
	for _, t := range talks {
		switch {
		case t.Missing != "":
			warnings = append(warnings, fmt.Sprintf("connection %d is left out: %s", t.ID, t.Missing))
		case !asked(t):
			warnings = append(warnings, fmt.Sprintf("connection %d is left out: it has no opening handshake", t.ID))
		default:
			fit = append(fit, t)
		}
	}
	if len(fit) == 0 {
		return nil, warnings, errors.New("no connection can be written as a case")
	}
	var b strings.Builder
	head(&b, fit, o)
	for _, group := range groups(fit) {
		c := &telling{o: o, talks: group, warnings: &warnings}
		c.write(&b)
	}
	if b.Len() > maxFile {
		return nil, warnings, fmt.Errorf("a case file has at most %d bytes and this would have %d; --conn takes one connection", maxFile, b.Len())
	}
	return []byte(b.String()), warnings, nil
}

// asked reports whether a conversation begins with a request for a WebSocket.
func asked(t *record.Talk) bool {
	return slices.ContainsFunc(t.Events, func(e lint.Event) bool {
		return e.Kind == lint.KindRequest && e.Request.HasToken("Upgrade", "websocket")
	})
}

// head writes what is in front of the cases.
func head(b *strings.Builder, talks []*record.Talk, o Options) {
	first := talks[0]
	fmt.Fprintf(b, "# Written by wsproxy case from %s, recorded on %s.\n", oneLine(o.Source), first.Start.UTC().Format(time.RFC1123))
	if flags := how(first); flags != "" {
		fmt.Fprintf(b, "# Play it: wsprobe run %s.yaml --url %s\n", o.Suite, oneLine(flags))
	}
	fmt.Fprintf(b, "suite: %s\n", o.Suite)
	fmt.Fprintf(b, "about: %s\n", scalar("Conversations with "+server(first)+", as they were recorded."))
	fmt.Fprintf(b, "rules:\n  %s: {level: MUST, text: The server answers as it did when it was recorded., source: %s}\n", rule, scalar(o.Source))
	b.WriteString("cases:\n")
}

// how tells with which flags wsprobe finds the server to be a WebSocket server, before
// it plays a case: many are one at a path only, or for their own subprotocol. "": a
// server at a Unix socket.
func how(t *record.Talk) string {
	u, err := url.Parse(cmp.Or(t.URL, "ws://"+t.EndName(lint.Server)))
	i := slices.IndexFunc(t.Events, func(e lint.Event) bool { return e.Request != nil })
	if err != nil || u.Host == "" || i < 0 || !strings.HasPrefix(t.Events[i].Request.Target, "/") {
		return ""
	}
	q := t.Events[i].Request
	flags := quoted(u.Scheme + "://" + u.Host + q.Target)
	for _, name := range offered(q, t.Dialect.Traits().ProtocolField) {
		flags += " --protocol " + quoted(name)
	}
	return flags
}

// quoted writes a word as a shell takes it.
func quoted(s string) string {
	if strings.IndexFunc(s, func(r rune) bool {
		return !strings.ContainsRune("-_./:,=@%+[]", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\\''`) + "'"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func server(t *record.Talk) string { return cmp.Or(t.URL, t.EndName(lint.Server), "a server") }

// groups puts together the conversations that overlap. A case is of one dialect, so
// that those of another are cases of their own.
func groups(talks []*record.Talk) (list [][]*record.Talk) {
	talks = slices.Clone(talks)
	slices.SortStableFunc(talks, func(a, b *record.Talk) int { return cmp.Compare(a.Offset, b.Offset) })
	end, of := map[wire.Dialect]time.Duration{}, map[wire.Dialect]int{}
	for _, t := range talks {
		d := dialect(t)
		if until, begun := end[d]; !begun || t.Offset > until {
			of[d] = len(list)
			list = append(list, nil)
		}
		list[of[d]] = append(list[of[d]], t)
		end[d] = max(end[d], t.Closed)
	}
	return list
}

// dialect is the one that a conversation is told in.
func dialect(t *record.Talk) wire.Dialect {
	if t.Dialect == wire.DialectUnknown {
		return wire.RFC6455
	}
	return t.Dialect
}

// telling is a case while it is written.
type telling struct {
	o        Options
	talks    []*record.Talk
	warnings *[]string
	captures []capture
	steps    []step
}

// step is a line of a case.
type step struct {
	at      time.Duration
	client  string // its name; "" where there is one only
	text    string // "send: {text: Hello}"
	beside  string // "within: 5s"
	comment string
}

func (c *telling) write(b *strings.Builder) {
	first := c.talks[0]
	for _, t := range c.talks {
		teller := newTeller(c, t)
		teller.tell()
	}
	slices.SortStableFunc(c.steps, func(a, b step) int { return cmp.Compare(a.at, b.at) })
	fmt.Fprintf(b, "\n  - id: connection-%d\n", first.ID)
	fmt.Fprintf(b, "    about: %s\n    rule: %s\n", scalar(c.about()), rule)
	if needs := c.needs(); len(needs) > 0 {
		fmt.Fprintf(b, "    needs: [%s]\n", strings.Join(needs, ", "))
	}
	if d := dialect(first); d != wire.RFC6455 {
		fmt.Fprintf(b, "    dialect: %s\n", d)
	}
	if len(c.talks) > 1 {
		var names []string
		for _, t := range c.talks {
			names = append(names, name(t)+": {}")
		}
		fmt.Fprintf(b, "    clients: {%s}\n", strings.Join(names, ", "))
	}
	b.WriteString("    steps:\n")
	for _, s := range c.steps {
		s.write(b)
	}
}

func name(t *record.Talk) string { return fmt.Sprintf("conn-%d", t.ID) }

func (c *telling) about() string {
	var ids []string
	for _, t := range c.talks {
		ids = append(ids, fmt.Sprint(t.ID))
	}
	if len(ids) == 1 {
		return "The server answers connection " + ids[0] + " as it did."
	}
	return "The server answers connections " + strings.Join(ids, ", ") + ", which overlap, as it did."
}

// needs are what a server must have for the case to be played.
func (c *telling) needs() (needs []string) {
	for _, t := range c.talks {
		need := ""
		switch {
		case dialect(t) != wire.RFC6455:
			need = t.Dialect.String()
		case t.Deflate != nil:
			need = wire.DeflateName
		}
		if need != "" && !slices.Contains(needs, need) {
			needs = append(needs, need)
		}
	}
	return needs
}

func (s *step) write(b *strings.Builder) {
	if s.comment != "" {
		fmt.Fprintf(b, "      # %s\n", oneLine(s.comment))
	}
	if s.client != "" {
		fmt.Fprintf(b, "      - %s: {%s}\n", s.client, s.text)
	} else {
		fmt.Fprintf(b, "      - %s\n", s.text)
	}
	if s.beside != "" {
		fmt.Fprintf(b, "        %s\n", s.beside)
	}
}

// saidLater reports whether a client says a value after a time.
func (c *telling) saidLater(value string, at time.Duration) bool {
	for _, t := range c.talks {
		for i := range t.Events {
			e := &t.Events[i]
			if e.Side == lint.Client && e.Kind == lint.KindMessage && e.At > at && strings.Contains(string(e.Message.Payload), value) {
				return true
			}
		}
	}
	return false
}
