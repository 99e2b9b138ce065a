package record

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"wsprobe/internal/lint"
	"wsprobe/report"
)

// Repro writes cases into folders, one a case, with what it takes to look at
// them again without this program. See README.md for what is in a folder.
type Repro struct {
	Dir string
	Run report.Results // of which case.txt tells the target
}

// The files of a folder; beside them there are two for each connection.
const (
	caseFile    = "case.txt"
	packetsFile = "conversation.pcapng"
	againFile   = "again.sh"
)

// Write writes the folder of a case anew.
func (r *Repro) Write(c *report.Case, all []*Conversation) error {
	if err := r.Remove(c.ID); err != nil {
		return err
	}
	dir := r.folder(c.ID)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, f := range r.files(c, all) {
		if err := os.WriteFile(filepath.Join(dir, f.name), f.data, f.mode); err != nil {
			return err
		}
	}
	return nil
}

type file struct {
	name string
	data []byte
	mode os.FileMode
}

func (r *Repro) files(c *report.Case, all []*Conversation) []file {
	files := []file{{caseFile, r.text(c), 0o666}}
	for i, conn := range all {
		for _, side := range []lint.Side{lint.Client, lint.Server} {
			files = append(files, file{streamFile(side, conn, i), conn.Bytes(side), 0o666})
		}
	}
	if len(all) > 0 { // the target could be reached
		files = append(files, file{packetsFile, packets(c, all), 0o666}, file{againFile, again(c, all), 0o777})
	}
	return files
}

// Remove removes what an earlier run has written of a case, and nothing else.
func (r *Repro) Remove(id string) error {
	dir := r.folder(id)
	ours := 0
	for _, pattern := range []string{caseFile, packetsFile, againFile, "sent-*-*.bin", "received-*-*.bin"} {
		files, _ := filepath.Glob(filepath.Join(escaped.Replace(dir), pattern))
		for _, file := range files {
			if err := os.Remove(file); err != nil {
				return err
			}
			ours++
		}
	}
	if ours > 0 {
		os.Remove(dir) // unless there is more in it
	}
	return nil
}

// escaped keeps a folder's name from being read as a pattern.
var escaped = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// folder is where a case goes: utf8/fail-fast to utf8_fail-fast, and
// ab-limits/frame[text,64k] to ab-limits_frame_text,64k.
func (r *Repro) folder(id string) string {
	return filepath.Join(r.Dir, fileName(strings.TrimSuffix(id, "]")))
}

// fileName makes a word safe as a part of a file's name.
func fileName(word string) string {
	word = oddChars.ReplaceAllString(word, "_")
	if strings.HasPrefix(word, ".") {
		return "_" + word[1:]
	}
	return word
}

var oddChars = regexp.MustCompile(`[^A-Za-z0-9.,_-]`)

// streamFile names the file for what a side of the i-th connection sent.
func streamFile(side lint.Side, c *Conversation, i int) string {
	word := "sent"
	if side == lint.Server {
		word = "received"
	}
	return fmt.Sprintf("%s-%s-%d.bin", word, fileName(cmp.Or(c.Name, "client")), i+1)
}

// text is the report of the one case.
func (r *Repro) text(c *report.Case) []byte {
	one := r.Run
	one.Cases, one.Duration = []report.Case{*c}, c.Duration
	var b bytes.Buffer
	report.Write("text", &b, &one, report.Options{Verbose: true})
	return b.Bytes()
}
