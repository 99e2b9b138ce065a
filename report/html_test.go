package report

import (
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"
)

// elided is what a golden page leaves out: styles, scripts and their hashes,
// which have files of their own.
var elided = regexp.MustCompile(`(?s)(<style>|<script>|sha256-).*?(</style>|</script>|&#39;)`)

func TestHTMLGolden(t *testing.T) {
	golden(t, "run.html", []byte(elided.ReplaceAllString(write(t, "html", sample(), Options{}), "$1…$2")))
}

// TestHTMLIsWellFormed walks a page as XML, which forgives nothing: what a
// target sent must not have opened or closed anything.
func TestHTMLIsWellFormed(t *testing.T) {
	page := elided.ReplaceAllString(write(t, "html", sample(), Options{}), "$1$2")
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict = false // for the doctype and the attributes without a value
	d.AutoClose, d.Entity = xml.HTMLAutoClose, xml.HTMLEntity
	names := map[string]int{}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			names[start.Name.Local]++
		}
	}
	if names["script"] != 2 || names["style"] != 1 {
		t.Errorf("%d scripts and %d styles, want 2 and 1", names["script"], names["style"])
	}
	want := len(sample().Cases) + len(suites(sample())) + strings.Count(page, `<details class="plain">`) + strings.Count(page, `<details class="source"`)
	if names["details"] != want {
		t.Errorf("%d details, want one for each case, suite, source and plain handshake, %d", names["details"], want)
	}
	if got, want := strings.Count(page, "noscript>"), 2*len(sample().Cases); got != want || names["noscript"] != want/2 {
		t.Errorf("%d ends of a noscript, want %d: a target must not end one", got, want)
	}
}

// TestHTMLAsksForNothing looks for anything that a browser would fetch.
func TestHTMLAsksForNothing(t *testing.T) {
	r := sample()
	r.Target.URL = "ws://x/\"><img src=//evil.example>"
	page := write(t, "html", r, Options{})
	for _, bad := range []string{" src=", "@import", "url(", "<img", "<iframe", "<base"} {
		if strings.Contains(strings.ReplaceAll(page, "&gt;&lt;img src=//evil.example", ""), bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	for _, href := range regexp.MustCompile(`href="[^"]*`).FindAllString(page, -1) {
		if !strings.HasPrefix(href, `href="data:`) {
			t.Errorf("the page has %s", href)
		}
	}
	if !strings.Contains(page, `content="default-src &#39;none&#39;;`) {
		t.Error("the page has no policy that forbids everything")
	}
}

// TestHTMLPolicyNamesItsParts holds the policy to the styles and scripts that are there.
func TestHTMLPolicyNamesItsParts(t *testing.T) {
	page := write(t, "html", sample(), Options{})
	policy := regexp.MustCompile(`content="(default-src[^"]*)"`).FindStringSubmatch(page)[1]
	policy = strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(policy)
	parts := regexp.MustCompile(`(?s)<(?:style|script)>(.*?)</`).FindAllStringSubmatch(page, -1)
	if len(parts) != 3 {
		t.Fatalf("%d styles and scripts, want 3", len(parts))
	}
	for _, part := range parts {
		if !strings.Contains(policy, sourceHash(part[1])) {
			t.Errorf("the policy does not name %.40q…", part[1])
		}
	}
}

func TestOutcome(t *testing.T) {
	fails, should := Case{Verdict: Fail}, Case{Verdict: NonStrict}
	known := fails
	known.Known = "a/*"
	tests := []struct {
		r    Results
		want verdictText
	}{
		{Results{Cases: []Case{{Verdict: Pass}, should}}, verdictText{Pass, "As required"}},
		{Results{Cases: []Case{known}}, verdictText{Pass, "As required, but for what is known"}},
		{Results{Cases: []Case{fails, fails}}, verdictText{Fail, "2 cases broke a MUST"}},
		{Results{Cases: []Case{should}, Strict: true}, verdictText{Fail, "1 case broke a MUST or a SHOULD"}},
		{Results{Cases: []Case{known}, Stale: []Stale{{}}}, verdictText{Fail, "The baseline is stale"}},
		{Results{Cases: []Case{{Verdict: Error}}}, verdictText{Error, "Not everything could be looked at"}},
		{Results{Trouble: "nothing listens"}, verdictText{Error, "Not everything could be looked at"}},
		{Results{Cases: []Case{fails}, Interrupted: true}, verdictText{Error, "Interrupted: this is what was done so far"}},
	}
	for _, tt := range tests {
		if got := outcome(&tt.r); got != tt.want {
			t.Errorf("got %v, want %v", got, tt.want)
		}
	}
}

func TestConversationEntries(t *testing.T) {
	binary := Line{Kind: "binary", Size: 300, Payload: []byte(strings.Repeat("\x00abc\xff~ \x7f", 32)), Cut: true}
	tests := []struct {
		name       string
		line       Line
		verdict    Verdict
		text, dump string
		more       bool
	}{
		{"text", frame(0, true, "text", true, "κ"), Fail, "κ", "0000  ce ba", false},
		{"escapes", frame(0, true, "text", true, "abc\xff\n"), Fail, `abc\xff\n`, "0000  61 62 63 ff 0a", false},
		{"rows", frame(0, true, "text", true, "0123456789abcdefg"), Fail, "0123456789abcdefg",
			"0000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66\n0010  67", false},
		{"close", frame(0, true, "close", true, "\x03\xe8bye"), Fail, "1000 bye", "0000  03 e8 62 79 65", false},
		{"head", response("HTTP/1.1 400 \r\nA: \x1b\r\n\r\n8jKS"), Fail, "HTTP/1.1 400 \nA: \\x1b", "0000  38 6a 4b 53", false},
		{"plain head", response("HTTP/1.1 101 \r\nA: b\r\nC: d\r\n\r\n"), Fail, "A: b\nC: d", "", false},
		{"nothing", Line{Kind: "tcp", Note: "closed with FIN"}, Fail, "", "", false},
		{"binary", Line{Kind: "binary", Payload: binary.Payload[:18]}, Fail, ".abc.~ ..abc.~ .\n.a",
			"0000  00 61 62 63 ff 7e 20 7f 00 61 62 63 ff 7e 20 7f\n0010  00 61", false},
	}
	for _, tt := range tests {
		e := conversation(&Case{Verdict: tt.verdict, Transcript: []Line{tt.line}})[0]
		if e.Text != tt.text || e.Dump != tt.dump || e.More != tt.more {
			t.Errorf("%s: got %q, %q, more %v", tt.name, e.Text, e.Dump, e.More)
		}
	}
	for _, tt := range []struct {
		verdict Verdict
		rows    int
	}{{Fail, 16}, {Pass, 4}} {
		e := conversation(&Case{Verdict: tt.verdict, Transcript: []Line{binary}})[0]
		if rows := strings.Count(e.Dump, "\n") + 1; rows != tt.rows || !e.More {
			t.Errorf("%s: %d rows, more %v, want %d and more", tt.verdict, rows, e.More, tt.rows)
		}
	}
}

// TestLongConversation leaves out what is far from the ends and the findings,
// and says how much.
func TestLongConversation(t *testing.T) {
	c := Case{Verdict: Fail, Findings: []Finding{{Rule: "ping.answered", Detail: "no pong", After: 500}}}
	for i := range 1000 {
		c.Transcript = append(c.Transcript, frame(i, true, "ping", true, "hi"))
	}
	events, left, found := 0, 0, 0
	for _, e := range conversation(&c) {
		switch {
		case e.Left > 0:
			left += e.Left
		case e.Finding != nil:
			found = events + left
		default:
			events++
		}
	}
	if events+left != 1000 || events > 100 || found != 500 {
		t.Errorf("%d events and %d left out, the finding after %d", events, left, found)
	}
}
