package transcribe

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"wsprobe/internal/wire"
)

// own are the fields of a request that every connection has its own of, or that the
// keys of a case stand for.
var own = []string{"host", "sec-websocket-protocol", "websocket-protocol", "sec-websocket-extensions", "origin", "sec-websocket-origin"}

// keys are fields that a prober makes anew where they were right.
var keys = []string{"sec-websocket-key", "sec-websocket-key1", "sec-websocket-key2"}

// noise are fields that browsers send with every request, and that say nothing to a
// WebSocket server.
var noise = []string{"user-agent", "accept-encoding", "accept-language", "cache-control", "pragma", "accept", "dnt", "priority"}

// secrets are fields that nobody should find in a file that is passed around.
var secrets = []string{"cookie", "authorization", "proxy-authorization"}

// request writes a request as a difference from the right one.
func (t *teller) request(r *wire.Request) string {
	var parts []string
	add := func(key, value string) { parts = append(parts, key+": "+value) }
	if strings.HasPrefix(r.Target, "/") {
		add("path", scalar(r.Target))
	} else if u, err := url.Parse(r.Target); err == nil && u.Host != "" { // as a proxy is asked
		add("path", scalar(u.RequestURI()))
	} else {
		add("target", scalar(r.Target))
	}
	if r.Method != "GET" {
		add("method", scalar(r.Method))
	}
	if r.Proto != "HTTP/1.1" {
		add("http", scalar(r.Proto))
	}
	if list := offered(r, t.traits.ProtocolField); len(list) > 0 {
		add("protocols", list2(list))
	}
	if list := r.Values("Sec-WebSocket-Extensions"); len(list) > 0 {
		add("offer", list2(list))
	}
	for _, key := range []string{"set", "add", "drop"} {
		if value := t.fields(r)[key]; len(value) > 0 {
			open, shut := "{", "}"
			if key == "drop" {
				open, shut = "[", "]"
			}
			add(key, open+strings.Join(value, ", ")+shut)
		}
	}
	if origin := t.origin(r); origin != "" {
		add("origin", origin)
	}
	t.warn(r)
	return "{" + strings.Join(parts, ", ") + "}"
}

// offered returns the subprotocols that a request offers as it should; one field
// with anything else in it, or several of them, are told as they are.
func offered(r *wire.Request, field string) []string {
	values := r.Values(field)
	if field == "" || len(values) != 1 {
		return nil
	}
	list := strings.Split(values[0], ",")
	for i, name := range list {
		if list[i] = strings.Trim(name, " \t"); !wire.IsToken(list[i]) {
			return nil
		}
	}
	return list
}

func list2(list []string) string {
	var out []string
	for _, s := range list {
		out = append(out, scalar(s))
	}
	if len(out) == 1 {
		return out[0]
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// origin writes the origin: the server's own is that of whatever server is asked.
func (t *teller) origin(r *wire.Request) string {
	value := r.Get(t.traits.OriginField)
	u, err := url.Parse(value)
	switch {
	case value == "":
		return ""
	case err == nil && u.Host == r.Get("Host"):
		return "$target.http"
	}
	return scalar(value)
}

// fields finds what of a request's fields is not as in the right one.
func (t *teller) fields(r *wire.Request) map[string][]string {
	right := wire.Handshake{Dialect: t.talk.Dialect, Target: "/", Host: "h", Key: "k", Key1: "1", Key2: "2"}
	diff := map[string][]string{}
	seen := map[string]bool{}
	for _, f := range right.Fields() {
		name := strings.ToLower(f.Name)
		seen[name] = true
		switch value := r.Get(f.Name); {
		case !r.Has(f.Name):
			diff["drop"] = append(diff["drop"], scalar(f.Name))
		case len(r.Values(f.Name)) > 1:
			diff["set"] = append(diff["set"], scalar(f.Name)+": "+t.doubled(r, name))
		case slices.Contains(own, name) || slices.Contains(keys, name) && validKey(name, value):
		case !strings.EqualFold(value, f.Value):
			diff["set"] = append(diff["set"], scalar(f.Name)+": "+scalar(value))
		}
	}
	added := map[string]bool{}
	odd := t.traits.ProtocolField != "" && r.Has(t.traits.ProtocolField) && offered(r, t.traits.ProtocolField) == nil
	for _, f := range r.Fields {
		name := strings.ToLower(f.Name)
		if odd && strings.EqualFold(name, t.traits.ProtocolField) && !added[name] {
			added[name] = true
			diff["add"] = append(diff["add"], scalar(f.Name)+": "+list2(r.Values(f.Name)))
		}
		if name == "" || seen[name] || added[name] || slices.Contains(own, name) || slices.Contains(noise, name) || strings.HasPrefix(name, "sec-fetch-") || strings.HasPrefix(name, "sec-ch-") {
			continue
		}
		added[name] = true
		diff["add"] = append(diff["add"], scalar(f.Name)+": "+list2(r.Values(f.Name)))
	}
	return diff
}

// doubled writes a field that is there more than once, which its server may well
// mind: it is told as it was, but for the name of the server.
func (t *teller) doubled(r *wire.Request, name string) string {
	var values []string
	for _, value := range r.Values(name) {
		if name == "host" && value == r.Get("Host") {
			values = append(values, "$target.host")
		} else {
			values = append(values, scalar(value))
		}
	}
	return "[" + strings.Join(values, ", ") + "]"
}

func validKey(name, value string) bool {
	if name == "sec-websocket-key" {
		return wire.ValidKey(value)
	}
	_, ok := wire.ParseKey76(value).Part()
	return ok
}

// warn notes what is perhaps secret.
func (t *teller) warn(r *wire.Request) {
	for _, name := range secrets {
		if r.Has(name) {
			t.warning("connection %d: the case has the client's %s in it", t.talk.ID, name)
		}
	}
	if u, err := url.Parse(r.Target); err == nil {
		for name := range u.Query() {
			if looksSecret.MatchString(name) {
				t.warning("connection %d: the case has the %q of the URL in it", t.talk.ID, name)
			}
		}
	}
}

func (t *teller) warning(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(*t.warnings, text) {
		*t.warnings = append(*t.warnings, text)
	}
}
