package replay

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// item is something of a conversation that is shown, and, of the server's, compared.
type item struct {
	line   report.Line
	server bool
	stream stream // within which the order counts
	key    string // equal keys: the same
}

// stream is what keeps its order: between data and control frames there is none
// that must be.
type stream uint8

const (
	streamData stream = iota
	streamControl
	streamRules
	streams
)

// passing are the fields of an answer that differ between servers, or from answer
// to answer, whatever is said in them. The hixie drafts have the server say whom it
// was taken for: whether that is right, their rules tell.
var passing = []string{
	"date", "server", "sec-websocket-accept", "sec-websocket-extensions", "set-cookie", "via", "age", "x-request-id",
	"websocket-location", "sec-websocket-location", "websocket-origin", "sec-websocket-origin",
}

// items returns what there is to show of a conversation, and to compare. The
// server's pings are left out, and how messages came in frames.
func items(events []lint.Event, ig *Ignore) (list []item) {
	var body []byte
	broken := map[rules.ID]bool{}
	for i := range events {
		e := &events[i]
		if e.Side == lint.Client {
			if it, ok := said(e); ok {
				list = append(list, it)
			}
			continue
		}
		for _, f := range e.Findings {
			if !broken[f.Rule] {
				broken[f.Rule] = true
				list = append(list, ruleItem(f, e.At))
			}
		}
		switch it, ok := came(e, ig); {
		case e.Kind == lint.KindBytes && len(body) > 0 && len(list) > 0 && list[len(list)-1].line.Kind == "bytes":
			body = append(body, e.Body...)
			list[len(list)-1] = bytesItem(e.At, body, ig)
		case e.Kind == lint.KindBytes:
			body = slices.Clone(e.Body)
			list = append(list, bytesItem(e.At, body, ig))
		case ok:
			list = append(list, it)
		}
	}
	return list
}

// said shows what the client did, by its messages.
func said(e *lint.Event) (it item, ok bool) {
	if e.Kind == lint.KindFrame || e.Kind == lint.KindMessage && e.Message.Opcode == wire.OpPong {
		return it, false
	}
	return item{line: e.Line()}, true
}

// came returns what is compared of an event of the server.
func came(e *lint.Event, ig *Ignore) (it item, ok bool) {
	it = item{line: e.Line(), server: true}
	switch {
	case e.Kind == lint.KindResponse:
		it.key = "response " + head(e.Response, ig)
	case e.Kind == lint.KindEnd: // with which it ends is often a matter of time
		it.stream, it.key = streamControl, "end"
	case e.Kind != lint.KindMessage || e.Message.Opcode == wire.OpPing:
		return it, false
	case e.Message.Opcode.Control():
		it.stream = streamControl
		it.key = fmt.Sprintf("%v %s", e.Message.Opcode, e.Message.Payload)
	default:
		it.key = fmt.Sprintf("%v %s", e.Message.Opcode, ig.key(e.Message.Payload))
	}
	return it, true
}

// head returns what is compared of an answer.
func head(r *wire.Response, ig *Ignore) string {
	lines := []string{fmt.Sprint(r.Status)}
	for _, f := range r.Fields {
		if name := strings.ToLower(f.Name); !slices.Contains(passing, name) {
			lines = append(lines, name+": "+ig.key([]byte(strings.ToLower(f.Value))))
		}
	}
	slices.Sort(lines[1:])
	return strings.Join(lines, "\n")
}

func bytesItem(at time.Duration, body []byte, ig *Ignore) item {
	e := lint.Event{Kind: lint.KindBytes, Side: lint.Server, At: at, Size: uint64(len(body)), Body: body}
	return item{line: e.Line(), server: true, key: "bytes " + ig.key(body)}
}

// ruleItem says that the server broke a rule, the first time that it did.
func ruleItem(f lint.Finding, at time.Duration) item {
	rule, _ := rules.Get(f.Rule)
	line := report.Line{At: at, Kind: "rule", Note: fmt.Sprintf("%s  %s: %s", f.Rule, rule.Level, f.Detail)}
	return item{line: line, server: true, stream: streamRules, key: string(f.Rule)}
}
