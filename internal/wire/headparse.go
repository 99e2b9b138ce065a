package wire

import (
	"bytes"
	"strconv"
	"strings"
)

// ParseRequest reads the request head at the start of p (RFC 6455 §4.2.1). n is
// how many bytes it takes. The error is ErrNeedMore or ErrNotHead. It takes what
// real servers take: bare LF, folded lines, spaces before the colon; all of it
// stays visible in Raw. Bytes that no request line can begin with are
// ErrNotHead without waiting for the rest.
func ParseRequest(p []byte) (r *Request, n int, err error) {
	line, whole := startLine(p)
	method, target, proto, ok := requestLine(line)
	if !ok && whole || !requestStart(line) {
		return nil, 0, ErrNotHead
	}
	if n, err = headEnd(p); err != nil {
		return nil, 0, err
	}
	return &Request{Head: parseHead(p[:n]), Method: method, Target: target, Proto: proto}, n, nil
}

// ParseResponse reads the response head at the start of p, as ParseRequest does
// (RFC 6455 §4.2.2). The reason may be missing, and the space before it.
func ParseResponse(p []byte) (r *Response, n int, err error) {
	line, whole := startLine(p)
	proto, status, reason, ok := statusLine(line)
	if !ok && whole || !statusStart(line) {
		return nil, 0, ErrNotHead
	}
	if n, err = headEnd(p); err != nil {
		return nil, 0, err
	}
	return &Response{Head: parseHead(p[:n]), Proto: proto, Status: status, Reason: reason}, n, nil
}

// startLine returns the first line of p without its end, or what there is of it.
func startLine(p []byte) (line string, whole bool) {
	p = p[:min(len(p), MaxHead)]
	i := bytes.IndexByte(p, '\n')
	if i < 0 {
		return trimLine(string(p)), false
	}
	return trimLine(string(p[:i])), true
}

// protoPrefix is what every HTTP version begins with.
const protoPrefix = "HTTP/"

// requestLine cuts a request line into its three parts. The target is all
// between the first and the last: spaces in it are for others to judge.
func requestLine(line string) (method, target, proto string, ok bool) {
	method, rest, _ := strings.Cut(line, " ")
	rest = strings.Trim(rest, " ")
	last := strings.LastIndexByte(rest, ' ') + 1
	target, proto = strings.TrimRight(rest[:last], " "), rest[last:]
	ok = strings.EqualFold(proto[:min(len(proto), len(protoPrefix))], protoPrefix)
	return method, target, proto, ok
}

// requestStart reports whether line can be, or begin, a request line: a token,
// a space, and no control characters.
func requestStart(line string) bool {
	method, rest, _ := strings.Cut(line, " ")
	return (IsToken(method) || line == "") && printable(rest)
}

// statusLine cuts a status line into its three parts.
func statusLine(line string) (proto string, status int, reason string, ok bool) {
	proto, rest, _ := strings.Cut(line, " ")
	code, reason, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	status, err := strconv.Atoi(code)
	ok = err == nil && len(code) == 3 && 100 <= status && status <= 999
	return proto, status, reason, ok
}

// statusStart reports whether line can be, or begin, a status line.
func statusStart(line string) bool {
	n := min(len(line), len(protoPrefix))
	return strings.EqualFold(line[:n], protoPrefix[:n]) && printable(line)
}

// printable reports whether s has no control characters save HT.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7F {
			return false
		}
	}
	return true
}

// headEnd returns how many bytes the head at the start of p takes, its blank
// line included.
func headEnd(p []byte) (n int, err error) {
	full := len(p) >= MaxHead
	p = p[:min(len(p), MaxHead)]
	for i := bytes.IndexByte(p, '\n'); i >= 0; {
		n += i + 1
		if i = bytes.IndexByte(p[n:], '\n'); i == 0 || i == 1 && p[n] == '\r' {
			return n + i + 1, nil
		}
	}
	if full {
		return 0, ErrNotHead
	}
	return 0, ErrNeedMore
}

// parseHead cuts a whole head into lines. What it returns keeps nothing of p.
func parseHead(p []byte) Head {
	text := string(p)
	lines := strings.Count(text, "\n")
	h := Head{
		Fields: make([]Field, 0, lines-2),
		Raw:    bytes.Clone(p),
		BareLF: lines != strings.Count(text, "\r\n"),
	}
	at := strings.IndexByte(text, '\n') + 1
	h.Line = trimLine(text[:at])
	for at < len(text) && trimLine(text[at:]) != "" {
		end := fieldEnd(text, at)
		h.Fields = append(h.Fields, parseField(text[at:end], h.Raw[at:end:end], h.multiplexed()))
		at = end
	}
	return h
}

// fieldEnd returns where the field that begins at text[at] ends: a line that
// begins with white space continues the one before it (RFC 2616 §2.2).
func fieldEnd(text string, at int) int {
	for at < len(text) {
		at += strings.IndexByte(text[at:], '\n') + 1
		if text[at] != ' ' && text[at] != '\t' {
			break
		}
	}
	return at
}

// parseField reads the lines of one field, which may be a pseudo-header field.
func parseField(text string, raw []byte, pseudo bool) Field {
	colon := ""
	if pseudo && strings.HasPrefix(text, ":") {
		colon, text = ":", text[1:]
	}
	name, value, ok := strings.Cut(text, ":")
	if !ok || strings.Contains(name, "\n") {
		name, value = "", text
	}
	return Field{Name: colon + strings.Trim(name, " \t"), Value: unfold(strings.Trim(trimLine(value), " \t")), Raw: raw}
}

// unfold joins the lines of a folded value by one space each.
func unfold(value string) string {
	if !strings.Contains(value, "\n") {
		return value
	}
	var kept []string
	for line := range strings.SplitSeq(value, "\n") {
		if line = strings.Trim(trimLine(line), " \t"); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, " ")
}

// trimLine takes the end off a line: CRLF, or LF alone.
func trimLine(line string) string {
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
}
