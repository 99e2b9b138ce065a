package report

import (
	"fmt"
	"io"
	"strings"
)

// Options says how the formats for people look. The formats for machines take
// nothing from it.
type Options struct {
	Width   int  // columns; 0 is DefaultWidth
	Color   bool // ANSI colours, which never stand alone: the word is always there
	Verbose bool // every case, with its transcript
	Quiet   bool // the summary line only
}

// DefaultWidth is how wide text is made where no terminal says otherwise.
const DefaultWidth = 88

// Format is one way to tell results.
type Format struct {
	Name  string
	About string
	write func(io.Writer, *Results, Options) error
	// matrix tells several runs side by side; it is nil where the format has no
	// room for more than one.
	matrix func(io.Writer, *Matrix, Options) error
}

// formats is the registry: a further format is a file of its own and a line here.
var formats = []Format{
	{"text", "for people: failures whole, the rest in short", writeText, writeMatrixText},
	{"json", "the results file: everything that was seen, for wsprobe report and diff", writeJSON, writeMatrixJSON},
	{"junit", "JUnit XML, for CI services", writeJUnit, nil},
	{"tap", "TAP version 13, for prove and its kin", writeTAP, nil},
	{"sarif", "SARIF 2.1.0, for code scanning", writeSARIF, nil},
	{"html", "a page to look around in, one file that opens from disk", writeHTML, writeMatrixHTML},
	{"markdown", "Markdown, for a pull request or a job summary", writeMarkdown, writeMatrixMarkdown},
}

// Formats lists the formats.
func Formats() []Format { return formats }

// FormatNames lists the names of the formats.
func FormatNames() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.Name)
	}
	return names
}

// MatrixFormatNames lists the names of the formats that tell several runs at once.
func MatrixFormatNames() []string {
	var names []string
	for _, f := range formats {
		if f.matrix != nil {
			names = append(names, f.Name)
		}
	}
	return names
}

// Write writes r to w in the format of that name.
func Write(format string, w io.Writer, r *Results, o Options) error {
	for _, f := range formats {
		if f.Name == format {
			return writing(format, f.write(w, r, o))
		}
	}
	return fmt.Errorf("no report format %q, only %s", format, strings.Join(FormatNames(), ", "))
}

// WriteMatrix writes m to w in the format of that name.
func WriteMatrix(format string, w io.Writer, m *Matrix, o Options) error {
	for _, f := range formats {
		if f.Name == format && f.matrix != nil {
			return writing(format, f.matrix(w, m, o))
		}
	}
	return fmt.Errorf("no format %q for several runs, only %s", format, strings.Join(MatrixFormatNames(), ", "))
}

func writing(format string, err error) error {
	if err != nil {
		return fmt.Errorf("writing %s: %w", format, err)
	}
	return nil
}
