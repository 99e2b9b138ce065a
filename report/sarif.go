package report

import (
	"cmp"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
)

// The part of SARIF 2.1.0 that code scanning services read.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"semanticVersion,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string         `json:"id"`
		Short   sarifText      `json:"shortDescription"`
		Full    sarifText      `json:"fullDescription"`
		Help    string         `json:"helpUri,omitempty"`
		Default sarifRuleLevel `json:"defaultConfiguration"`
	}
	sarifRuleLevel struct {
		Level string `json:"level"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
)

// sarifLevels says what a verdict is called in SARIF.
var sarifLevels = map[Verdict]string{Fail: "error", NonStrict: "warning", Info: "note"}

// writeSARIF writes a result for each finding. A known failure is a suppressed
// result; what we could not look at is a notification, not a result.
func writeSARIF(w io.Writer, r *Results, _ Options) error {
	run := sarifRun{Results: []sarifResult{}}
	rules, index := sarifRules(r)
	_, version, _ := strings.Cut(r.Tool, " ")
	run.Tool.Driver = sarifDriver{Name: "wsprobe", Version: version, Rules: rules}
	for i := range r.Cases {
		for _, f := range r.Cases[i].Findings {
			res := sarifResultOf(&r.Cases[i], f)
			res.RuleIndex = index[f.Rule]
			run.Results = append(run.Results, res)
		}
	}
	run.Invocations = []sarifInvocation{sarifInvocationOf(r)}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	})
}

// sarifRules lists the rules that were broken, and says where each stands in the list.
func sarifRules(r *Results) (rules []sarifRule, index map[string]int) {
	rules, index = []sarifRule{}, map[string]int{}
	for _, b := range brokenRules(r) {
		index[b.Rule] = len(rules)
		short := strings.Trim(b.Level+", "+b.Source(), ", ")
		if b.About != "" {
			short = b.About + " (" + short + ")"
		}
		rules = append(rules, sarifRule{
			ID: b.Rule, Short: sarifText{Clean(cmp.Or(short, b.Rule))},
			Full: sarifText{Clean(cmp.Or(b.Quote, b.Rule))}, Help: sectionURL(b.Document, b.Section),
			Default: sarifRuleLevel{sarifLevel(b.Verdict)},
		})
	}
	return rules, index
}

// sectionURL returns where a section of an RFC can be read, or "".
func sectionURL(document, section string) string {
	number, ok := strings.CutPrefix(document, "RFC ")
	if !ok || section == "" || strings.Trim(number+section, "0123456789.") != "" {
		return ""
	}
	return "https://www.rfc-editor.org/rfc/rfc" + number + ".html#section-" + section
}

func sarifLevel(v Verdict) string {
	if l, ok := sarifLevels[v]; ok {
		return l
	}
	return "none"
}

func sarifResultOf(c *Case, f Finding) sarifResult {
	said := strings.Join(remarks(&Finding{Wanted: f.Wanted, Detail: f.Detail}, false), ", ")
	res := sarifResult{
		RuleID: f.Rule, Level: sarifLevel(f.Verdict),
		Message:      sarifText{Clean(strings.TrimRight(c.ID+": "+c.About+" "+said, " "))},
		Fingerprints: map[string]string{"case": c.ID + " " + f.Rule},
	}
	if file, line := f.File, f.Line; file != "" || c.File != "" {
		if file == "" {
			file, line = c.File, c.Line
		}
		res.Locations = []sarifLocation{{sarifPhysical{sarifArtifact{filepath.ToSlash(file)}, sarifRegionOf(line)}}}
	}
	if c.Known != "" {
		res.Suppressions = []sarifSuppression{{"external", "known failure: " + c.Known}}
	}
	return res
}

func sarifRegionOf(line int) *sarifRegion {
	if line == 0 {
		return nil
	}
	return &sarifRegion{line}
}

func sarifInvocationOf(r *Results) sarifInvocation {
	var notes []sarifNotification
	add := func(text string) { notes = append(notes, sarifNotification{"error", sarifText{Clean(text)}}) }
	for _, c := range r.Cases {
		if c.Verdict == Error {
			add(c.ID + ": " + c.Reason)
		}
	}
	for _, s := range r.Stale {
		add(Place(s.File, s.Line) + ": " + s.Text + ": " + s.Reason)
	}
	if r.Trouble != "" {
		add(r.Trouble)
	}
	if r.Interrupted {
		add("the run was interrupted")
	}
	code := r.ExitCode()
	return sarifInvocation{Successful: code == ExitOK || code == ExitBroken, Notifications: notes}
}
