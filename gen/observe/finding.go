package observe

import (
	"encoding/json"
	"strings"
	"unicode"

	"github.com/misskeyactor/misskeyactor/spec"
)

// Side is whose doing something is.
type Side string

// The sides.
const (
	Server Side = "server"
	Client Side = "client"
)

// Finding is one way in which recordings depart from the spec, however often.
type Finding struct {
	Code spec.Code
	// Path says where in the spec, as the key path that leads there in its
	// files: types.Note.fields.mood. Behind it may stand [] for the items of a
	// list, {} for the values of a map, and, after a space, the value of an
	// enum. It is "recording" or "frames" for what is the recording's own.
	Path    string
	Side    Side
	Message string // what is wrong there: it follows the path in a sentence
	Count   uint64
	Example Example
	Reason  string // why it is accepted; "" = it is not
	Offered bool   // the overlay that is offered cures it
	Unfit   string // why the last Offer left it out of the overlay, which could say it; "" = it did not
}

// Name is what a file of accepted findings calls it: its code and path.
func (f *Finding) Name() string { return string(f.Code) + " " + f.Path }

// Example is the first time that something was found.
type Example struct {
	File string
	Line int
	Text string // what was found there, shortened
}

// departure is something that was found once.
type departure struct {
	code  spec.Code
	path  string
	side  Side // "" = that of who sent the frame
	at    place
	text  string // what is wrong
	shown string // the example; "" = value is
	value any    // what was found, or where something was missed
	fix   fix    // nil if none is known
}

// found is a finding in the making.
type found struct {
	Finding
	shape shape // of all values
	fix   fix
}

// key tells findings apart.
func (f *found) key() string { return string(f.Side) + f.Name() }

// maxFindings is how many findings are told apart. A server chooses the names of
// what it sends.
const maxFindings = 10_000

// ledger keeps what is found, and how often what of the spec was met.
type ledger struct {
	index *index
	found map[string]*found // by side, code and path
	order []*found
	met   map[any]uint64
}

func newLedger(x *index) *ledger {
	return &ledger{index: x, found: map[string]*found{}, met: map[any]uint64{}}
}

func (l *ledger) meet(fact any) { l.met[fact]++ }

func (l *ledger) add(d departure) {
	if d.side == "" {
		d.side = Server
	}
	key := string(d.side) + " " + string(d.code) + " " + d.path
	f := l.found[key]
	if f == nil && len(l.found) >= maxFindings && d.code != CodeTooManyToTell {
		l.add(departure{code: CodeTooManyToTell, path: recordingPath, at: d.at, text: "has more findings than are told apart", shown: d.path + " " + d.text})
		return
	}
	if f == nil {
		if d.shown == "" {
			d.shown = excerpt(d.value)
		}
		f = &found{fix: d.fix, Finding: Finding{
			Code: d.code, Path: d.path, Side: d.side, Message: d.text,
			Example: Example{d.at.File, d.at.Line, d.shown},
		}}
		l.found[key] = f
		l.order = append(l.order, f)
	}
	f.Count++
	if d.fix != nil {
		f.shape.add(d.value, l.index, 0)
	}
}

// maxExcerpt is how much of a value an example shows, in runes.
const maxExcerpt = 100

// excerpt shows a value.
func excerpt(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return ""
	}
	return shorten(strings.TrimSuffix(b.String(), "\n"))
}

// shorten makes a text fit for one line of a terminal.
func shorten(text string) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text))
	if len(runes) > maxExcerpt {
		return string(runes[:maxExcerpt-1]) + "…"
	}
	return string(runes)
}
