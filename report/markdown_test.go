package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// rendered returns the HTML that a reader of GitHub's Markdown makes of a text.
func rendered(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	reader := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := reader.Convert([]byte(text), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// cells returns the rows of the tables of a page as their texts.
func cells(page string) []string {
	var rows []string
	cell := regexp.MustCompile(`(?s)<t[hd][^>]*>(.*?)</t[hd]>`)
	for _, row := range regexp.MustCompile(`(?s)<tr>.*?</tr>`).FindAllString(page, -1) {
		var texts []string
		for _, m := range cell.FindAllStringSubmatch(row, -1) {
			texts = append(texts, regexp.MustCompile(`<[^>]*>`).ReplaceAllString(m[1], ""))
		}
		rows = append(rows, strings.Join(texts, " | "))
	}
	return rows
}

// TestMarkdownReadBack reads the sample with a reader that is not ours: each
// table has its rows, each failure its fold, and nothing of the target's is markup.
func TestMarkdownReadBack(t *testing.T) {
	page := rendered(t, write(t, "markdown", sample(), Options{}))
	want := []string{
		"rule |  | cases | what it asks",
		"utf8.text-valid | MUST, RFC 6455 §8.1 | 2 cases (1 known) | ... that endpoint MUST _Fail the WebSocket Connection_.",
		"frame.length-minimal | MUST, RFC 6455 §5.2 | 1 case | ... the minimal number of bytes MUST be used to encode the length ...",
		"fail.close-frame | SHOULD, RFC 6455 §7.1.7 | 1 case | ... the endpoint SHOULD send a Close frame ...",
		"suite | pass | info | non-strict | fail | skip | error",
		"ping | 1 |  |  |  |  | ",
		"utf8 |  |  |  | 2 (1 known) |  | ",
		"close |  |  | 1 |  |  | 2",
		"framing |  |  |  | 1 |  | ",
		"chat |  |  |  |  | 2 | ",
	}
	if got := cells(page); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := strings.Count(page, "<details>"); n != 4 || strings.Count(page, "</details>") != n {
		t.Errorf("%d failures are folded, want 4", n)
	}
	for _, bad := range []string{"<script", "<em>", "<a ", "<img", "&lt;details"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %s:\n%s", bad, page)
		}
	}
}

func TestMatrixMarkdownReadBack(t *testing.T) {
	got := cells(rendered(t, writeMatrix(t, "markdown", sideBySide())))
	for _, want := range []string{
		"demo &lt;1.0&gt; | 1 |  | 1 | 3 (1 known) | 2 | 2",
		"gone (not finished: nothing listens) |  |  |  |  |  | ",
		"utf8.text-valid | MUST RFC 6455 §8.1 | 2: demo &lt;1.0&gt;, early",
	} {
		if !strings.Contains(strings.Join(got, "\n")+"\n", want+"\n") {
			t.Errorf("there is no row %s in\n%s", want, strings.Join(got, "\n"))
		}
	}
}

// TestMarkdownHasAnEnd writes more failures than a job summary may have.
func TestMarkdownHasAnEnd(t *testing.T) {
	r := &Results{}
	for i := range 3000 {
		c := failFast()
		c.ID = fmt.Sprintf("utf8/case-%d", i)
		r.Cases = append(r.Cases, c)
	}
	text := write(t, "markdown", r, Options{})
	if len(text) > 1<<20 || !strings.Contains(text, "cases more: there is no room for them here") {
		t.Errorf("%d bytes, which end with %q", len(text), text[len(text)-100:])
	}
	for i := range r.Cases {
		r.Cases[i].ID = fmt.Sprintf("utf8/case[%d]", i)
	}
	text = write(t, "markdown", r, Options{})
	if strings.Count(text, "<details>") != 1 || !strings.Contains(text, "and 2999 like it") || !strings.Contains(text, "… and 2799 more") {
		t.Errorf("failures that are alike are not told together:\n%.3000s", text)
	}
}
