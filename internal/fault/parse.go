package fault

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wsprobe/internal/lint"
	"wsprobe/internal/units"
)

// maxReason is what a Close has room for beside its code (RFC 6455 §5.5).
const maxReason = 123

// Parse reads a fault: "drop=3,dir=server". compile reads the expression of when=,
// which takes the rest of the text.
func Parse(text string, compile func(string) (Match, error)) (*Fault, error) {
	p := &parser{f: &Fault{Text: text, side: [2]bool{true, true}, probability: 1}}
	rest, expr, filtered := cutWhen(text)
	for _, part := range strings.Split(rest, ",") {
		key, value, given := strings.Cut(strings.TrimSpace(part), "=")
		if err := p.set(key, value, given); err != nil {
			return nil, fmt.Errorf("fault %q: %w", text, err)
		}
	}
	if filtered {
		var err error
		if p.f.when, err = compile(expr); err != nil {
			return nil, fmt.Errorf("fault %q: when: %w", text, err)
		}
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("fault %q: %w", text, err)
	}
	return p.f, nil
}

// cutWhen takes when=EXPR off the end.
func cutWhen(text string) (rest, expr string, found bool) {
	if i := strings.Index(","+text, ",when="); i > 0 {
		return text[:i-1], text[i+len("when="):], true
	}
	return text, "", false
}

// parser reads the parts of one fault.
type parser struct {
	f     *Fault
	given []string
}

// part is what a word of a fault means. Words without a value have "" for it.
type part func(f *Fault, value string) error

var parts = map[string]part{
	"latency":     func(f *Fault, v string) error { return duration(&f.latency, v) },
	"jitter":      func(f *Fault, v string) error { return duration(&f.jitter, v) },
	"every":       func(f *Fault, v string) error { return duration(&f.every, v) },
	"bandwidth":   func(f *Fault, v string) error { return size(&f.rate, strings.TrimSuffix(v, "/s")) },
	"chop":        func(f *Fault, v string) error { return count(&f.chop, v) },
	"drop":        func(f *Fault, v string) error { return f.frame(actionDrop, v) },
	"duplicate":   func(f *Fault, v string) error { return f.frame(actionDuplicate, v) },
	"corrupt":     (*Fault).corrupt,
	"close":       (*Fault).closes,
	"reason":      (*Fault).because,
	"reset":       func(f *Fault, v string) error { return f.end(actionReset, v) },
	"blackhole":   func(f *Fault, v string) error { return f.end(actionBlackhole, v) },
	"dir":         (*Fault).direction,
	"after":       (*Fault).afterwards,
	"probability": (*Fault).likely,
	"conn": func(f *Fault, v string) (err error) {
		if f.conn, err = strconv.ParseUint(v, 10, 64); err != nil || f.conn == 0 {
			return errors.New("not a number from 1 on")
		}
		return nil
	},
}

// effects are the words of which a fault has one; those of a pace go together.
var effects = []string{"drop", "duplicate", "corrupt", "close", "reset", "blackhole"}
var paces = []string{"latency", "jitter", "bandwidth", "chop"}

func (p *parser) set(key, value string, given bool) error {
	read, known := parts[key]
	switch {
	case !known:
		return fmt.Errorf("%q is nothing that can go wrong, nor says where", key)
	case slices.Contains(p.given, key):
		return fmt.Errorf("%s is given twice", key)
	case given && value == "":
		return fmt.Errorf("%s= of nothing", key)
	}
	p.given = append(p.given, key)
	if err := read(p.f, value); err != nil {
		return fmt.Errorf("%s=%s: %w", key, value, err)
	}
	return nil
}

// check finds what does not go together.
func (p *parser) check() error {
	acts, paced := 0, 0
	for _, key := range p.given {
		if slices.Contains(effects, key) {
			acts++
		}
		if slices.Contains(paces, key) {
			paced++
		}
	}
	has := func(key string) bool { return slices.Contains(p.given, key) }
	switch {
	case acts+min(paced, 1) == 0:
		return errors.New("nothing goes wrong in it")
	case acts+min(paced, 1) > 1:
		return errors.New("it has several faults: --fault may be given again")
	case has("every") && !has("chop"):
		return errors.New("every= is for chop=")
	case has("reason") && p.f.code == 0:
		return errors.New("reason= is for close=CODE")
	}
	if p.f.action == actionClose && !has("dir") {
		p.f.side = [2]bool{lint.Server: true} // the client is told, as if by its server
	}
	return nil
}

func duration(d *time.Duration, v string) (err error) {
	if *d, err = time.ParseDuration(v); err == nil && (*d < 0 || *d > time.Hour) {
		err = errors.New("more than an hour, or less than nothing")
	}
	return err
}

func count(n *int, v string) (err error) {
	if *n, err = strconv.Atoi(v); err != nil || *n < 1 {
		return errors.New("not a number from 1 on")
	}
	return nil
}

// size reads a number of bytes, with its unit.
func size(n *int64, v string) error {
	x, ok := units.Bytes(v)
	if *n = int64(x); !ok || x < 1 || x > 1e18 {
		return errors.New("not a size such as 64KB")
	}
	return nil
}

func (f *Fault) frame(a action, v string) error {
	if f.action = a; v == "" {
		return nil
	}
	return count(&f.nth, v)
}

func (f *Fault) corrupt(v string) error {
	f.action, f.at = actionCorrupt, -1
	one, many, ratio := strings.Cut(v, "/")
	if !ratio {
		at, err := strconv.ParseUint(v, 10, 62)
		f.at = int64(at)
		return err
	}
	a, err := strconv.ParseFloat(one, 64)
	b, err2 := strconv.ParseFloat(many, 64)
	if f.chance = a / b; err != nil || err2 != nil || !(f.chance > 0 && f.chance <= 1) {
		return errors.New("not a share such as 1/1000")
	}
	return nil
}

func (f *Fault) closes(v string) error {
	if f.action = actionClose; v == "" {
		return nil
	}
	code, err := strconv.ParseUint(v, 10, 16)
	f.code = uint16(code)
	return err
}

func (f *Fault) because(v string) error {
	if f.reason = v; len(v) > maxReason || !utf8.ValidString(v) {
		return fmt.Errorf("a reason is UTF-8 of at most %d bytes", maxReason)
	}
	return nil
}

func (f *Fault) end(a action, v string) error {
	if f.action = a; v != "" {
		return errors.New("it takes no value")
	}
	return nil
}

func (f *Fault) direction(v string) error {
	switch v {
	case "client", "server":
		f.side = [2]bool{v == "client", v == "server"}
		return nil
	}
	return errors.New("client or server: who sends it")
}

func (f *Fault) afterwards(v string) error {
	digits := strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(v, "s"), "frame"))
	if n, err := strconv.Atoi(digits); err == nil && n >= 0 && (digits == v || strings.Contains(v, "frame")) {
		f.after.frames = n
		return nil
	}
	if size(&f.after.bytes, v) == nil || duration(&f.after.time, v) == nil {
		return nil
	}
	return errors.New("not frames, a time or a size, such as 3, 10s or 1MB")
}

func (f *Fault) likely(v string) (err error) {
	if f.probability, err = strconv.ParseFloat(v, 64); err != nil || !(f.probability > 0 && f.probability <= 1) {
		return errors.New("not above 0 and at most 1")
	}
	return nil
}
