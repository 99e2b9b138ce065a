package filter

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/spell"
	"wsprobe/internal/units"
)

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// typeError is a value or an operator that a field cannot be compared with.
type typeError struct {
	what       string
	atOperator bool
}

func mismatch(format string, args ...any) *typeError {
	return &typeError{what: fmt.Sprintf(format, args...)}
}

// valued is a type of fields.
type valued interface {
	// alone tests whether the field is there, or is true.
	alone() test
	// compare tests it against a value.
	compare(op string, value token) (test, *typeError)
}

// number is a field that has an order. Its values may have names.
type number struct {
	get   func(v *view) (n float64, ok bool)
	names map[string]float64
	parse func(text string) (n float64, ok bool)
	wants string // what a value looks like
}

func (f number) alone() test {
	return func(v *view) bool { _, ok := f.get(v); return ok }
}

func (f number) compare(op string, value token) (test, *typeError) {
	fits := ordered[float64](op)
	if fits == nil {
		return nil, &typeError{"is " + f.wants + ", which " + op + " does not compare", true}
	}
	want, ok := f.names[value.text]
	if !ok {
		want, ok = f.parse(value.text)
	}
	if !ok {
		return nil, mismatch("is %s, not %q%s", f.wants, value.text, near(value.text, keys(f.names)))
	}
	return func(v *view) bool { n, ok := f.get(v); return ok && fits(n, want) }, nil
}

func keys(m map[string]float64) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// ordered returns what an operator asks of two values; nil: it compares no order.
func ordered[T cmp.Ordered](op string) func(a, b T) bool {
	switch op {
	case "==":
		return func(a, b T) bool { return a == b }
	case "!=":
		return func(a, b T) bool { return a != b }
	case "<":
		return func(a, b T) bool { return a < b }
	case "<=":
		return func(a, b T) bool { return a <= b }
	case ">":
		return func(a, b T) bool { return a > b }
	case ">=":
		return func(a, b T) bool { return a >= b }
	}
	return nil
}

// near is `, did you mean "x"?`, where a known word is near.
func near(word string, known []string) string {
	if n := spell.Nearest(word, known); n != "" {
		return fmt.Sprintf(", did you mean %q?", n)
	}
	return ""
}

func parseNumber(text string) (float64, bool) {
	if n, err := strconv.ParseUint(text, 0, 64); err == nil {
		return float64(n), true
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && n == n
}

func parseSize(text string) (float64, bool) {
	if n, ok := units.Bytes(text); ok {
		return n, true
	}
	return parseNumber(text)
}

func parseTime(text string) (float64, bool) {
	if d, err := time.ParseDuration(text); err == nil {
		return d.Seconds(), true
	}
	return parseNumber(text)
}

// flag is a field that is true or false.
type flag func(v *view) (is, ok bool)

func (f flag) alone() test {
	return func(v *view) bool { is, ok := f(v); return ok && is }
}

func (f flag) compare(op string, value token) (test, *typeError) {
	want, known := map[string]bool{"true": true, "1": true, "yes": true, "false": false, "0": false, "no": false}[value.text]
	switch {
	case op != "==" && op != "!=":
		return nil, &typeError{"is true or false, which " + op + " does not compare", true}
	case !known:
		return nil, mismatch("is true or false, not %q", value.text)
	}
	want = want == (op == "==")
	return func(v *view) bool { is, ok := f(v); return ok && is == want }, nil
}

// text is a field of characters, which may have several values. Where there are
// words, its values are among them, and case does not count.
type text struct {
	get   func(v *view) []string
	words []string
}

func (f text) alone() test {
	return func(v *view) bool { return len(f.get(v)) > 0 }
}

func (f text) compare(op string, value token) (test, *typeError) {
	if f.words != nil && (op == "==" || op == "!=") {
		i := slices.IndexFunc(f.words, func(w string) bool { return strings.EqualFold(w, value.text) })
		if i < 0 {
			return nil, mismatch("is one of %s, not %q%s", strings.Join(f.words, ", "), value.text, near(value.text, f.words))
		}
		value.text = f.words[i]
	}
	fits, err := textual(op, value)
	if err != nil {
		return nil, err
	}
	return f.any(fits, op == "!=" || op == "!~"), nil
}

// any tests whether a value fits, or where they are denied whether none does.
func (f text) any(fits func(string) bool, denied bool) test {
	return func(v *view) bool {
		all := f.get(v)
		return len(all) > 0 && slices.ContainsFunc(all, fits) != denied
	}
}

// textual returns what an operator asks of a text; of != and !~, what they deny.
func textual(op string, value token) (func(string) bool, *typeError) {
	switch op {
	case "==", "!=":
		return func(s string) bool { return s == value.text }, nil
	case "contains":
		return func(s string) bool { return strings.Contains(s, value.text) }, nil
	case "~", "!~":
		re, err := regexp.Compile(value.text)
		if err != nil {
			return nil, mismatch("is compared with a regular expression, and that has a mistake: %s",
				strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
		return re.MatchString, nil
	}
	return nil, &typeError{"is text, which " + op + " does not compare", true}
}

// address is a field with an IP address and a port, or a Unix socket: an end of the
// connection.
type address lint.Side

func (f address) alone() test {
	return func(v *view) bool { return f.text(v) != "" }
}

func (f address) text(v *view) string { return v.EndName(lint.Side(f)) }

func (f address) of(v *view) netip.AddrPort {
	if lint.Side(f) == lint.Server {
		return v.Server
	}
	return v.Client
}

// compare takes an address, one with a port, a port as in ":443", a network as in
// 10.0.0.0/8, a Unix socket as in unix:/run/app.sock, and with ~ and contains a part
// of the text.
func (f address) compare(op string, value token) (test, *typeError) {
	if op != "==" && op != "!=" {
		return text{get: func(v *view) []string { return some(f.text(v)) }}.compare(op, value)
	}
	if _, socket := record.SocketPath(value.text); socket {
		return func(v *view) bool { return f.alone()(v) && (f.text(v) == value.text) == (op == "==") }, nil
	}
	fits := addressed(value.text)
	if fits == nil {
		return nil, mismatch("is an address, such as 127.0.0.1, [::1]:8080, :8080 or 10.0.0.0/8, or unix:/run/app.sock, not %q", value.text)
	}
	return func(v *view) bool {
		a := f.of(v)
		return f.alone()(v) && (a.IsValid() && fits(netip.AddrPortFrom(a.Addr().Unmap(), a.Port()))) == (op == "==")
	}, nil
}

func addressed(s string) func(a netip.AddrPort) bool {
	if ip, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return func(a netip.AddrPort) bool { return a.Addr() == ip.Unmap() }
	}
	if both, err := netip.ParseAddrPort(s); err == nil {
		both = netip.AddrPortFrom(both.Addr().Unmap(), both.Port())
		return func(a netip.AddrPort) bool { return a == both }
	}
	if net, err := netip.ParsePrefix(s); err == nil {
		return func(a netip.AddrPort) bool { return net.Contains(a.Addr()) }
	}
	digits, colon := strings.CutPrefix(s, ":")
	if port, err := strconv.ParseUint(digits, 10, 16); colon && err == nil {
		return func(a netip.AddrPort) bool { return a.Port() == uint16(port) }
	}
	return nil
}
