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
	if !requestStart(p) {
		return nil, 0, ErrNotHead
	}
	if n, err = headEnd(p); err != nil {
		return nil, 0, err
	}
	line, _, _ := bytes.Cut(p[:n], []byte{'\n'})
	method, rest, _ := strings.Cut(trimLine(string(line)), " ")
	rest = strings.Trim(rest, " ")
	cut := strings.LastIndexByte(rest, ' ') + 1
	target, proto := strings.TrimRight(rest[:cut], " "), rest[cut:]
	if method == "" || !hasFoldPrefix(proto, protoPrefix) {
		return nil, 0, ErrNotHead
	}
	return &Request{Head: parseHead(p[:n]), Method: method, Target: target, Proto: proto}, n, nil
}

// ParseResponse reads the response head at the start of p, as ParseRequest does
// (RFC 6455 §4.2.2).
func ParseResponse(p []byte) (r *Response, n int, err error) {
	if !responseStart(p) {
		return nil, 0, ErrNotHead
	}
	if n, err = headEnd(p); err != nil {
		return nil, 0, err
	}
	line, _, _ := bytes.Cut(p[:n], []byte{'\n'})
	proto, rest, _ := strings.Cut(trimLine(string(line)), " ")
	code, reason, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	status, ok := parseStatus(code)
	if !ok {
		return nil, 0, ErrNotHead
	}
	return &Response{Head: parseHead(p[:n]), Proto: proto, Status: status, Reason: reason}, n, nil
}

// protoPrefix is what every HTTP version begins with.
const protoPrefix = "HTTP/"

// requestStart reports whether p can be the start of a request: a token, a
// space, and a line without control characters.
func requestStart(p []byte) bool {
	line, _, _ := bytes.Cut(p, []byte{'\n'})
	for i, b := range line {
		switch {
		case b == ' ':
			return i > 0 && printable(line[i:])
		case !isTokenByte(b):
			return false
		}
	}
	return len(line) == len(p) // a whole line of one word is no request
}

// responseStart reports whether p can be the start of a response.
func responseStart(p []byte) bool {
	line, _, _ := bytes.Cut(p, []byte{'\n'})
	k := min(len(line), len(protoPrefix))
	if len(line) < len(p) && k < len(protoPrefix) {
		return false
	}
	return hasFoldPrefix(string(line[:k]), protoPrefix[:k]) && printable(line)
}

// printable reports whether line has no control characters save HT and the CR
// at its end.
func printable(line []byte) bool {
	for i, b := range line {
		if b < ' ' && b != '\t' && !(b == '\r' && i == len(line)-1) || b == 0x7F {
			return false
		}
	}
	return true
}

func hasFoldPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// parseStatus reads a status code: three digits, the first not zero.
func parseStatus(code string) (status int, ok bool) {
	if len(code) != 3 || code[0] < '1' || code[0] > '9' {
		return 0, false
	}
	status, err := strconv.Atoi(code)
	return status, err == nil
}

// headEnd returns how many bytes the head at the start of p takes, its blank
// line included.
func headEnd(p []byte) (n int, err error) {
	whole := p
	p = p[:min(len(p), MaxHead)]
	for i := bytes.IndexByte(p, '\n'); i >= 0; {
		n += i + 1
		if i = bytes.IndexByte(p[n:], '\n'); i == 0 || i == 1 && p[n] == '\r' {
			return n + i + 1, nil
		}
	}
	if len(whole) >= MaxHead {
		return 0, ErrNotHead
	}
	return 0, ErrNeedMore
}

// parseHead cuts a whole head into lines. What it returns keeps nothing of p.
func parseHead(p []byte) Head {
	h := Head{Raw: bytes.Clone(p)}
	text := string(p)
	at := strings.IndexByte(text, '\n') + 1
	h.Line = trimLine(text[:at])
	for at < len(text) && trimLine(text[at:]) != "" {
		end := fieldEnd(text, at)
		h.Fields = append(h.Fields, parseField(text[at:end], h.Raw[at:end:end]))
		at = end
	}
	h.BareLF = strings.Count(text, "\n") != strings.Count(text, "\r\n")
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

// parseField reads the lines of one field.
func parseField(text string, raw []byte) Field {
	name, value, ok := strings.Cut(text, ":")
	if !ok {
		name, value = "", text
	}
	pieces := strings.Split(value[:len(value)-1], "\n")
	kept := pieces[:0]
	for _, piece := range pieces {
		if piece = strings.Trim(strings.TrimSuffix(piece, "\r"), " \t"); piece != "" {
			kept = append(kept, piece)
		}
	}
	return Field{Name: strings.Trim(name, " \t"), Value: strings.Join(kept, " "), Raw: raw}
}

// trimLine takes the end off a line: CRLF, or LF alone.
func trimLine(line string) string {
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
}
