package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"
	"sync"
)

//go:embed page
var pageFiles embed.FS

// writeHTML writes a page that opens from disk: one file with no scripts, styles
// or pictures elsewhere, which also tells everything when scripts are off.
func writeHTML(w io.Writer, r *Results, _ Options) error {
	return writePage(w, "run", newRunPage(r))
}

// page is what the frame around every page is filled from. Its style and its
// two scripts are the only ones that the browser may obey: Policy lists them by
// their hashes (Content Security Policy Level 3, §2.3.1).
type page struct {
	Style         template.CSS
	Early, Script template.JS // before the first paint, and after the last element
	Policy        string
	Body          any
}

// writePage fills the template of that name. Beside the escapes of the template,
// what it makes is made safe to show as everything else is.
func writePage(w io.Writer, name string, body any) error {
	p := page{
		Style:  template.CSS(asset("base.css") + asset(name+".css")),
		Early:  template.JS(asset("early.js")),
		Script: template.JS(asset("base.js") + asset(name+".js")),
		Body:   body,
	}
	p.Policy = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'" +
		"; style-src " + sourceHash(string(p.Style)) + "; script-src " + sourceHash(string(p.Early)) + " " + sourceHash(string(p.Script))
	var b bytes.Buffer
	if err := pageTemplates().ExecuteTemplate(&b, name, p); err != nil {
		return err
	}
	_, err := io.WriteString(w, cleanLines(b.String()))
	return err
}

// pageTemplates is not parsed where no page is made: that takes longer than the rest
// of a command's start.
var pageTemplates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"count": count, "seconds": seconds, "took": took, "place": Place, "source": Source, "join": strings.Join,
		"bits": bits, "clock": clock, "longSource": func() int { return longSource },
	}).ParseFS(pageFiles, "page/*.html"))
})

// asset returns an embedded file; a missing one is a mistake in this package.
func asset(name string) string {
	b, err := pageFiles.ReadFile("page/" + name)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// sourceHash is how a policy names an inline script or style.
func sourceHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// cleanLines makes a text of many lines safe to show.
func cleanLines(s string) string {
	if printable(strings.ReplaceAll(s, "\n", "")) {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = Clean(line)
	}
	return strings.Join(lines, "\n")
}
