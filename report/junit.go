package report

import (
	"bufio"
	"encoding/xml"
	"io"
	"strings"
	"time"
)

// The elements of JUnit XML in the order that Jenkins' and Maven's schemas ask
// for. Every optional child is a pointer, so that what is there is written as
// exactly one kind of element.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Timestamp  string          `xml:"timestamp,attr,omitempty"`
		Properties []junitProperty `xml:"properties>property,omitempty"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name      string       `xml:"name,attr"`
		Classname string       `xml:"classname,attr"`
		File      string       `xml:"file,attr,omitempty"`
		Line      int          `xml:"line,attr,omitempty"`
		Time      string       `xml:"time,attr"`
		Skipped   *junitDetail `xml:"skipped"`
		Error     *junitDetail `xml:"error"`
		Failure   *junitDetail `xml:"failure"`
		SystemOut *junitText   `xml:"system-out"`
	}
	junitDetail struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",cdata"`
	}
	junitText struct {
		Text string `xml:",cdata"`
	}
)

// writeJUnit writes a suite for each of ours. A broken rule is a <failure>, our
// own trouble an <error>. A known failure is <skipped>: a pass would claim that
// the target conforms, a failure would stop a run that went as expected. What
// has no case, a stale line of the baseline or the end of the run before its
// time, gets a testcase of its own, so that the file is red whenever wsprobe's
// exit code is not 0.
func writeJUnit(w io.Writer, r *Results, _ Options) error {
	doc := junitSuites{Name: Clean("wsprobe " + r.Target.Name), Time: junitTime(r.Duration)}
	for _, name := range suites(r) {
		doc.add(junitSuiteOf(r, name))
	}
	if extra := junitExtra(r); len(extra.Cases) > 0 {
		doc.add(extra)
	}
	b := bufio.NewWriter(w)
	b.WriteString(xml.Header)
	e := xml.NewEncoder(b)
	e.Indent("", "  ")
	if err := e.Encode(doc); err != nil {
		return err
	}
	b.WriteByte('\n')
	return b.Flush()
}

// suites lists the suites in the order of their first case.
func suites(r *Results) []string {
	var names []string
	seen := map[string]bool{}
	for _, c := range r.Cases {
		if !seen[c.Suite] {
			seen[c.Suite] = true
			names = append(names, c.Suite)
		}
	}
	return names
}

func (d *junitSuites) add(s junitSuite) {
	for _, c := range s.Cases {
		s.Tests++
		s.Skipped += btoi(c.Skipped != nil)
		s.Errors += btoi(c.Error != nil)
		s.Failures += btoi(c.Failure != nil)
	}
	d.Tests += s.Tests
	d.Skipped += s.Skipped
	d.Errors += s.Errors
	d.Failures += s.Failures
	d.Suites = append(d.Suites, s)
}

func junitSuiteOf(r *Results, name string) junitSuite {
	s := newJUnitSuite(r, name)
	var took time.Duration
	for i := range r.Cases {
		if c := &r.Cases[i]; c.Suite == name {
			took += c.Duration
			s.Cases = append(s.Cases, junitCaseOf(c, r.Strict))
		}
	}
	s.Time = junitTime(took)
	return s
}

func newJUnitSuite(r *Results, name string) junitSuite {
	s := junitSuite{Name: Clean(name), Time: junitTime(0), Properties: []junitProperty{
		{"target", Clean(r.Target.Name)}, {"url", Clean(r.Target.URL)}, {"has", Clean(strings.Join(r.Target.Have, ", "))},
	}}
	if !r.Started.IsZero() {
		s.Timestamp = r.Started.UTC().Format("2006-01-02T15:04:05")
	}
	return s
}

func junitCaseOf(c *Case, strict bool) junitCase {
	j := junitCase{
		Name: Clean(strings.TrimPrefix(c.ID, c.Suite+"/")), Classname: Clean(c.Suite),
		File: Clean(c.File), Line: c.Line, Time: junitTime(c.Duration),
	}
	switch {
	case c.Verdict == Error:
		j.Error = &junitDetail{Message: cutText(Clean(c.Reason), maxHeadline), Type: string(Error), Text: caseText(c)}
	case c.Verdict == Skip:
		j.Skipped = &junitDetail{Message: Clean(c.Reason)}
	case c.Broken(strict):
		j.Failure = &junitDetail{Message: headline(c), Type: Clean(c.Worst().Rule), Text: caseText(c)}
	case c.KnownFailure(strict):
		j.Skipped = &junitDetail{Message: Clean("known failure: " + c.Known)}
		j.SystemOut = &junitText{caseText(c)}
	case c.Verdict != Pass:
		j.SystemOut = &junitText{caseText(c)}
	}
	return j
}

// junitExtra makes testcases of what made the run fail and is no case.
func junitExtra(r *Results) junitSuite {
	s := newJUnitSuite(r, "wsprobe")
	add := func(name string, failure, err *junitDetail) {
		s.Cases = append(s.Cases, junitCase{Name: name, Classname: s.Name, Time: junitTime(0), Failure: failure, Error: err})
	}
	for _, l := range r.Stale {
		text := Place(l.File, l.Line) + ": " + l.Text + ": " + l.Reason
		add(Clean("baseline "+Place(l.File, l.Line)), &junitDetail{Message: Clean(l.Reason), Type: "stale", Text: Clean(text)}, nil)
	}
	if r.Trouble != "" {
		add("run", nil, &junitDetail{Message: Clean(r.Trouble), Type: "trouble", Text: Clean(r.Hint)})
	}
	if r.Interrupted {
		add("finished", nil, &junitDetail{Message: "the run was interrupted", Type: "interrupted"})
	}
	return s
}

func junitTime(d time.Duration) string { return formatFloat(d.Seconds(), 3) }
