package record

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wsprobe/internal/wire"
)

// The parts of an entry, by the names of HAR 1.2.
type (
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harContent struct {
		Size     uint64 `json:"size"`
		MimeType string `json:"mimeType"`
		Text     string `json:"text,omitempty"`
		Encoding string `json:"encoding,omitempty"`
	}
	harRequest struct {
		Method      string    `json:"method"`
		URL         string    `json:"url"`
		HTTPVersion string    `json:"httpVersion"`
		Headers     []harPair `json:"headers"`
		QueryString []harPair `json:"queryString"`
		Cookies     []harPair `json:"cookies"`
		HeadersSize int       `json:"headersSize"`
		BodySize    int       `json:"bodySize"`
	}
	harResponse struct {
		Status      int        `json:"status"`
		StatusText  string     `json:"statusText"`
		HTTPVersion string     `json:"httpVersion"`
		Headers     []harPair  `json:"headers"`
		Cookies     []harPair  `json:"cookies"`
		Content     harContent `json:"content"`
		RedirectURL string     `json:"redirectURL"`
		HeadersSize int        `json:"headersSize"`
		BodySize    int64      `json:"bodySize"`
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
	harJSON struct {
		Connection      string           `json:"connection,omitempty"` // to browsers, the port of the server
		ConnectionID    string           `json:"_connectionId"`
		ResourceType    string           `json:"_resourceType,omitempty"` // else browsers tell it by what came
		Messages        *json.RawMessage `json:"_webSocketMessages,omitempty"`
		Cache           struct{}         `json:"cache"`
		Request         harRequest       `json:"request"`
		Response        harResponse      `json:"response"`
		ServerIPAddress string           `json:"serverIPAddress,omitempty"`
		Started         string           `json:"startedDateTime"`
		Time            float64          `json:"time"`
		Timings         harTimings       `json:"timings"`
		Comment         string           `json:"comment,omitempty"`
	}
)

// json returns the entry.
func (e *harEntry) json() []byte {
	answered := e.asked.At
	j := harJSON{
		ConnectionID: strconv.FormatUint(e.c.ID, 10),
		Started:      e.c.When(e.asked.At).UTC().Format("2006-01-02T15:04:05.000000Z"),
		Response:     harResponse{Headers: []harPair{}, Cookies: []harPair{}, HeadersSize: -1, BodySize: -1, Content: harContent{MimeType: "x-unknown"}},
	}
	if at := e.c.Server; at.IsValid() {
		j.ServerIPAddress, j.Connection = at.Addr().Unmap().String(), strconv.Itoa(int(at.Port()))
	}
	scheme := "http"
	if e.answer != nil {
		answered = e.answer.At
		j.Response = e.response()
	}
	if e.websocket() {
		scheme, j.ResourceType = "ws", "websocket"
		list := json.RawMessage("[" + string(e.messages) + "]")
		j.Messages = &list
	}
	if e.c.Secure {
		scheme += "s"
	}
	if e.continued {
		j.Comment = "the messages that follow those of an earlier entry of the same connection"
	}
	j.Request = e.request(scheme)
	j.Timings = harTimings{Wait: millis(answered - e.asked.At), Receive: millis(e.latest - answered)}
	j.Time = j.Timings.Wait + j.Timings.Receive
	b, _ := json.Marshal(&j) // of its types each can be written
	return b
}

func millis(d time.Duration) float64 { return float64(max(d, 0).Microseconds()) / 1000 }

// websocket reports whether the entry is of a WebSocket, or of one that was asked for.
func (e *harEntry) websocket() bool {
	return len(e.messages) > 0 || e.answer != nil && e.answer.Response.Accepts() ||
		strings.EqualFold(e.asked.Request.Get("Upgrade"), "websocket") || e.asked.Request.Has(":protocol")
}

func (e *harEntry) request(scheme string) harRequest {
	r := e.asked.Request
	j := harRequest{
		Method: r.Method, URL: e.url(scheme), HTTPVersion: r.Proto, Headers: pairs(&r.Head), QueryString: []harPair{},
		Cookies: []harPair{}, HeadersSize: len(r.Raw), BodySize: len(e.asked.Body),
	}
	_, query, _ := strings.Cut(j.URL, "?")
	query, _, _ = strings.Cut(query, "#")
	for part := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(part, "="); part != "" {
			j.QueryString = append(j.QueryString, harPair{unescaped(name), unescaped(value)})
		}
	}
	for _, line := range r.Values("Cookie") {
		for part := range strings.SplitSeq(line, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			j.Cookies = append(j.Cookies, harPair{name, value})
		}
	}
	return j
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

func (e *harEntry) response() harResponse {
	r := e.answer.Response
	j := harResponse{
		Status: r.Status, StatusText: r.Reason, HTTPVersion: r.Proto, Headers: pairs(&r.Head), Cookies: []harPair{},
		RedirectURL: r.Get("Location"), HeadersSize: len(r.Raw), BodySize: int64(e.bodySize),
	}
	for _, line := range r.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(line); err == nil {
			j.Cookies = append(j.Cookies, harPair{c.Name, c.Value})
		}
	}
	body := e.body
	if r.HasToken("Transfer-Encoding", "chunked") {
		body, _ = io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(body)))
	}
	j.Content = harContent{Size: uint64(len(body)), MimeType: r.Get("Content-Type"), Text: string(body)}
	if !utf8.Valid(body) {
		j.Content.Text, j.Content.Encoding = base64.StdEncoding.EncodeToString(body), "base64"
	}
	if j.Content.MimeType == "" {
		j.Content.MimeType = "x-unknown"
	}
	return j
}

func pairs(h *wire.Head) []harPair {
	all := []harPair{}
	for _, f := range h.Fields {
		all = append(all, harPair{f.Name, f.Value})
	}
	return all
}
