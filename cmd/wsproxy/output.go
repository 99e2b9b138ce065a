package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"wsprobe/internal/record"
)

const outputUsage = `
Shown and recorded:

    --format FORMAT       text, or json: an object a line (text)
    --write FILE          record to FILE.jsonl, FILE.pcapng or FILE.har, replacing what is
                          there; -.jsonl and -.pcapng are the standard output; may be given again
    --rotate-size BYTES   begin another file, FILE-TIME-NUMBER, after so many, such as 100MB
    --rotate-time TIME    or after that time, such as 1h
    --rotate-keep N       and remove all but the latest N
    --redact              leave secrets out of all that is shown and recorded; of HAR they always are
    --no-redact           of HAR, too, they are not
    --redact-json NAMES   further names of JSON fields that are secret
    --snaplen BYTES       of each payload that are shown and recorded (65536)
    -q, --quiet           show nothing
    --one-line            a line each, handshakes too
    -v, --verbose         JSON and bytes over several lines; -vv: to their ends
    --time STYLE          relative to the first, clock, or delta from the one before (relative)
` + uiUsage + filterUsage

// outputFlags say what is shown and what is recorded, of whatever is seen: live,
// or from a file.
type outputFlags struct {
	format  string
	write   []string
	snaplen int
	quiet   bool
	verbose int
	oneLine bool
	time    string
	filter  filterFlags
	ui      uiFlags
	files   fileFlags
	unread  func()   // called once nobody reads what is shown
	reads   []string // files that it comes from
}

func (o *outputFlags) define(flags *pflag.FlagSet) {
	flags.StringVar(&o.format, "format", "text", "")
	flags.StringArrayVar(&o.write, "write", nil, "")
	flags.IntVar(&o.snaplen, "snaplen", 64<<10, "")
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "")
	flags.CountVarP(&o.verbose, "verbose", "v", "")
	flags.BoolVar(&o.oneLine, "one-line", false, "")
	flags.StringVar(&o.time, "time", "relative", "")
	o.filter.define(flags)
	o.ui.define(flags)
	o.files.define(flags)
}

// check finds the flags that make no sense.
func (o *outputFlags) check() error {
	if o.format != "text" && o.format != "json" {
		return mistake{fmt.Errorf("--format is text or json, not %q", o.format)}
	}
	if _, ok := timeStyles[o.time]; !ok {
		return mistake{fmt.Errorf("--time is relative, clock or delta, not %q", o.time)}
	}
	if o.snaplen < 0 {
		return mistake{fmt.Errorf("--snaplen cannot be negative")}
	}
	for _, name := range o.write {
		if recorder(name) == nil {
			return mistake{fmt.Errorf("%s: a file ends in .jsonl or .pcapng or .har", name)}
		}
		if name == "-.har" {
			return mistake{errors.New("a HAR is a file: what is in it changes as long as it is written")}
		}
	}
	if err := o.files.load(); err != nil {
		return err
	}
	if err := o.files.idle(o.write, o.ui.listen != ""); err != nil {
		return err
	}
	if err := o.distinct(); err != nil {
		return err
	}
	return o.filter.load()
}

// sinks opens what the flags ask for. close closes the files, where the sinks
// have not ended.
func (o *outputFlags) sinks(stdout io.Writer) (sinks []record.Sink, close func(), err error) {
	var files []*record.File
	close = func() {
		for _, f := range files {
			f.Abandon()
		}
	}
	if err := o.check(); err != nil {
		return nil, nil, err
	}
	if err := o.ui.open(&o.files); err != nil { // before a file is replaced
		return nil, nil, err
	}
	quiet := o.quiet
	for _, name := range o.write {
		if strings.HasPrefix(name, "-.") {
			quiet = true
			sinks = append(sinks, o.files.redacted(known(name, recorder(name)(nil, stdout)), false))
			continue
		}
		f, err := record.NewFile(name, recorder(name), o.files.options())
		if err != nil {
			close()
			return nil, nil, err
		}
		files = append(files, f)
		sinks = append(sinks, o.files.redacted(known(name, f), strings.HasSuffix(name, ".har")))
	}
	switch {
	case quiet:
	case o.format == "json":
		sinks = append(sinks, o.files.redacted(record.NewJSONL(&reader{Writer: stdout, left: o.unread}), false))
	default:
		sinks = append(sinks, o.files.redacted(record.NewConsole(&reader{Writer: stdout, left: o.unread}, o.look(stdout)), false))
	}
	return o.ui.after(o.filter.before(sinks), &o.files), close, nil
}

// timeStyles are the words of --time.
var timeStyles = map[string]record.TimeStyle{"relative": record.TimeRelative, "clock": record.TimeClock, "delta": record.TimeDelta}

// view is how much is shown of each event.
func (o *outputFlags) view() record.View {
	switch {
	case o.oneLine:
		return record.ViewLine
	case o.verbose > 1:
		return record.ViewWhole
	case o.verbose == 1:
		return record.ViewLong
	}
	return record.ViewNormal
}

// widthOfFiles is how wide lines are where no terminal says otherwise.
const widthOfFiles = 100

// look is how text is shown.
func (o *outputFlags) look(stdout io.Writer) record.ConsoleOptions {
	r := record.ConsoleOptions{View: o.view(), Time: timeStyles[o.time]}
	r.Width = widthOfFiles
	if f, ok := stdout.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			r.Width, r.Terminal = width, true
		}
		r.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return r
}
